//! The bin of a team: its members take files out of it, or empty it.
//!
//! What somebody wants is a row, a batch; a job works through it some files at a time, whoever watches or leaves. Each
//! time it asks again whether whoever wants it may. **What is not in the bin of the team by then is passed over**, so
//! that a batch may run twice, and beside another one.

mod delete;
mod restore;
mod taken;
mod watch;

pub use watch::{Look, look};

use crate::audit::{self, Kind, Source};
use crate::error::{Error, Result};
use crate::follow_up::{FollowUps, JobRequest};
use crate::permission::{self, Editable};
use chrono::{DateTime, TimeDelta, Utc};
use entities::bin_batch::{ActiveModel, Column, Entity, Model};
use entities::ids::{FileId, ProfileId};
use entities::team;
use platform::db::{Tx, sql};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use serde_json::Map;
use sha2::{Digest, Sha256};
use taken::{Taken, restorable_from};
use uuid::Uuid;

pub use entities::bin_batch::Action;

/// Most files of one batch.
pub const FILES_MAX: usize = 5000;
/// Most files of one transaction.
const FILES_AT_ONCE: usize = 50;
/// So long after its end, or after nobody ended it, a batch is forgotten.
const KEPT: TimeDelta = TimeDelta::days(1);
const GIVEN_UP: TimeDelta = TimeDelta::days(8);
/// Most batches that are forgotten at once.
const FORGOTTEN_MAX: i64 = 100;

/// A batch that was begun, or that is under way already.
#[derive(Clone, Debug, PartialEq)]
pub struct Begun {
    /// Its id, to watch it.
    pub id: Uuid,
    /// A job for it, unless there is nothing to do.
    pub follow_ups: FollowUps,
}

/// How far a batch is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Worked {
    /// Files that were looked at.
    pub done: u64,
    /// All of them.
    pub total: u64,
    /// Nothing is left to do.
    pub is_finished: bool,
    /// Those who have the files open hear of it.
    pub follow_ups: FollowUps,
}

/// Begins a batch of those files that are in the bin of the team; others do not count. Whoever wants the same again
/// before it has ended gets the one that is under way.
///
/// # Errors
/// Those of the database.
pub async fn begin(
    tx: &Tx,
    team: &Editable<team::Model>,
    action: Action,
    ids: &[FileId],
    now: DateTime<Utc>,
) -> Result<Begun> {
    tx.execute_raw(sql(FORGET, [(now - KEPT).into(), (now - GIVEN_UP).into(), FORGOTTEN_MAX.into()])).await?;
    let asked: Vec<Uuid> = ids.iter().take(FILES_MAX).map(|id| id.0).collect();
    let values = [asked.into(), team.id.0.into(), restorable_from(now).into()];
    let rows = tx.query_all_raw(sql(IN_BIN, values)).await?;
    let files: Vec<Uuid> = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    let (is_empty, digest) = (files.is_empty(), digest(team.caller(), &files));
    let values = [
        platform::ids::new_id().into(),
        team.id.0.into(),
        team.caller().0.into(),
        action.into(),
        digest.clone().into(),
        files.into(),
        now.into(),
        is_empty.then_some(now).into(),
    ];
    let made = tx.query_one_raw(sql(BEGIN, values)).await?;
    let id: Uuid = match made {
        Some(row) => row.try_get("", "id")?,
        None => {
            let values = [team.id.0.into(), action.into(), digest.into()];
            let row = tx.query_one_raw(sql(UNDER_WAY, values)).await?.ok_or(Error::NotFound)?;
            row.try_get("", "id")?
        }
    };
    let follow_ups = FollowUps::default();
    let follow_ups = if is_empty { follow_ups } else { follow_ups.job(JobRequest::BinBatch { id }) };
    Ok(Begun { id, follow_ups })
}

/// Makes what a batch needs before its first step, some rows at a time; whether there may be more. Call it each time in
/// a transaction.
///
/// # Errors
/// Those of the database.
pub async fn prepare(tx: &Tx, id: Uuid) -> Result<bool> {
    match Entity::find_by_id(id).one(tx).await? {
        Some(batch) if batch.finished_at.is_none() && batch.action == Action::Restore => {
            restore::complete(tx, &batch).await
        }
        _ => Ok(false),
    }
}

/// Does the next files of a batch, at most 50. Call it each time in a transaction, until it is finished. One that is
/// gone, or whose owner may not any more, is finished.
///
/// # Errors
/// Those of the database.
pub async fn step(tx: &Tx, id: Uuid, now: DateTime<Utc>) -> Result<Worked> {
    let held = Entity::find_by_id(id).filter(Column::FinishedAt.is_null()).lock_exclusive().one(tx).await?;
    let Some(batch) = held else { return Ok(Worked { is_finished: true, ..Worked::default() }) };
    let team = match permission::team_editor_locked(tx, batch.profile_id, batch.team_id).await {
        Ok(team) => team,
        Err(Error::NotFound) => return refuse(tx, &batch, now).await,
        Err(error) => return Err(error),
    };
    let done = usize::try_from(batch.done).unwrap_or(0);
    let next: Vec<Uuid> = batch.file_ids.iter().skip(done).take(FILES_AT_ONCE).copied().collect();
    let (taken, follow_ups) = match batch.action {
        Action::Restore => restore::files(tx, team.id, &next, now).await?,
        Action::Delete => delete::files(tx, team.id, team.caller(), &next, now).await?,
    };
    audit::record(tx, events(&batch, &taken, now), now).await?;
    let done = done + next.len();
    let is_finished = done >= batch.file_ids.len();
    let row = ActiveModel {
        id: Set(id),
        done: Set(i32::try_from(done).unwrap_or(i32::MAX)),
        taken: Set(batch.taken.into_iter().chain(taken.iter().map(|file| file.id)).collect()),
        finished_at: Set(is_finished.then_some(now)),
        ..Default::default()
    };
    row.update(tx).await?;
    Ok(Worked { done: done as u64, total: batch.file_ids.len() as u64, is_finished, follow_ups })
}

async fn refuse(tx: &Tx, batch: &Model, now: DateTime<Utc>) -> Result<Worked> {
    let row = ActiveModel {
        id: Set(batch.id),
        finished_at: Set(Some(now)),
        is_refused: Set(true),
        ..Default::default()
    };
    row.update(tx).await?;
    Ok(Worked { is_finished: true, ..Worked::default() })
}

/// What the log keeps of each file: the call's own event tells only which were asked for.
fn events(batch: &Model, taken: &[Taken], now: DateTime<Utc>) -> Vec<audit::Event> {
    let name = match batch.action {
        Action::Restore => "restore-deleted-team-file",
        Action::Delete => "permanently-delete-team-file",
    };
    let event = |file: &Taken| {
        let mut props = Map::new();
        props.insert("id".to_owned(), file.id.to_string().into());
        props.insert("name".to_owned(), file.name.clone().into());
        props.insert("project-id".to_owned(), file.project.to_string().into());
        props.insert("team-id".to_owned(), batch.team_id.0.to_string().into());
        let mut context = Map::new();
        context.insert("initiator".to_owned(), "job".into());
        audit::Event {
            name: name.to_owned(),
            kind: Kind::Action,
            source: Source::Backend,
            profile: Some(batch.profile_id),
            props,
            context,
            ip: None,
            tracked_at: now,
        }
    };
    taken.iter().map(event).collect()
}

/// Of who asks and of the files, which are in order.
fn digest(profile: ProfileId, files: &[Uuid]) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(profile.0.as_bytes());
    files.iter().for_each(|file| digest.update(file.as_bytes()));
    digest.finalize().to_vec()
}

const FORGET: &str = "
    DELETE FROM bin_batch WHERE id IN (
      SELECT id FROM bin_batch
       WHERE created_at < $1 AND (finished_at < $1 OR created_at < $2)
       ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED)";

const IN_BIN: &str = "
    SELECT f.id FROM file f JOIN project p ON p.id = f.project_id
     WHERE f.id = ANY($1) AND p.team_id = $2 AND coalesce(f.deleted_at, p.deleted_at) > $3
     ORDER BY f.id";

const BEGIN: &str = "
    INSERT INTO bin_batch (id, team_id, profile_id, action, digest, file_ids, created_at, finished_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (team_id, action, digest) WHERE finished_at IS NULL DO NOTHING
    RETURNING id";

const UNDER_WAY: &str = "
    SELECT id FROM bin_batch WHERE team_id = $1 AND action = $2 AND digest = $3 ORDER BY created_at DESC LIMIT 1";
