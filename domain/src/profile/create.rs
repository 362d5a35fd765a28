//! Making an account: the row, its own team and that team's drafts.

use super::{clean_email, is_email, stored_props};
use crate::error::{Error, Result};
use crate::features::{self, Features};
use crate::permission::Operator;
use crate::team::{self, NewTeam};
use chrono::{DateTime, Utc};
use entities::ids::ProfileId;
use entities::profile::{ActiveModel, Column, Entity, Model};
use platform::app::App;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, Set};
use transit::value::Value;

/// What everybody's own team is called.
const OWN_TEAM: &str = "Default";

/// An account to be made; the address is clean and the password hashed already.
#[derive(Clone, Debug)]
pub struct NewProfile {
    /// The name shown to others.
    pub fullname: String,
    /// Address, lower-case.
    pub email: String,
    /// Hash.
    pub password: String,
    /// The address counts as confirmed.
    pub is_active: bool,
    /// Who vouches for the person.
    pub auth_backend: String,
    /// Settings: a map.
    pub props: Value,
}

/// Makes an active account, whatever the registration settings say.
///
/// # Errors
/// `params-validation` for a text that is no address, `email-as-password`, `email-already-exists`.
pub async fn by_operator(
    app: &App,
    _: &Operator,
    fullname: String,
    email: &str,
    password: String,
    now: DateTime<Utc>,
) -> Result<Model> {
    let email = clean_email(email);
    if !is_email(&email) {
        return Err(Error::validation("params-validation").hint("that is not an email address"));
    }
    check_password(&email, &password)?;
    let password = hash(app, password).await?;
    let wanted = NewProfile {
        fullname,
        email,
        password,
        is_active: true,
        auth_backend: "penpot".to_owned(),
        props: Value::Map(Vec::new()),
    };
    let tx = platform::db::begin(&app.db).await?;
    let made = insert(&tx, wanted, &features::enabled(&app.config.flags), now).await?;
    let made = made.ok_or_else(|| Error::validation("email-already-exists").hint("the address is taken"))?;
    tx.commit().await?;
    Ok(made)
}

/// Refuses an address as its own password.
///
/// # Errors
/// `email-as-password`.
pub(crate) fn check_password(email: &str, password: &str) -> Result<()> {
    if email.to_lowercase() == password.to_lowercase() {
        return Err(Error::validation("email-as-password").hint("the address cannot be its own password"));
    }
    Ok(())
}

/// The text to store for a password.
pub(crate) async fn hash(app: &App, password: String) -> Result<String> {
    app.passwords.hash(password).await.map_err(refused)
}

/// What a failed computation means to the caller.
pub(crate) fn refused(error: platform::passwords::PasswordError) -> Error {
    use platform::cpu::CpuError;
    use platform::passwords::PasswordError;
    match error {
        PasswordError::TooLong => Error::validation("params-validation").hint("the password is too long"),
        PasswordError::Cpu(CpuError::Busy) => Error::busy(),
        other => Error::platform(other),
    }
}

/// Makes the account, its team and its drafts. None when the address is taken, also by somebody who registers
/// at this very moment. Call it in a transaction.
pub(crate) async fn insert(
    conn: &impl ConnectionTrait,
    wanted: NewProfile,
    enabled: &Features,
    now: DateTime<Utc>,
) -> Result<Option<Model>> {
    let id = ProfileId(platform::ids::new_id());
    let row = ActiveModel {
        id: Set(id),
        created_at: Set(now),
        modified_at: Set(now),
        fullname: Set(wanted.fullname),
        email: Set(wanted.email),
        password: Set(wanted.password),
        is_active: Set(wanted.is_active),
        auth_backend: Set(Some(wanted.auth_backend)),
        props: Set(Some(stored_props(&wanted.props)?)),
        ..Default::default()
    };
    let free = OnConflict::column(Column::Email)
        .target_and_where(Column::DeletedAt.is_null())
        .do_nothing()
        .to_owned();
    if Entity::insert(row).on_conflict(free).exec_without_returning(conn).await? == 0 {
        return Ok(None);
    }
    let own = NewTeam { id: None, name: OWN_TEAM.to_owned(), is_default: true };
    let team = team::create(conn, id, own, enabled, now).await?;
    let row = ActiveModel {
        id: Set(id),
        default_team_id: Set(Some(team.team.id)),
        default_project_id: Set(Some(team.default_project.id)),
        ..Default::default()
    };
    Ok(Some(row.update(conn).await?))
}
