//! Signing in with a password.

use super::{attempts, clean_email, create};
use crate::error::{Error, Result};
use crate::invitation;
use crate::token::{self, Issuer};
use chrono::{DateTime, Utc};
use entities::profile::{Column, Entity, Model};
use platform::app::App;
use platform::passwords::NO_PASSWORD;
use sea_orm::sea_query::{Expr, NullOrdering};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder};

/// The code of every failed guess.
const WRONG: &str = "wrong-credentials";

/// Who signed in. Open a session, unless the answer is only an invitation.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// The account.
    pub profile: Model,
    /// The address is one of the installation's administrators.
    pub is_admin: bool,
    /// A valid invitation of this very person; the answer is then this token alone.
    pub invitation_token: Option<String>,
}

/// Checks address and password. Not for the inside of a transaction: hashing takes a while.
///
/// An unknown address, one that was not confirmed, one without a password and a wrong password look alike and take
/// equally long. `place` is where the attempt comes from, such as an IP address.
///
/// # Errors
/// In this order: `login-disabled`, `request-blocked` after too many failures, `wrong-credentials`, `profile-blocked`,
/// `invalid-token` for a bad invitation.
pub async fn with_password(
    app: &App,
    email: &str,
    password: String,
    invitation_token: Option<&str>,
    place: Option<&str>,
    now: DateTime<Utc>,
) -> Result<LoggedIn> {
    let flags = &app.config.flags;
    if !flags.has("login") && !flags.has("login-with-password") {
        return Err(Error::restriction("login-disabled").hint("signing in with a password is switched off"));
    }
    let attempt = attempts::begin(app, email, place, now).await?;
    let found = checked(app, email, password, now).await;
    match &found {
        Ok(_) => attempt.succeeded(app).await,
        Err(error) if error.code() == Some(WRONG) => drop(attempt),
        Err(_) => attempt.was_none(app).await,
    }
    let profile = found?;
    if profile.is_blocked {
        return Err(Error::restriction("profile-blocked").hint("the account is blocked"));
    }
    let invitation_token = invitation(app, &profile, invitation_token, now).await?;
    let is_admin = is_admin(app, &profile);
    Ok(LoggedIn { profile, is_admin, invitation_token })
}

/// The account of an address, when the password is its own. Blocked ones too: only who knows the password learns that.
async fn checked(app: &App, email: &str, password: String, now: DateTime<Utc>) -> Result<Model> {
    let profile = match find(&app.db, &clean_email(email), now).await? {
        Some(person) if person.is_active && person.password != NO_PASSWORD => person,
        _ => {
            app.passwords.verify_nobody(password).await.map_err(create::refused)?;
            return Err(wrong());
        }
    };
    let verdict =
        app.passwords.verify(password.clone(), profile.password.clone()).await.map_err(create::refused)?;
    if !verdict.ok {
        return Err(wrong());
    }
    if verdict.outdated
        && let Err(error) = renew_hash(app, &profile, password).await
    {
        // The next login tries again.
        tracing::warn!(profile = %profile.id, %error, "an outdated password hash could not be renewed");
    }
    Ok(profile)
}

/// Whether the account is one of the installation's administrators.
pub fn is_admin(app: &App, profile: &Model) -> bool {
    app.config.admins.iter().any(|admin| clean_email(admin) == profile.email)
}

/// Demo accounts are deleted in advance and can be used until then, hence the second condition.
async fn find(conn: &impl ConnectionTrait, email: &str, now: DateTime<Utc>) -> Result<Option<Model>> {
    let there = Condition::any().add(Column::DeletedAt.is_null()).add(Column::DeletedAt.gt(now));
    Ok(Entity::find()
        .filter(Column::Email.eq(email))
        .filter(there)
        .order_by_with_nulls(Column::DeletedAt, Order::Asc, NullOrdering::First)
        .one(conn)
        .await?)
}

fn wrong() -> Error {
    Error::validation(WRONG).hint("the address or the password is wrong")
}

/// Stores the password under today's parameters, unless it was changed meanwhile.
async fn renew_hash(app: &App, profile: &Model, password: String) -> Result<()> {
    let hash = create::hash(app, password).await?;
    Entity::update_many()
        .col_expr(Column::Password, Expr::value(hash))
        .filter(Column::Id.eq(profile.id))
        .filter(Column::Password.eq(&profile.password))
        .exec(&app.db)
        .await?;
    Ok(())
}

/// An invitation counts only for the person it names, and while it stands.
async fn invitation(
    app: &App,
    profile: &Model,
    token: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<String>> {
    let Some(token) = token else { return Ok(None) };
    let claims = token::verify(&app.secrets, token, Issuer::TeamInvitation, now)?;
    let named = claims.uuid("member-id").is_ok_and(|id| id == profile.id.0);
    let stands = named && invitation::standing(&app.db, &claims, now).await?.is_some();
    Ok(stands.then(|| token.to_owned()))
}
