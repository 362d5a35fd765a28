//! Another password, chosen by its owner.

use super::{create, get};
use crate::error::{Error, Result};
use crate::session;
use chrono::{DateTime, Utc};
use entities::ids::{ProfileId, SessionId};
use entities::profile::{Column, Entity, Model};
use platform::app::App;
use platform::db::Tx;
use platform::passwords::NO_PASSWORD;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Sets the caller's password and ends every session but the caller's own. An account that has no password needs no old
/// one. Not for the inside of a transaction: hashing takes a while.
///
/// # Errors
/// `old-password-not-match`, also when somebody was faster; `email-as-password`, `too-busy`; [`Error::NotFound`] when
/// the account is gone.
pub async fn update(
    app: &App,
    caller: ProfileId,
    own: Option<SessionId>,
    password: String,
    old_password: Option<String>,
    now: DateTime<Utc>,
) -> Result<()> {
    let person = get(&app.db, caller, now).await?;
    if person.password != NO_PASSWORD {
        let old = old_password.ok_or_else(wrong)?;
        let verdict = app.passwords.verify(old, person.password.clone()).await.map_err(create::refused)?;
        if !verdict.ok {
            return Err(wrong());
        }
    }
    create::check_password(&person.email, &password)?;
    let hash = create::hash(app, password).await?;
    platform::db::transaction(&app.db, |tx| Box::pin(replace(tx, person.clone(), hash.clone(), own, now)))
        .await
}

async fn replace(
    tx: &Tx,
    person: Model,
    hash: String,
    own: Option<SessionId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let changed = Entity::update_many()
        .col_expr(Column::Password, Expr::value(hash))
        .col_expr(Column::ModifiedAt, Expr::value(now))
        .filter(Column::Id.eq(person.id))
        .filter(Column::Password.eq(&person.password))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(wrong());
    }
    session::delete_others(tx, person.id, own).await?;
    Ok(())
}

fn wrong() -> Error {
    Error::validation("old-password-not-match").hint("oldPassword: not the password of now")
}
