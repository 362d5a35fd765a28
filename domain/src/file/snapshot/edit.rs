//! Snapshots get names and locks, and go.

use super::find::EditableSnapshot;
use crate::deletion;
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use entities::file_snapshot::{ActiveModel, Creator, Model};
use platform::db::Tx;
use sea_orm::{ActiveModelTrait, Set};
use std::time::Duration;
use transit::value::Value;

/// Gives a snapshot another name. One of the system becomes one of people, and stays.
///
/// # Errors
/// Those of the database.
pub async fn rename(tx: &Tx, held: &EditableSnapshot, label: String, now: DateTime<Utc>) -> Result<()> {
    let named = ActiveModel {
        label: Set(label),
        created_by: Set(Creator::User),
        deleted_at: Set(None),
        ..changed(held.row(), now)
    };
    named.update(tx).await?;
    Ok(())
}

/// Keeps others from deleting a snapshot. Only whoever made it can.
///
/// # Errors
/// In this order: `system-snapshots-cant-be-locked`, `only-creator-can-lock`, `snapshot-already-locked`.
pub async fn lock(tx: &Tx, held: &EditableSnapshot, now: DateTime<Utc>) -> Result<()> {
    let caller = Some(held.file().caller());
    if held.row().created_by != Creator::User {
        return Err(refused(held, "system-snapshots-cant-be-locked", "only snapshots that people made"));
    }
    if held.row().profile_id != caller {
        return Err(refused(held, "only-creator-can-lock", "only whoever made the snapshot can lock it"));
    }
    if held.row().locked_by.is_some() {
        return Err(refused(held, "snapshot-already-locked", "the snapshot is locked already"));
    }
    ActiveModel { locked_by: Set(caller), ..changed(held.row(), now) }.update(tx).await?;
    Ok(())
}

/// Takes the lock away. Only whoever made the snapshot can.
///
/// # Errors
/// In this order: `system-snapshots-cant-be-unlocked`, `only-creator-can-unlock`, `snapshot-not-locked`.
pub async fn unlock(tx: &Tx, held: &EditableSnapshot, now: DateTime<Utc>) -> Result<()> {
    if held.row().created_by != Creator::User {
        return Err(refused(held, "system-snapshots-cant-be-unlocked", "only snapshots that people made"));
    }
    if held.row().profile_id != Some(held.file().caller()) {
        return Err(refused(held, "only-creator-can-unlock", "only whoever made the snapshot can unlock it"));
    }
    if held.row().locked_by.is_none() {
        return Err(refused(held, "snapshot-not-locked", "the snapshot is not locked"));
    }
    ActiveModel { locked_by: Set(None), ..changed(held.row(), now) }.update(tx).await?;
    Ok(())
}

/// Hides a snapshot; after `delay` it is purged.
///
/// # Errors
/// In this order: `system-snapshots-cant-be-deleted`, `snapshot-is-locked` when somebody else locked it.
pub async fn delete(tx: &Tx, held: &EditableSnapshot, delay: Duration, now: DateTime<Utc>) -> Result<()> {
    if held.row().created_by != Creator::User {
        let hint = "snapshots of the system go by themselves";
        return Err(refused(held, "system-snapshots-cant-be-deleted", hint));
    }
    if held.row().locked_by.is_some_and(|by| by != held.file().caller()) {
        return Err(refused(held, "snapshot-is-locked", "whoever made the snapshot has locked it"));
    }
    let gone = ActiveModel { deleted_at: Set(Some(deletion::due(now, delay))), ..changed(held.row(), now) };
    gone.update(tx).await?;
    Ok(())
}

fn changed(row: &Model, now: DateTime<Utc>) -> ActiveModel {
    ActiveModel { id: Set(row.id), modified_at: Set(now), ..Default::default() }
}

fn refused(held: &EditableSnapshot, code: &'static str, hint: &str) -> Error {
    Error::validation(code).hint(hint).with("snapshot-id", Value::Uuid(held.row().id.0))
}
