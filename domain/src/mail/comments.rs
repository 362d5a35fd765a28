//! What others said, for somebody whom it concerns: all that was said within a short time in one mail.

use super::letter::{page, reachable, to_person};
use super::may_go;
use crate::comment::mention;
use crate::error::Result;
use crate::file::parts::pages::Pages;
use crate::profile;
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::{CommentId, CommentThreadId, FileId, ProfileId, TeamId};
use entities::profile as person;
use platform::app::App;
use platform::db::sql;
use platform::mail::{Message, Template};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use transit::value::Value;
use uuid::Uuid;

/// Most comments that are looked at for one mail.
const LOOKED_AT_MAX: i64 = 1_000;
/// Most comments that stand in one mail.
const SHOWN_MAX: usize = 20;
/// Whoever could not be told within this time is not told any more.
const KEPT: TimeDelta = TimeDelta::days(7);

/// A mail, and what it settles.
#[derive(Clone, Debug)]
pub struct Letter {
    /// None when there is nothing to say any more.
    pub message: Option<Message>,
    /// The comments that nobody needs to tell them of again.
    pub about: Vec<CommentId>,
}

/// A comment that somebody shall hear of.
#[derive(Clone, Debug, FromQueryResult)]
struct Notice {
    comment_id: CommentId,
    content: String,
    author: Option<String>,
    thread_id: CommentThreadId,
    seqn: i32,
    page_id: Uuid,
    page_name: Option<String>,
    file_id: FileId,
    file_name: String,
    team_id: TeamId,
    is_mentioned: bool,
    concerns: bool,
    is_open: bool,
}

/// What is left to tell a person: of comments that are there, on pages and in files that are there and that they may
/// look at, as much as they want to hear of now.
///
/// # Errors
/// Those of the database, and of the template.
pub async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    id: ProfileId,
    now: DateTime<Utc>,
) -> Result<Letter> {
    let values = [id.0.into(), (now - KEPT).into(), LOOKED_AT_MAX.into()];
    let notices = Notice::find_by_statement(sql(NOTICES, values)).all(conn).await?;
    let about = notices.iter().map(|notice| notice.comment_id).collect();
    let Some(person) = reachable(conn, id).await? else { return Ok(Letter { message: None, about }) };
    let pages = Pages::of(conn, notices.iter().map(|notice| notice.file_id)).await?;
    // A page without a name was not stored yet.
    let has_page =
        |notice: &Notice| notice.page_name.is_none() || !pages.lack(notice.file_id, notice.page_id);
    let is_told = |notice: &Notice| is_wanted(&person, notice) && has_page(notice);
    let wanted: Vec<Notice> = notices.into_iter().filter(is_told).collect();
    if wanted.is_empty() || !may_go(app, conn, &person.email, now).await? {
        return Ok(Letter { message: None, about });
    }
    let message = to_person(app, Template::Comments, &person, params(app, &person, &wanted), now)?;
    Ok(Letter { message: Some(message), about })
}

fn is_wanted(person: &person::Model, notice: &Notice) -> bool {
    let props = profile::props(person);
    let wanted = props.get("notifications").and_then(|all| all.get("email-comments"));
    let concerns = match wanted.and_then(Value::as_keyword) {
        Some("none") => false,
        Some("all") => true,
        _ => notice.concerns,
    };
    notice.is_open && concerns
}

fn params(app: &App, person: &person::Model, notices: &[Notice]) -> serde_json::Value {
    // Where somebody is mentioned comes first, in the order of saying.
    let (mentioned, others): (Vec<&Notice>, Vec<&Notice>) =
        notices.iter().partition(|notice| notice.is_mentioned);
    let kind = match (notices.len(), mentioned.len()) {
        (1, 1) => "mention",
        (1, _) => "comment",
        (_, 0) => "comments",
        _ => "mentions",
    };
    let all = mentioned.into_iter().chain(others);
    let shown: Vec<serde_json::Value> = all.take(SHOWN_MAX).map(|notice| shown(app, notice)).collect();
    let left = notices.len().saturating_sub(SHOWN_MAX);
    json!({
        "name": person.fullname,
        "kind": kind,
        "by": shown[0]["by"],
        "place": shown[0]["place"],
        "count": notices.len().to_string(),
        "left": if left == 0 { String::new() } else { left.to_string() },
        "comments": shown,
        "settings": page(app, "/settings/notifications"),
    })
}

fn shown(app: &App, notice: &Notice) -> serde_json::Value {
    let Notice { file_id, page_id, team_id, thread_id, .. } = notice;
    let route =
        format!("/workspace?file-id={file_id}&page-id={page_id}&team-id={team_id}&comment-id={thread_id}");
    let place = match &notice.page_name {
        Some(page) => format!("#{}, {}, {page}", notice.seqn, notice.file_name),
        None => format!("#{}, {}", notice.seqn, notice.file_name),
    };
    json!({
        "by": notice.author.as_deref().unwrap_or("Somebody"),
        "place": place,
        "text": mention::plain(&notice.content),
        "link": page(app, &route),
    })
}

/// Those that were not told in time are not told any more, and settled with the next mail.
const NOTICES: &str = "
    SELECT n.comment_id, c.content, a.fullname AS author, ct.id AS thread_id, ct.seqn, ct.page_id, ct.page_name,
           f.id AS file_id, f.name AS file_name, p.team_id, n.profile_id = ANY(c.mentions) AS is_mentioned,
           ct.owner_id = n.profile_id
             OR EXISTS (SELECT 1 FROM comment m WHERE m.thread_id = ct.id AND n.profile_id = ANY(m.mentions))
             AS concerns,
           f.deleted_at IS NULL AND p.deleted_at IS NULL AND t.deleted_at IS NULL AND n.created_at > $2 AND (
             EXISTS (SELECT 1 FROM team_profile_rel r WHERE r.team_id = t.id AND r.profile_id = n.profile_id)
             OR EXISTS (SELECT 1 FROM project_profile_rel r WHERE r.project_id = p.id AND r.profile_id = n.profile_id)
             OR EXISTS (SELECT 1 FROM file_profile_rel r WHERE r.file_id = f.id AND r.profile_id = n.profile_id))
             AS is_open
      FROM comment_notice n
      JOIN comment c ON c.id = n.comment_id
      JOIN comment_thread ct ON ct.id = c.thread_id
      JOIN file f ON f.id = ct.file_id
      JOIN project p ON p.id = f.project_id
      JOIN team t ON t.id = p.team_id
      LEFT JOIN profile a ON a.id = c.owner_id
     WHERE n.profile_id = $1
     ORDER BY c.created_at, c.id
     LIMIT $3";
