//! Bringing back what was deleted, with everything that went with it.
//!
//! **What went with a root has its very `deleted_at`**; what was deleted by itself before stays deleted. A
//! restore happens in one transaction, in the middle of a cascade too: what the cascade had not reached yet is not
//! deleted, and the cascade finds a root that lives and does nothing.

use super::Kind;
use super::counts::Counts;
use super::parts;
use super::statements::{RESTORE_IN_FILES, tree};
use crate::error::{self, Error, Result};
use crate::file::library::release;
use crate::permission::Operator;
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::{FileId, ProfileId, ProjectId, TeamId};
use entities::{file, profile, project, team};
use platform::db::{Tx, sql};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::time::Duration;
use uuid::Uuid;

/// Nothing is restored that is to be purged so soon: clocks of machines differ.
pub const MARGIN: TimeDelta = TimeDelta::minutes(1);

/// Brings back a team, also when it went with its owner and they are back. How much came back, itself included.
///
/// # Errors
/// [`Error::NotFound`] when there is none (any more), `object-not-deleted`, `object-purged` when its time is over,
/// `container-deleted` when its owner is deleted.
pub async fn team(tx: &Tx, _: &Operator, id: TeamId, now: DateTime<Utc>) -> Result<Counts> {
    if let Some(owner) = crate::team::member::owner(tx, id).await? {
        let owner = profile::Entity::find_by_id(owner).lock_shared().one(tx).await?;
        if owner.is_some_and(|owner| owner.deleted_at.is_some_and(|at| at <= now)) {
            return Err(container("its owner's account is deleted: restore that"));
        }
    }
    let team = team::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or(Error::NotFound)?;
    let deleted_at = restorable(Kind::Team, team.deleted_at, now)?;
    tree_of(tx, Kind::Team, id.0, deleted_at).await
}

/// Brings back a project with its files.
///
/// # Errors
/// As [`team()`]; `container-deleted` when its team is deleted.
pub async fn project(tx: &Tx, _: &Operator, id: ProjectId, now: DateTime<Utc>) -> Result<Counts> {
    let found = project::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    hold_team(tx, found.team_id).await?;
    let project = project::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or(Error::NotFound)?;
    let deleted_at = restorable(Kind::Project, project.deleted_at, now)?;
    tree_of(tx, Kind::Project, id.0, deleted_at).await
}

/// Brings back a file.
///
/// # Errors
/// As [`team()`]; `container-deleted` when its project or its team is deleted.
pub async fn file(tx: &Tx, _: &Operator, id: FileId, now: DateTime<Utc>) -> Result<Counts> {
    let found = file::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    let project = project::Entity::find_by_id(found.project_id).one(tx).await?.ok_or(Error::NotFound)?;
    hold_team(tx, project.team_id).await?;
    let project =
        project::Entity::find_by_id(project.id).lock_shared().one(tx).await?.ok_or(Error::NotFound)?;
    if project.deleted_at.is_some() {
        return Err(container("its project is deleted: restore that"));
    }
    let file = file::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or(Error::NotFound)?;
    let deleted_at = restorable(Kind::File, file.deleted_at, now)?;
    tree_of(tx, Kind::File, id.0, deleted_at).await
}

/// Brings back a person with the teams that went with them. Sessions do not come back; access tokens work again.
///
/// # Errors
/// As [`team()`] within the delay since they were deleted; `email-already-exists` when somebody registered their
/// address meanwhile.
pub async fn profile(
    tx: &Tx,
    _: &Operator,
    id: ProfileId,
    delay: Duration,
    now: DateTime<Utc>,
) -> Result<Counts> {
    let person = profile::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or(Error::NotFound)?;
    let deleted_at = person.deleted_at.filter(|at| *at <= now).ok_or_else(|| not_deleted(Kind::Profile))?;
    let grace = if person.is_demo { Duration::ZERO } else { delay };
    restorable(Kind::Profile, Some(super::due(deleted_at, grace)), now)?;
    let namesake = profile::Entity::of_email(&person.email).filter(profile::Column::Id.ne(id));
    if namesake.one(tx).await?.is_some() {
        let hint = format!("somebody else has the address {} now", person.email);
        return Err(Error::validation("email-already-exists").hint(hint));
    }
    // Every team that went with the person has the `deleted_at` of the one that cannot be deleted otherwise.
    let own = person.default_team_id.ok_or_else(|| purged(Kind::Profile))?;
    let own = team::Entity::find_by_id(own).one(tx).await?.ok_or_else(|| purged(Kind::Profile))?;
    let deleted_at = restorable(Kind::Team, own.deleted_at, now)?;
    tx.execute_raw(sql(PERSON, [id.0.into()])).await.map_err(taken)?;
    let teams = tx.query_all_raw(sql(TEAMS_OF_PERSON, [id.0.into(), deleted_at.into()])).await?;
    let mut restored = Counts::default();
    for row in teams {
        restored = restored.plus(tree_of(tx, Kind::Team, row.try_get("", "id")?, deleted_at).await?);
    }
    Ok(restored)
}

/// Whether an object that is to be purged then may come back now: its `deleted_at`.
fn restorable(kind: Kind, due: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let due = due.ok_or_else(|| not_deleted(kind))?;
    if due <= now + MARGIN { Err(purged(kind)) } else { Ok(due) }
}

fn not_deleted(kind: Kind) -> Error {
    Error::validation("object-not-deleted").hint(format!("the {} is not deleted", kind.name()))
}

fn purged(kind: Kind) -> Error {
    let hint = format!("the {} is beyond its time of grace, and being purged", kind.name());
    Error::refused(error::ErrorKind::NotFound, "object-purged").hint(hint)
}

fn container(hint: &str) -> Error {
    Error::validation("container-deleted").hint(hint)
}

fn taken(error: sea_orm::DbErr) -> Error {
    match Error::of_insert(error) {
        Error::Refused { .. } => {
            Error::validation("email-already-exists").hint("somebody else has the address now")
        }
        other => other,
    }
}

/// Keeps a team alive until the end of the transaction.
async fn hold_team(tx: &Tx, id: TeamId) -> Result<()> {
    let team = team::Entity::find_by_id(id).lock_shared().one(tx).await?.ok_or(Error::NotFound)?;
    if team.deleted_at.is_some() { Err(container("its team is deleted: restore that")) } else { Ok(()) }
}

/// What was deleted with a root: files with what they are made of first, the root itself last.
async fn tree_of(tx: &Tx, kind: Kind, id: Uuid, deleted_at: DateTime<Utc>) -> Result<Counts> {
    let mut restored = Counts::default();
    let Some(tree) = tree(kind) else { return Ok(restored) };
    let files = tx.query_all_raw(sql(&tree.hold_files, [id.into(), deleted_at.into()])).await?;
    let files: Vec<Uuid> = files.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    // An operator may have purged before the time (`jobs run objects-gc --now`), and stopped half-way.
    if tx.query_one_raw(sql(INCOMPLETE, [files.clone().into()])).await?.is_some() {
        return Err(purged(Kind::File));
    }
    let values = [files.clone().into(), deleted_at.into()];
    if let Some(row) = tx.query_one_raw(sql(RESTORE_IN_FILES.as_str(), values)).await? {
        restored = restored.plus(Counts::of_row(&row)?);
    }
    if let Some(file) = parts::find(Kind::File.table()) {
        restored.add(file, tx.execute_raw(sql(FILES, [files.clone().into()])).await?.rows_affected());
    }
    let back: Vec<FileId> = files.into_iter().map(FileId).collect();
    release::keep(tx, &back).await?;
    for (part, restore) in &tree.restore {
        let values = [id.into(), deleted_at.into()];
        restored.add(part, tx.execute_raw(sql(restore, values)).await?.rows_affected());
    }
    Ok(restored)
}

const FILES: &str = "UPDATE file SET deleted_at = NULL WHERE id = ANY($1)";

const INCOMPLETE: &str = "
    SELECT 1 FROM file f
     WHERE f.id = ANY($1) AND f.root_container_id IS NULL
       AND NOT EXISTS (SELECT 1 FROM file_data d WHERE d.file_id = f.id AND d.kind = 'main') LIMIT 1";

const PERSON: &str = "UPDATE profile SET deleted_at = NULL WHERE id = $1";

const TEAMS_OF_PERSON: &str = "
    SELECT t.id FROM team t
     WHERE t.deleted_at = $2
       AND t.id IN (SELECT team_id FROM team_profile_rel WHERE profile_id = $1 AND is_owner)
     ORDER BY t.id FOR UPDATE OF t";
