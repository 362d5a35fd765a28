//! What operators may do in other people's place. Nobody's role is asked for, and everything else holds; what changes
//! something asks for the proof that an [`Operator`] acts.

pub mod contents;
pub mod file;
pub mod object;
pub mod page_cursor;
pub mod person;
pub mod quota;
pub mod team;

use crate::error::{Error, Result};
use crate::permission::Operator;
use crate::profile::{clean_email, create};
use crate::session;
use chrono::{DateTime, Utc};
use entities::http_session;
use entities::ids::{ProfileId, SessionId};
use entities::profile;
use platform::app::App;
use platform::db::Tx;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

/// Most sessions of one person that are listed.
pub const SESSIONS_MAX: u64 = 1000;

/// Whoever has this address now; a demo account counts until its end.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn person(conn: &impl ConnectionTrait, email: &str, now: DateTime<Utc>) -> Result<profile::Model> {
    let there =
        Condition::any().add(profile::Column::DeletedAt.is_null()).add(profile::Column::DeletedAt.gt(now));
    let found = profile::Entity::find().filter(profile::Column::Email.eq(clean_email(email))).filter(there);
    found.one(conn).await?.ok_or(Error::NotFound)
}

/// Whoever had this address and was deleted last.
///
/// # Errors
/// [`Error::NotFound`] when nobody was, or they were purged.
pub async fn deleted_person(
    conn: &impl ConnectionTrait,
    email: &str,
    now: DateTime<Utc>,
) -> Result<profile::Model> {
    let gone = profile::Entity::find()
        .filter(profile::Column::Email.eq(clean_email(email)))
        .filter(profile::Column::DeletedAt.lte(now));
    gone.order_by_desc(profile::Column::DeletedAt).one(conn).await?.ok_or(Error::NotFound)
}

/// Gives somebody another password and ends their sessions. Not for the inside of a transaction: hashing takes a
/// while.
///
/// # Errors
/// [`Error::NotFound`] when nobody has this address, `email-as-password`, `params-validation` for one that is too long.
pub async fn set_password(
    app: &App,
    _: &Operator,
    email: &str,
    password: String,
    now: DateTime<Utc>,
) -> Result<(profile::Model, u64)> {
    person(&app.db, email, now).await?;
    create::check_password(&clean_email(email), &password)?;
    let password = create::hash(app, password).await?;
    let tx = platform::db::begin(&app.db).await?;
    let found = person(&tx, email, now).await?;
    let row = profile::ActiveModel {
        id: Set(found.id),
        modified_at: Set(now),
        password: Set(password),
        ..Default::default()
    };
    let person = row.update(&tx).await?;
    let ended = session::delete_of_profile(&tx, person.id).await?;
    tx.commit().await?;
    Ok((person, ended))
}

/// Sessions of a person, the last renewed first, at most [`SESSIONS_MAX`].
pub async fn sessions(conn: &impl ConnectionTrait, person: ProfileId) -> Result<Vec<http_session::Model>> {
    let found = http_session::Entity::of_profile(person)
        .order_by_desc(http_session::Column::ModifiedAt)
        .order_by_asc(http_session::Column::Id)
        .limit(SESSIONS_MAX);
    Ok(found.all(conn).await?)
}

/// Ends one session of a person.
///
/// # Errors
/// [`Error::NotFound`] when it is not theirs, or has ended already.
pub async fn end_session(tx: &Tx, _: &Operator, person: ProfileId, id: SessionId) -> Result<()> {
    let gone = http_session::Entity::delete_many()
        .filter(http_session::Column::Id.eq(id))
        .filter(http_session::Column::ProfileId.eq(person));
    if gone.exec(tx).await?.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Ends every session of a person; how many there were.
pub async fn end_sessions(tx: &Tx, _: &Operator, person: ProfileId) -> Result<u64> {
    session::delete_of_profile(tx, person).await
}
