//! Files come back out of the bin, and the projects they lie in with them.
//!
//! **A project comes back for the files that somebody wants, and for no others**: those that went with it keep its
//! `deleted_at`. So everything in it must have that before it comes back.

use super::taken::{Taken, restorable_from};
use crate::deletion::Kind;
use crate::deletion::cascade::{self, BATCH_MAX};
use crate::deletion::statements::RESTORE_IN_FILES;
use crate::error::Result;
use crate::event::Event;
use crate::file::library::release;
use crate::follow_up::FollowUps;
use chrono::{DateTime, Utc};
use entities::bin_batch::Model;
use entities::ids::{FileId, TeamId};
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Carries the marks of the deleted projects of a batch down to their files, one step for each; whether there may be
/// more.
pub(super) async fn complete(tx: &Tx, batch: &Model) -> Result<bool> {
    let mut has_more = false;
    for project in deleted_projects(tx, batch.team_id, &batch.file_ids).await?.into_keys() {
        has_more |= cascade::step(tx, Kind::Project, project, BATCH_MAX).await?.has_more;
    }
    Ok(has_more)
}

/// Brings those of the files back that are in the bin.
pub(super) async fn files(
    tx: &Tx,
    team: TeamId,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(Vec<Taken>, FollowUps)> {
    let from = restorable_from(now);
    let deleted = deleted_projects(tx, team, ids).await?;
    for project in deleted.keys() {
        while cascade::step(tx, Kind::Project, *project, BATCH_MAX).await?.has_more {}
    }
    let purged: Vec<Uuid> =
        deleted.iter().filter(|(_, due)| **due <= from).map(|(project, _)| *project).collect();
    let values = [ids.to_vec().into(), team.0.into(), from.into(), purged.into()];
    let (mut taken, mut follow_ups) = (vec![], FollowUps::default());
    let mut by_moment: BTreeMap<DateTime<Utc>, Vec<Uuid>> = BTreeMap::new();
    for row in tx.query_all_raw(sql(HOLD_FILES, values)).await? {
        let file = Taken {
            id: row.try_get("", "id")?,
            project: row.try_get("", "project_id")?,
            name: row.try_get("", "name")?,
        };
        by_moment.entry(row.try_get("", "deleted_at")?).or_default().push(file.id);
        follow_ups = follow_ups.event(Event::file_restored(FileId(file.id), None, row.try_get("", "vern")?));
        taken.push(file);
    }
    for (deleted_at, files) in by_moment {
        tx.execute_raw(sql(RESTORE_IN_FILES.as_str(), [files.into(), deleted_at.into()])).await?;
    }
    let back: Vec<Uuid> = taken.iter().map(|file| file.id).collect();
    let projects: BTreeSet<Uuid> = taken.iter().map(|file| file.project).collect();
    let projects: Vec<Uuid> = projects.into_iter().filter(|project| deleted.contains_key(project)).collect();
    tx.execute_raw(sql(PROJECTS, [projects.into()])).await?;
    tx.execute_raw(sql(FILES, [back.clone().into()])).await?;
    release::keep(tx, &back.into_iter().map(FileId).collect::<Vec<_>>()).await?;
    Ok((taken, follow_ups))
}

/// The deleted projects of some files, which nobody else restores or purges until the end of the transaction, and when
/// they are purged.
async fn deleted_projects(tx: &Tx, team: TeamId, files: &[Uuid]) -> Result<BTreeMap<Uuid, DateTime<Utc>>> {
    let rows = tx.query_all_raw(sql(HOLD_PROJECTS, [files.to_vec().into(), team.0.into()])).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "deleted_at")?))).collect()
}

const HOLD_PROJECTS: &str = "
    SELECT id, deleted_at FROM project
     WHERE team_id = $2 AND deleted_at IS NOT NULL AND id IN (SELECT project_id FROM file WHERE id = ANY($1))
     ORDER BY id FOR UPDATE";

/// One whose document went already, because an operator purged before the time, is not whole any more.
const HOLD_FILES: &str = "
    SELECT f.id, f.project_id, f.name, f.vern, f.deleted_at
      FROM file f
     WHERE f.id = ANY($1) AND f.deleted_at > $3 AND NOT f.project_id = ANY($4)
       AND EXISTS (SELECT 1 FROM project p WHERE p.id = f.project_id AND p.team_id = $2)
       AND (f.root_container_id IS NOT NULL
            OR EXISTS (SELECT 1 FROM file_data d WHERE d.file_id = f.id AND d.kind = 'main'))
     ORDER BY f.id FOR UPDATE OF f";

const PROJECTS: &str = "UPDATE project SET deleted_at = NULL WHERE id = ANY($1)";

const FILES: &str = "UPDATE file SET deleted_at = NULL WHERE id = ANY($1)";
