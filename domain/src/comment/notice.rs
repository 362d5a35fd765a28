//! Who shall hear of a comment by mail: a row for each, until the mail is sent.
//!
//! Mails are gathered: what is said within a minute comes in one. What it says is found out when it is sent
//! ([`crate::mail::comments`]), so that nobody hears of what is gone.

use crate::error::Result;
use crate::follow_up::{FollowUps, JobRequest};
use crate::permission::CommentReader;
use chrono::{DateTime, TimeDelta, Utc};
use entities::comment;
use entities::ids::{CommentId, ProfileId};
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// What is said within so long is told in one mail.
const GATHERED: TimeDelta = TimeDelta::seconds(60);
/// Most people who hear of one comment.
const PEOPLE_MAX: i64 = 1_000;

/// Writes down who shall hear of a comment, of all who may look at its file: who is mentioned in its thread and who
/// began it, unless they want no such mail, and who wants to hear of everything. With `only`, nobody else.
///
/// # Errors
/// Those of the database.
pub(super) async fn leave(
    tx: &Tx,
    by: &CommentReader,
    comment: &comment::Model,
    only: Option<Vec<Uuid>>,
    now: DateTime<Utc>,
) -> Result<FollowUps> {
    let (author, thread) = (by.file().caller(), comment.thread_id);
    let values =
        [comment.id.0.into(), author.0.into(), thread.0.into(), only.into(), now.into(), PEOPLE_MAX.into()];
    let rows = tx.query_all_raw(sql(LEAVE, values)).await?;
    let person = |row: &sea_orm::QueryResult| Ok(ProfileId(row.try_get("", "profile_id")?));
    let mut people: Vec<ProfileId> = rows.iter().map(person).collect::<Result<_>>()?;
    // Everybody asks in this order, for whoever asks for the same job at the same time is waited for.
    people.sort_unstable();
    let tell = |person| JobRequest::TellOfComments { person, not_before: now + GATHERED };
    Ok(FollowUps { jobs: people.into_iter().map(tell).collect(), ..FollowUps::default() })
}

/// Keeps others from telling somebody at the same time; false when somebody else does it.
///
/// # Errors
/// Those of the database.
pub async fn hold(tx: &Tx, person: ProfileId) -> Result<bool> {
    let key = format!("comment-notice:{person}");
    let found = tx.query_one_raw(sql(HOLD, [key.into()])).await?;
    Ok(found.map_or(Ok(false), |row| row.try_get("", "held"))?)
}

/// They were told, or there is nothing to tell any more.
///
/// # Errors
/// Those of the database.
pub async fn forget(tx: &Tx, person: ProfileId, comments: Vec<CommentId>) -> Result<()> {
    let comments: Vec<Uuid> = comments.into_iter().map(Uuid::from).collect();
    tx.execute_raw(sql(FORGET, [person.0.into(), comments.into()])).await?;
    Ok(())
}

/// Settings are as [`crate::profile::props`] stores them. Where there are too many, those who are mentioned come first.
const LEAVE: &str = "
    INSERT INTO comment_notice (profile_id, comment_id, created_at)
    SELECT o.id, $1::uuid, $5::timestamptz
      FROM comment_thread ct
      JOIN file f ON f.id = ct.file_id
      JOIN project p ON p.id = f.project_id
      JOIN profile o ON o.id IN (
           SELECT profile_id FROM team_profile_rel WHERE team_id = p.team_id
            UNION SELECT profile_id FROM project_profile_rel WHERE project_id = p.id
            UNION SELECT profile_id FROM file_profile_rel WHERE file_id = f.id)
     CROSS JOIN LATERAL (
           SELECT EXISTS (SELECT 1 FROM comment m WHERE m.thread_id = ct.id AND o.id = ANY(m.mentions)) AS is_so
           ) mentioned
     WHERE ct.id = $3 AND o.id <> $2 AND ($4::uuid[] IS NULL OR o.id = ANY($4))
       AND o.deleted_at IS NULL AND NOT o.is_blocked AND NOT o.is_muted
       AND CASE o.props->'~:notifications'->>'~:email-comments'
           WHEN '~:none' THEN false WHEN '~:all' THEN true ELSE mentioned.is_so OR o.id = ct.owner_id END
     ORDER BY mentioned.is_so DESC, o.id
     LIMIT $6
        ON CONFLICT (profile_id, comment_id) DO NOTHING
    RETURNING profile_id";

const HOLD: &str = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS held";

const FORGET: &str = "DELETE FROM comment_notice WHERE profile_id = $1 AND comment_id = ANY($2)";
