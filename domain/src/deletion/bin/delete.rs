//! Files in the bin are gone for good: they are purged by the next sweep, and nobody can bring them back.

use super::taken::{Taken, restorable_from};
use crate::deletion::statements::HASTEN_IN_FILES;
use crate::error::Result;
use crate::event::Event;
use crate::file::library::release;
use crate::follow_up::{FollowUps, JobRequest};
use chrono::{DateTime, Utc};
use entities::ids::{FileId, ProfileId, TeamId};
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// Lets those of the files go now that are in the bin. A library among them is purged once those who use it have taken
/// over what they use.
pub(super) async fn files(
    tx: &Tx,
    team: TeamId,
    by: ProfileId,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(Vec<Taken>, FollowUps)> {
    let values = [ids.to_vec().into(), team.0.into(), restorable_from(now).into()];
    let (mut taken, mut follow_ups) = (vec![], FollowUps::default());
    for row in tx.query_all_raw(sql(HOLD, values)).await? {
        let file = Taken {
            id: row.try_get("", "id")?,
            project: row.try_get("", "project_id")?,
            name: row.try_get("", "name")?,
        };
        follow_ups = follow_ups.event(Event::file_deleted(FileId(file.id), by));
        taken.push(file);
    }
    let gone: Vec<Uuid> = taken.iter().map(|file| file.id).collect();
    tx.execute_raw(sql(HASTEN_IN_FILES.as_str(), [gone.clone().into(), now.into()])).await?;
    tx.execute_raw(sql(GO, [gone.into(), now.into()])).await?;
    if release::is_any_deleted(tx, now).await? {
        follow_ups = follow_ups.job(JobRequest::ReleaseLibraries);
    }
    Ok((taken, follow_ups))
}

const HOLD: &str = "
    SELECT f.id, f.project_id, f.name
      FROM file f JOIN project p ON p.id = f.project_id
     WHERE f.id = ANY($1) AND p.team_id = $2 AND coalesce(f.deleted_at, p.deleted_at) > $3
     ORDER BY f.id FOR UPDATE OF f";

const GO: &str = "UPDATE file SET deleted_at = $2 WHERE id = ANY($1)";
