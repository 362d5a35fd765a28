//! Moving an account to another address.

use super::{clean_email, domains, get, is_email};
use crate::error::{Error, Result};
use crate::follow_up::FollowUps;
use crate::mail::request::Mail;
use crate::mail_suppression;
use crate::token::{self, Claims, Issuer};
use chrono::{DateTime, Utc};
use entities::ids::ProfileId;
use entities::profile::{ActiveModel, Entity, Model};
use platform::app::App;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, QuerySelect, Set, SqlErr};
use transit::value::Value;

/// What came of the wish for another address.
#[derive(Clone, Debug, PartialEq)]
pub enum Requested {
    /// It is so already: no mail can be sent here that would ask for consent.
    Changed,
    /// A mail asks, at the address of now.
    Asked(FollowUps),
    /// It is the address of now.
    Same,
}

/// Asks for another address, or changes it at once where no mails are sent. Call it in a transaction.
///
/// # Errors
/// In this order: `params-validation`, `email-domain-is-not-allowed`, `profile-is-muted`, `email-already-exists`,
/// `email-has-permanent-bounces` and `email-has-complaints` of either address; [`Error::NotFound`] when the account is
/// gone.
pub async fn request_change(
    app: &App,
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    email: &str,
    now: DateTime<Utc>,
) -> Result<Requested> {
    let email = clean_email(email);
    if !is_email(&email) {
        return Err(Error::validation("params-validation").hint("email: not an email address"));
    }
    let person = get(conn, caller, now).await?;
    let asks = app.config.flags.has("smtp");
    if person.email == email {
        return Ok(if asks { Requested::Same } else { Requested::Changed });
    }
    // Else whoever may register could take any address afterwards.
    domains::check(app, &email).await?;
    if asks && !mail_suppression::may_get_mail(conn, &app.config.mail, &person, now).await? {
        let hint = "too many mails to this account came back";
        return Err(Error::validation("profile-is-muted").hint(hint));
    }
    // Nobody becomes an administrator by saying so: the new address is never asked.
    if app.config.opens_dashboard(&email) || Entity::of_email(&email).one(conn).await?.is_some() {
        return Err(taken());
    }
    if !asks {
        change(conn, person.id, email, now).await?;
        return Ok(Requested::Changed);
    }
    mail_suppression::check_address(conn, &email, &email).await?;
    mail_suppression::check_address(conn, &person.email, &person.email).await?;
    let mail = Mail::ChangeEmail { profile_id: person.id, email };
    Ok(Requested::Asked(FollowUps::default().mail(mail)))
}

/// The token of the link: good for 15 minutes, and from the address of now only, hence once.
pub(crate) fn token_for(app: &App, person: &Model, email: &str, now: DateTime<Utc>) -> String {
    let claims = vec![
        ("profile-id", Value::Uuid(person.id.0)),
        ("email", Value::Str(email.to_owned())),
        ("from", Value::Str(person.email.clone())),
    ];
    token::issue(&app.secrets, Issuer::ChangeEmail, claims, now)
}

/// Follows the link. The row is locked until the transaction ends.
///
/// # Errors
/// `invalid-token` when the account is gone or has another address than when it was asked; `profile-blocked`,
/// `email-already-exists`.
pub(super) async fn confirm(
    conn: &impl ConnectionTrait,
    claims: &Claims,
    now: DateTime<Utc>,
) -> Result<Model> {
    let id = ProfileId(claims.uuid("profile-id")?);
    let found = Entity::find_by_id(id).lock_exclusive().one(conn).await?;
    let alive = found.filter(|person| person.deleted_at.is_none_or(|at| at > now));
    let person = alive.ok_or_else(|| token::invalid("unknown-profile"))?;
    if person.is_blocked {
        return Err(Error::restriction("profile-blocked").hint("the account is blocked"));
    }
    let email = clean_email(claims.text("email")?);
    if person.email == email {
        // To follow a link twice is no mistake.
        return Ok(person);
    }
    if claims.text("from")? != person.email {
        return Err(token::invalid("email-mismatch"));
    }
    if Entity::of_email(&email).one(conn).await?.is_some() {
        return Err(taken());
    }
    change(conn, id, email, now).await
}

async fn change(
    conn: &impl ConnectionTrait,
    id: ProfileId,
    email: String,
    now: DateTime<Utc>,
) -> Result<Model> {
    let row = ActiveModel { id: Set(id), email: Set(email), modified_at: Set(now), ..Default::default() };
    row.update(conn).await.map_err(of_update)
}

/// Somebody took the address at this very moment.
fn of_update(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => taken(),
        _ => error.into(),
    }
}

fn taken() -> Error {
    Error::validation("email-already-exists").hint("email: the address is taken")
}
