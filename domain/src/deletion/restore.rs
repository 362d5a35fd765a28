//! Bringing back what was deleted, with everything that went with it.
//!
//! **What went with a whole has its very mark**; parts that were deleted by themselves before stay deleted. A
//! restore happens in one transaction, in the middle of a cascade too: what the cascade had not reached yet has
//! no mark to take away, and the cascade finds a whole that lives and does nothing.

use super::Kind;
use crate::error::{self, Error, Result};
use crate::permission::Operator;
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::{FileId, ProfileId, ProjectId, TeamId};
use entities::{file, profile, project, team};
use platform::db::Tx;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Statement};
use std::time::Duration;
use uuid::Uuid;

/// Nothing is restored that is to be purged so soon: clocks of machines differ.
pub const MARGIN: TimeDelta = TimeDelta::minutes(1);

/// What came back, the whole itself included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Teams.
    pub teams: u64,
    /// Projects.
    pub projects: u64,
    /// Fonts.
    pub fonts: u64,
    /// Files.
    pub files: u64,
    /// What files are made of: documents, pictures, thumbnails.
    pub parts: u64,
}

/// Brings back a team, also when it went with its owner and they are back.
///
/// # Errors
/// [`Error::NotFound`] when there is none (any more), `object-not-deleted`, `object-purged` when its time is over,
/// `container-deleted` when its owner is deleted.
pub async fn team(tx: &Tx, _: &Operator, id: TeamId, now: DateTime<Utc>) -> Result<Restored> {
    if let Some(owner) = crate::team::member::owner(tx, id).await? {
        let owner = profile::Entity::find_by_id(owner).lock_shared().one(tx).await?;
        if owner.is_some_and(|owner| owner.deleted_at.is_some_and(|at| at <= now)) {
            return Err(container("its owner's account is deleted: restore that"));
        }
    }
    let team = team::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or(Error::NotFound)?;
    let mark = restorable(Kind::Team, team.deleted_at, now)?;
    team_of_mark(tx, id.0, mark).await
}

/// Brings back a project with its files.
///
/// # Errors
/// As [`team()`]; `container-deleted` when its team is deleted.
pub async fn project(tx: &Tx, _: &Operator, id: ProjectId, now: DateTime<Utc>) -> Result<Restored> {
    let found = project::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    hold_team(tx, found.team_id).await?;
    let project = project::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or(Error::NotFound)?;
    let mark = restorable(Kind::Project, project.deleted_at, now)?;
    let (files, parts) = files(tx, FILES_OF_PROJECT, id.0, mark).await?;
    let projects = run(tx, PROJECT, id.0, mark).await?;
    Ok(Restored { projects, files, parts, ..Restored::default() })
}

/// Brings back a file.
///
/// # Errors
/// As [`team()`]; `container-deleted` when its project or its team is deleted.
pub async fn file(tx: &Tx, _: &Operator, id: FileId, now: DateTime<Utc>) -> Result<Restored> {
    let found = file::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    let project = project::Entity::find_by_id(found.project_id).one(tx).await?.ok_or(Error::NotFound)?;
    hold_team(tx, project.team_id).await?;
    let project =
        project::Entity::find_by_id(project.id).lock_shared().one(tx).await?.ok_or(Error::NotFound)?;
    if project.deleted_at.is_some() {
        return Err(container("its project is deleted: restore that"));
    }
    let file = file::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or(Error::NotFound)?;
    let mark = restorable(Kind::File, file.deleted_at, now)?;
    let (files, parts) = files(tx, FILE, id.0, mark).await?;
    Ok(Restored { files, parts, ..Restored::default() })
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
) -> Result<Restored> {
    let person = profile::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or(Error::NotFound)?;
    let deleted_at = person.deleted_at.filter(|at| *at <= now).ok_or_else(|| not_deleted(Kind::Profile))?;
    let grace = if person.is_demo { Duration::ZERO } else { delay };
    restorable(Kind::Profile, Some(super::due(deleted_at, grace)), now)?;
    let namesake = profile::Entity::of_email(&person.email).filter(profile::Column::Id.ne(id));
    if namesake.one(tx).await?.is_some() {
        let hint = format!("somebody else has the address {} now", person.email);
        return Err(Error::validation("email-already-exists").hint(hint));
    }
    // Every team that went with the person has the mark of the one that cannot be deleted otherwise.
    let own = person.default_team_id.ok_or_else(|| purged(Kind::Profile))?;
    let own = team::Entity::find_by_id(own).one(tx).await?.ok_or_else(|| purged(Kind::Profile))?;
    let mark = restorable(Kind::Team, own.deleted_at, now)?;
    tx.execute_raw(statement(PERSON, [id.0.into()])).await.map_err(taken)?;
    let teams = tx.query_all_raw(statement(TEAMS_OF_PERSON, [id.0.into(), mark.into()])).await?;
    let mut restored = Restored::default();
    for row in teams {
        let one = team_of_mark(tx, row.try_get("", "id")?, mark).await?;
        restored = restored.plus(one);
    }
    Ok(restored)
}

impl Restored {
    fn plus(self, other: Self) -> Self {
        Self {
            teams: self.teams + other.teams,
            projects: self.projects + other.projects,
            fonts: self.fonts + other.fonts,
            files: self.files + other.files,
            parts: self.parts + other.parts,
        }
    }
}

/// Whether an object that is marked to go then may come back now: its mark.
fn restorable(kind: Kind, due: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let due = due.ok_or_else(|| not_deleted(kind))?;
    if due <= now + MARGIN { Err(purged(kind)) } else { Ok(due) }
}

fn not_deleted(kind: Kind) -> Error {
    Error::validation("object-not-deleted").hint(format!("the {} is not deleted", kind.name()))
}

fn purged(kind: Kind) -> Error {
    let hint = format!("the {} is beyond its time of grace, and being purged", kind.name());
    Error::refused(error::Kind::NotFound, "object-purged").hint(hint)
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

async fn team_of_mark(tx: &Tx, id: Uuid, mark: DateTime<Utc>) -> Result<Restored> {
    let (files, parts) = files(tx, FILES_OF_TEAM, id, mark).await?;
    let projects = run(tx, PROJECTS_OF_TEAM, id, mark).await?;
    let fonts = run(tx, FONTS_OF_TEAM, id, mark).await?;
    let teams = run(tx, TEAM, id, mark).await?;
    Ok(Restored { teams, projects, fonts, files, parts })
}

/// Files that went with the whole, and what they are made of. How many.
///
/// Marks change all the time, so the database knows nothing of them: a join on them may be planned for one row and meet
/// thousands. Hence the ids.
async fn files(tx: &Tx, files: &str, id: Uuid, mark: DateTime<Utc>) -> Result<(u64, u64)> {
    let rows = tx.query_all_raw(statement(files, [id.into(), mark.into()])).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    // An operator may have purged before the time (`jobs run objects-gc --now`), and stopped half-way.
    if tx.query_one_raw(statement(INCOMPLETE, [ids.clone().into()])).await?.is_some() {
        return Err(purged(Kind::File));
    }
    let mut parts = 0;
    for table in ["file_data", "file_media_object", "file_thumbnail", "file_tagged_object_thumbnail"] {
        let sql = format!(
            "UPDATE {table} SET deleted_at = NULL
              WHERE file_id = ANY($1) AND deleted_at IS NOT DISTINCT FROM $2::timestamptz"
        );
        parts += tx.execute_raw(statement(&sql, [ids.clone().into(), mark.into()])).await?.rows_affected();
    }
    let sql = "UPDATE file SET deleted_at = NULL WHERE id = ANY($1)";
    let files = tx.execute_raw(statement(sql, [ids.into()])).await?.rows_affected();
    Ok((files, parts))
}

async fn run(tx: &Tx, sql: &str, id: Uuid, mark: DateTime<Utc>) -> Result<u64> {
    Ok(tx.execute_raw(statement(sql, [id.into(), mark.into()])).await?.rows_affected())
}

fn statement<const N: usize>(sql: &str, values: [sea_orm::Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

const TEAM: &str = "UPDATE team SET deleted_at = NULL WHERE id = $1 AND deleted_at = $2";

const PROJECT: &str = "UPDATE project SET deleted_at = NULL WHERE id = $1 AND deleted_at = $2";

const FILE: &str = "SELECT id FROM file WHERE id = $1 AND deleted_at = $2 FOR UPDATE";

const PROJECTS_OF_TEAM: &str = "UPDATE project SET deleted_at = NULL WHERE team_id = $1 AND deleted_at = $2";

const FONTS_OF_TEAM: &str =
    "UPDATE team_font_variant SET deleted_at = NULL WHERE team_id = $1 AND deleted_at = $2";

const FILES_OF_PROJECT: &str = "SELECT id FROM file WHERE project_id = $1 AND deleted_at = $2 FOR UPDATE";

const FILES_OF_TEAM: &str = "
    SELECT f.id FROM file f
     WHERE f.project_id = ANY(ARRAY(SELECT id FROM project WHERE team_id = $1)) AND f.deleted_at = $2 FOR UPDATE";

const INCOMPLETE: &str = "
    SELECT 1 FROM file f
     WHERE f.id = ANY($1)
       AND NOT EXISTS (SELECT 1 FROM file_data d WHERE d.file_id = f.id AND d.kind = 'main') LIMIT 1";

const PERSON: &str = "UPDATE profile SET deleted_at = NULL WHERE id = $1";

const TEAMS_OF_PERSON: &str = "
    SELECT t.id FROM team t
     WHERE t.deleted_at = $2
       AND t.id IN (SELECT team_id FROM team_profile_rel WHERE profile_id = $1 AND is_owner)
     ORDER BY t.id FOR UPDATE OF t";
