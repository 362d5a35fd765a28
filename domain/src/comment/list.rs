//! What has been said, for those who read it.

use crate::error::Result;
use crate::file::parts::pages::Pages;
use crate::permission::{CommentReader, Viewable};
use crate::profile::{self, masked_email};
use chrono::{DateTime, Utc};
use entities::ids::{CommentId, CommentThreadId, FileId, ProfileId, ProjectId, StorageObjectId, TeamId};
use entities::{profile as person, team};
use platform::db::sql;
use sea_orm::{ConnectionTrait, FromQueryResult};
use transit::value::Value;
use uuid::Uuid;

/// Most threads that are listed of one file, and most comments of one thread.
const LIST_MAX: i64 = 10_000;
/// Most threads that are listed as unread.
const UNREAD_MAX: i64 = 1_000;
/// Most people that are listed of one file.
const PEOPLE_MAX: i64 = 5_000;

/// A thread, with its first comment and what the caller has not read.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ListedThread {
    /// Key.
    pub id: CommentThreadId,
    /// The file.
    pub file_id: FileId,
    /// What it is called.
    pub file_name: String,
    /// Its project.
    pub project_id: ProjectId,
    /// Its team.
    pub team_id: TeamId,
    /// Who began it.
    pub owner_id: ProfileId,
    /// Their name, while their account is there.
    pub owner_fullname: Option<String>,
    /// Their address, likewise.
    pub owner_email: Option<String>,
    /// Their photo.
    pub owner_photo_id: Option<StorageObjectId>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When something was last said, or when it was last moved.
    pub modified_at: DateTime<Utc>,
    /// The page.
    pub page_id: Uuid,
    /// What it was called at the last comment.
    pub page_name: Option<String>,
    /// The board that it moves with; zeros for the page.
    pub frame_id: Uuid,
    /// Its number in the file.
    pub seqn: i32,
    /// Where it is, from left to right.
    pub position_x: f64,
    /// Where it is, from top to bottom.
    pub position_y: f64,
    /// Nothing is left to say.
    pub is_resolved: bool,
    /// The first comment.
    pub content: String,
    /// Who has said something.
    pub participants: Vec<Uuid>,
    /// Who is mentioned somewhere in it.
    pub mentions: Vec<Uuid>,
    /// How many comments it has.
    pub count_comments: i64,
    /// How many of them came after the caller last read it.
    pub count_unread_comments: i64,
}

/// A comment and who wrote it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ListedComment {
    /// Key.
    pub id: CommentId,
    /// The thread.
    pub thread_id: CommentThreadId,
    /// Who wrote it.
    pub owner_id: ProfileId,
    /// Their name, while their account is there.
    pub owner_fullname: Option<String>,
    /// Their address, likewise.
    pub owner_email: Option<String>,
    /// Their photo.
    pub owner_photo_id: Option<StorageObjectId>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub modified_at: DateTime<Utc>,
    /// What it says.
    pub content: String,
    /// Who is mentioned.
    pub mentions: Vec<Uuid>,
}

/// Somebody who has said something.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Speaker {
    /// Key.
    pub id: ProfileId,
    /// Address.
    pub email: String,
    /// Name.
    pub fullname: String,
    /// Photo.
    pub photo_id: Option<StorageObjectId>,
    /// The address was confirmed.
    pub is_active: bool,
}

/// The threads of a file that the caller may read, at most 10,000, in the order of their numbers.
///
/// # Errors
/// Those of the database.
pub async fn of_file(conn: &impl ConnectionTrait, by: &CommentReader) -> Result<Vec<ListedThread>> {
    threads(conn, by, None).await
}

/// One of them.
///
/// # Errors
/// Those of the database.
pub async fn one(
    conn: &impl ConnectionTrait,
    by: &CommentReader,
    id: CommentThreadId,
) -> Result<Option<ListedThread>> {
    Ok(threads(conn, by, Some(id)).await?.pop())
}

async fn threads(
    conn: &impl ConnectionTrait,
    by: &CommentReader,
    one: Option<CommentThreadId>,
) -> Result<Vec<ListedThread>> {
    let (file, pages) = (by.file(), by.pages().map(<[Uuid]>::to_vec));
    let values =
        [file.id.0.into(), file.caller().0.into(), one.map(Uuid::from).into(), pages.into(), LIST_MAX.into()];
    let mut found = ListedThread::find_by_statement(sql(OF_FILE, values)).all(conn).await?;
    for thread in &mut found {
        mask(by, thread.owner_id, &mut thread.owner_email);
    }
    Ok(found)
}

/// The threads of a team's files in which the caller has not read something, at most 1,000, the last changed first: all
/// of them, those that concern them, or none, as they wish. Those on pages that were deleted wait until the page is
/// there again: nobody could look at them.
///
/// # Errors
/// Those of the database.
pub async fn unread(
    conn: &impl ConnectionTrait,
    team: &Viewable<team::Model>,
    caller: &person::Model,
) -> Result<Vec<ListedThread>> {
    let props = profile::props(caller);
    let wanted = props.get("notifications").and_then(|all| all.get("dashboard-comments"));
    let all = match wanted.and_then(Value::as_keyword) {
        Some("none") => return Ok(Vec::new()),
        Some("partial") => false,
        _ => true,
    };
    let values = [team.id.0.into(), caller.id.0.into(), all.into(), UNREAD_MAX.into()];
    let mut found = ListedThread::find_by_statement(sql(UNREAD, values)).all(conn).await?;
    let pages = Pages::of(conn, found.iter().map(|thread| thread.file_id)).await?;
    // A page without a name was not stored yet.
    found.retain(|thread| thread.page_name.is_none() || !pages.lack(thread.file_id, thread.page_id));
    Ok(found)
}

/// What is said in a thread that the caller may read, at most 10,000 comments, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn of_thread(
    conn: &impl ConnectionTrait,
    by: &CommentReader,
    thread: CommentThreadId,
) -> Result<Vec<ListedComment>> {
    let query = sql(OF_THREAD, [thread.0.into(), LIST_MAX.into()]);
    let mut found = ListedComment::find_by_statement(query).all(conn).await?;
    for comment in &mut found {
        mask(by, comment.owner_id, &mut comment.owner_email);
    }
    Ok(found)
}

/// Who has said something about a file that the caller may read, and the caller, at most 5,000, by name.
///
/// # Errors
/// Those of the database.
pub async fn people(conn: &impl ConnectionTrait, by: &CommentReader) -> Result<Vec<Speaker>> {
    let (file, pages) = (by.file(), by.pages().map(<[Uuid]>::to_vec));
    let values = [file.id.0.into(), file.caller().0.into(), pages.into(), PEOPLE_MAX.into()];
    let mut found = Speaker::find_by_statement(sql(PEOPLE, values)).all(conn).await?;
    for person in found.iter_mut().filter(|person| !by.has_role() && person.id != file.caller()) {
        person.email = masked_email(&person.email);
    }
    Ok(found)
}

/// Whoever reads by a link learns no addresses but their own.
fn mask(by: &CommentReader, of: ProfileId, email: &mut Option<String>) {
    if !by.has_role() && of != by.file().caller() {
        *email = email.take().map(|email| masked_email(&email));
    }
}

const OF_FILE: &str = "
    SELECT t.id, t.file_id, f.name AS file_name, f.project_id, p.team_id, t.owner_id, o.fullname AS owner_fullname,
           o.email AS owner_email, o.photo_id AS owner_photo_id, t.created_at, t.modified_at, t.page_id, t.page_name,
           t.frame_id, t.seqn, t.position_x, t.position_y, t.is_resolved, c.content, c.count_comments,
           c.count_unread_comments,
           ARRAY(SELECT DISTINCT s.owner_id FROM comment s WHERE s.thread_id = t.id) AS participants,
           ARRAY(SELECT DISTINCT m.id FROM comment s CROSS JOIN LATERAL unnest(s.mentions) AS m (id)
                  WHERE s.thread_id = t.id) AS mentions
      FROM comment_thread t
      JOIN file f ON f.id = t.file_id
      JOIN project p ON p.id = f.project_id
      LEFT JOIN profile o ON o.id = t.owner_id
      LEFT JOIN comment_thread_status seen ON seen.thread_id = t.id AND seen.profile_id = $2
     CROSS JOIN LATERAL (
           SELECT (array_agg(c.content ORDER BY c.created_at, c.id))[1] AS content, count(*) AS count_comments,
                  count(*) FILTER (WHERE seen.modified_at IS NULL OR c.created_at > seen.modified_at)
                    AS count_unread_comments
             FROM comment c WHERE c.thread_id = t.id) c
     WHERE t.file_id = $1 AND ($3::uuid IS NULL OR t.id = $3) AND ($4::uuid[] IS NULL OR t.page_id = ANY($4))
       AND c.count_comments > 0
     ORDER BY t.seqn
     LIMIT $5";

const UNREAD: &str = "
    SELECT t.id, t.file_id, f.name AS file_name, f.project_id, p.team_id, t.owner_id, o.fullname AS owner_fullname,
           o.email AS owner_email, o.photo_id AS owner_photo_id, t.created_at, t.modified_at, t.page_id, t.page_name,
           t.frame_id, t.seqn, t.position_x, t.position_y, t.is_resolved, c.content, c.count_comments,
           c.count_unread_comments,
           ARRAY(SELECT DISTINCT s.owner_id FROM comment s WHERE s.thread_id = t.id) AS participants,
           ARRAY(SELECT DISTINCT m.id FROM comment s CROSS JOIN LATERAL unnest(s.mentions) AS m (id)
                  WHERE s.thread_id = t.id) AS mentions
      FROM project p
      JOIN file f ON f.project_id = p.id AND f.deleted_at IS NULL
      JOIN comment_thread t ON t.file_id = f.id
      LEFT JOIN profile o ON o.id = t.owner_id
      LEFT JOIN comment_thread_status seen ON seen.thread_id = t.id AND seen.profile_id = $2
     CROSS JOIN LATERAL (
           SELECT (array_agg(c.content ORDER BY c.created_at, c.id))[1] AS content, count(*) AS count_comments,
                  count(*) FILTER (WHERE seen.modified_at IS NULL OR c.created_at > seen.modified_at)
                    AS count_unread_comments
             FROM comment c WHERE c.thread_id = t.id) c
     WHERE p.team_id = $1 AND p.deleted_at IS NULL
       AND EXISTS (SELECT 1 FROM comment u WHERE u.thread_id = t.id
                      AND (seen.modified_at IS NULL OR u.created_at > seen.modified_at))
       AND ($3 OR t.owner_id = $2
            OR EXISTS (SELECT 1 FROM comment m WHERE m.thread_id = t.id AND $2 = ANY(m.mentions)))
     ORDER BY t.modified_at DESC, t.id
     LIMIT $4";

const OF_THREAD: &str = "
    SELECT c.id, c.thread_id, c.owner_id, o.fullname AS owner_fullname, o.email AS owner_email,
           o.photo_id AS owner_photo_id, c.created_at, c.modified_at, c.content, c.mentions
      FROM comment c LEFT JOIN profile o ON o.id = c.owner_id
     WHERE c.thread_id = $1
     ORDER BY c.created_at, c.id
     LIMIT $2";

const PEOPLE: &str = "
    SELECT o.id, o.email, o.fullname, o.photo_id, o.is_active
      FROM profile o
     WHERE o.id = $2 OR o.id IN (
           SELECT c.owner_id FROM comment_thread t JOIN comment c ON c.thread_id = t.id
            WHERE t.file_id = $1 AND ($3::uuid[] IS NULL OR t.page_id = ANY($3)))
     ORDER BY o.fullname, o.id
     LIMIT $4";
