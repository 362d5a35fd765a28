//! Webhooks: servers of other people that hear of what happens in a team.

pub mod body;
pub mod delivery;
pub mod event;
mod probe;

use crate::error::{Error, Result};
use crate::permission::{Editable, Locked, Viewable};
use chrono::{DateTime, Utc};
use entities::ids::{TeamId, WebhookId};
use entities::webhook::{ActiveModel, Column, Entity, MediaType, Model};
use entities::{team, webhook};
use platform::db::{Tx, sql};
use platform::fetch::host_and_port;
use platform::secrets::Secrets;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};

pub use probe::probe;

/// Most that a team has.
pub const TEAM_MAX: u64 = 8;

/// How a webhook shall be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Where it listens; [`probe()`] has asked it.
    pub uri: String,
    /// What it reads.
    pub mtype: MediaType,
    /// Whether it hears anything.
    pub is_active: bool,
}

/// Refuses another one when the team has as many as it may have: before anybody is asked.
///
/// # Errors
/// `webhooks-quote-reached`.
pub async fn has_room(conn: &impl ConnectionTrait, team: TeamId) -> Result<()> {
    let count = Entity::find().filter(Column::TeamId.eq(team)).count(conn).await?;
    if count < TEAM_MAX {
        return Ok(());
    }
    Err(Error::restriction("webhooks-quote-reached").hint(format!("a team has at most {TEAM_MAX} webhooks")))
}

/// Makes one in a team.
///
/// # Errors
/// As [`has_room`].
pub async fn create(
    tx: &Tx,
    team: &Locked<Editable<team::Model>>,
    wanted: Wanted,
    now: DateTime<Utc>,
) -> Result<Model> {
    // Those who make one at the same time come one after the other, so that they are counted.
    tx.execute_raw(sql(HOLD, [format!("webhooks:{}", team.id).into()])).await?;
    has_room(tx, team.id).await?;
    let row = ActiveModel {
        id: Set(WebhookId(platform::ids::new_id())),
        team_id: Set(team.id),
        profile_id: Set(Some(team.caller())),
        created_at: Set(now),
        updated_at: Set(now),
        uri: Set(wanted.uri),
        mtype: Set(wanted.mtype),
        is_active: Set(wanted.is_active),
        error_code: Set(None),
        error_count: Set(0),
    };
    Ok(row.insert(tx).await?)
}

/// Makes it another one; what went wrong before is forgotten.
///
/// # Errors
/// Those of the database.
pub async fn update(
    tx: &Tx,
    held: &Editable<webhook::Model>,
    wanted: Wanted,
    now: DateTime<Utc>,
) -> Result<Model> {
    let mut row = Model::clone(held).into_active_model();
    row.uri = Set(wanted.uri);
    row.mtype = Set(wanted.mtype);
    row.is_active = Set(wanted.is_active);
    row.error_code = Set(None);
    row.error_count = Set(0);
    row.updated_at = Set(now);
    row.update(tx).await.map_err(|error| match error {
        // Somebody removed it meanwhile.
        DbErr::RecordNotUpdated => Error::NotFound,
        error => error.into(),
    })
}

/// Removes it. What is on its way to it ends without being told.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, held: &Editable<webhook::Model>) -> Result<()> {
    Entity::delete_by_id(held.id).exec(tx).await?;
    Ok(())
}

/// Those of a team, by address.
///
/// # Errors
/// Those of the database.
pub async fn list(conn: &impl ConnectionTrait, team: &Viewable<team::Model>) -> Result<Vec<Model>> {
    let of_team = Entity::find().filter(Column::TeamId.eq(team.id));
    Ok(of_team.order_by_asc(Column::Uri).order_by_asc(Column::Id).limit(TEAM_MAX).all(conn).await?)
}

/// What what a webhook is told is signed with. It is made of the master secret, so it stands in no row and no copy of
/// the database.
pub fn secret(secrets: &Secrets, id: WebhookId) -> String {
    secrets.shared_key(&format!("webhook:{id}"))
}

/// Server and port of an address: what may stand in the log, for paths and queries may hold secrets.
pub fn host_of(uri: &str) -> String {
    host_and_port(uri).unwrap_or_default()
}

const HOLD: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
