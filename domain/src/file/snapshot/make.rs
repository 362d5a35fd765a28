//! Snapshots that people make.

use super::hold::hold;
use super::insert::{New, insert};
use crate::deletion;
use crate::error::{Error, Result};
use crate::permission::Editable;
use crate::quota::{self, Scope, Target};
use chrono::{DateTime, Utc};
use entities::file_snapshot::{Creator, Model};
use entities::{file, project};
use platform::app::App;
use platform::db::Tx;
use sea_orm::EntityTrait;

/// Makes a snapshot of a file as it is, which stays until somebody deletes it; without a label it is called after the
/// moment.
///
/// # Errors
/// `max-quote-reached`; [`Error::NotFound`] when the file was deleted meanwhile.
pub async fn create(
    app: &App,
    tx: &Tx,
    held: &Editable<file::Model>,
    label: Option<String>,
    now: DateTime<Utc>,
) -> Result<Model> {
    let project = project::Entity::find_by_id(held.project_id).one(tx).await?.ok_or(Error::NotFound)?;
    let scope = Scope::profile(held.caller()).team(project.team_id).project(project.id).file(held.id);
    for target in [Target::SnapshotsPerFile, Target::SnapshotsPerTeam] {
        quota::check(&app.config, tx, target, scope, 1, now).await?;
    }
    hold(app, tx, held.id).await?;
    let label = label.unwrap_or_else(|| New::label(now));
    insert(tx, held.id, New { label, creator: Creator::User, by: held.caller(), deleted_at: None }, now).await
}

/// Makes a snapshot of the system of a file, which the transaction holds and is about to put right. It stays for the
/// time of grace.
///
/// # Errors
/// Those of the database.
pub async fn before_repair(
    app: &App,
    tx: &Tx,
    held: &Editable<file::Model>,
    now: DateTime<Utc>,
) -> Result<Model> {
    let deleted_at = Some(deletion::due(now, app.config.limits.deletion_delay));
    let label = format!("internal/repair/{}", held.revn);
    insert(tx, held.id, New { label, creator: Creator::System, by: held.caller(), deleted_at }, now).await
}
