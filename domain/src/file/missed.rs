//! What the log of changes tells to those who missed a message, or got one that has no room for the changes.

use super::update::Sent;
use crate::error::{Error, Result};
use crate::event::{Changes, Event};
use chrono::{DateTime, Utc};
use entities::ids::{FileId, ProfileId, TeamId};
use platform::db::sql;
use sea_orm::{ConnectionTrait, FromQueryResult};
use transit::Limits;
use uuid::Uuid;

/// Most revisions that are told at a time to those who missed messages.
const MISSED_MAX: i64 = 500;
/// Most bytes of them.
const MISSED_BYTES_MAX: i64 = 64 << 20;

/// A batch of changes as the log has it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Logged {
    /// The revision that it made.
    pub revn: i64,
    vern: i32,
    created_at: DateTime<Utc>,
    profile_id: ProfileId,
    session_id: Uuid,
    changes: Vec<u8>,
}

impl Logged {
    /// As those who have the file open hear it.
    pub fn told(self, file: FileId) -> Event {
        Event::file_changed(self.made(file), self.vern, self.changes.into())
    }

    /// As those who use the file as a library hear it; none when it does not concern them.
    ///
    /// # Errors
    /// [`Error::Platform`] when the row cannot be read.
    pub fn told_to_users(self, file: FileId, team: TeamId) -> Result<Option<Event>> {
        let changes = transit::read(&self.changes, &Limits::STORED).map_err(Error::platform)?;
        let of_library = Sent::read(changes.items().unwrap_or_default().to_vec()).of_library();
        Ok(of_library.map(|some| Event::library_changed(team, self.made(file), self.created_at, some)))
    }

    fn made(&self, file: FileId) -> Changes {
        Changes { file, by: self.profile_id, session: self.session_id, revn: self.revn }
    }
}

/// What the log has of the time after a revision.
#[derive(Clone, Debug)]
pub struct Missed {
    /// The file's revision.
    pub head: i64,
    /// The batches after the asked one up to it, oldest first. Restored snapshots have made revisions without one.
    pub batches: Vec<Logged>,
}

/// What was done to a file after a revision; none when that is more than may be told. A file that is not there has
/// nothing new.
///
/// # Errors
/// Those of the database.
pub async fn missed(conn: &impl ConnectionTrait, file: FileId, after: i64) -> Result<Option<Missed>> {
    let values = [file.0.into(), after.into(), MISSED_MAX.into(), MISSED_BYTES_MAX.into()];
    let (mut head, mut batches) = (after, Vec::new());
    for row in conn.query_all_raw(sql(MISSED, values)).await? {
        let is_too_much: Option<bool> = row.try_get("", "is_too_much")?;
        if is_too_much == Some(true) {
            return Ok(None);
        }
        head = row.try_get("", "head")?;
        if row.try_get::<Option<i64>>("", "revn")?.is_some() {
            batches.push(Logged::from_query_result(&row, "")?);
        }
    }
    Ok(Some(Missed { head, batches }))
}

// The bytes of what is too much are not fetched.
const MISSED: &str = "
    SELECT f.revn AS head, c.revn, c.vern, c.created_at, c.profile_id, c.session_id, c.is_too_much,
           CASE WHEN NOT c.is_too_much THEN c.changes END AS changes
      FROM file f
      LEFT JOIN LATERAL (
             SELECT revn, vern, created_at, profile_id, session_id, changes,
                    row_number() OVER told > $3 OR sum(octet_length(changes)) OVER told > $4 AS is_too_much
               FROM file_change WHERE file_id = f.id AND revn > $2 AND revn <= f.revn
             WINDOW told AS (ORDER BY revn)
              ORDER BY revn LIMIT $3 + 1) c ON true
     WHERE f.id = $1
     ORDER BY c.revn";
