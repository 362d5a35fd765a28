//! A way back in for people who forgot their password, by a link in a mail.
//!
//! Asking for the link does the same work for every address, known or not: it leaves a job. Whether somebody has the
//! address is found out there, where nobody who asks can see or time it.

use super::{attempts, create, get, proof_of_registration};
use crate::error::{Error, Result};
use crate::follow_up::{FollowUps, JobRequest};
use crate::mail::request::Mail;
use crate::mail_suppression;
use crate::session;
use crate::token::{self, Claims, Issuer};
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::ProfileId;
use entities::profile::{ActiveModel, Column, Entity, Model};
use platform::app::App;
use platform::db::Tx;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use transit::value::Value;

/// What follows when somebody says that they forgot the password of the account with this address.
pub fn ask(email: &str) -> FollowUps {
    FollowUps::default().job(JobRequest::RequestRecovery { email: super::clean_email(email) })
}

/// Whether and when a link goes to this address: one mail in a while is enough, the next one waits. Nothing follows
/// when nobody has the address, or its person cannot get mail. Call it in a transaction.
pub async fn request(
    app: &App,
    conn: &impl ConnectionTrait,
    email: &str,
    now: DateTime<Utc>,
) -> Result<FollowUps> {
    let found = Entity::of_email(&super::clean_email(email)).lock_exclusive().one(conn).await?;
    let Some(person) = found.filter(|person| !person.is_blocked) else { return Ok(FollowUps::default()) };
    if !mail_suppression::is_reachable(conn, &app.config.mail, &person, now).await? {
        return Ok(FollowUps::default());
    }
    let pause = TimeDelta::from_std(app.config.auth.email_verify_threshold).unwrap_or(TimeDelta::MAX);
    let mail_at = person.modified_at.checked_add_signed(pause).unwrap_or(now).max(now);
    if mail_at == now {
        // The next mail after this one waits as long again.
        let row = ActiveModel { id: Set(person.id), modified_at: Set(now), ..Default::default() };
        row.update(conn).await?;
    }
    let mail = Mail::PasswordRecovery { profile_id: person.id };
    let not_before = (mail_at > now).then_some(mail_at);
    Ok(FollowUps::default().job(JobRequest::SendMail { mail, not_before }))
}

/// The token of the link: good for 15 minutes, and for the password of now only, hence once.
pub(crate) fn token_for(app: &App, person: &Model, now: DateTime<Utc>) -> String {
    let claims = vec![
        ("profile-id", Value::Uuid(person.id.0)),
        ("email", Value::Str(person.email.clone())),
        ("password", Value::Str(proof_of_registration(person))),
    ];
    token::issue(&app.secrets, Issuer::PasswordRecovery, claims, now)
}

/// Sets another password for whoever holds the link, confirms the address, and ends every session; whose it was. Not
/// for the inside of a transaction: hashing takes a while.
///
/// # Errors
/// `invalid-token` when it is none, was used, or its account is gone, blocked or has another address;
/// `email-as-password`, `too-busy`.
pub async fn recover(app: &App, token: &str, password: String, now: DateTime<Utc>) -> Result<ProfileId> {
    let claims = token::verify(&app.secrets, token, Issuer::PasswordRecovery, now)?;
    let person = holder(&app.db, &claims, now).await?;
    create::check_password(&person.email, &password)?;
    let hash = create::hash(app, password).await?;
    platform::db::transaction(&app.db, |tx| Box::pin(settle(tx, person.clone(), hash.clone(), now))).await?;
    // Whoever forgot a password has tried some; those waits were for the old one.
    attempts::forget(app, &person.email).await;
    Ok(person.id)
}

async fn settle(tx: &Tx, person: Model, hash: String, now: DateTime<Utc>) -> Result<()> {
    let changed = Entity::update_many()
        .col_expr(Column::Password, Expr::value(hash))
        .col_expr(Column::IsActive, Expr::value(true))
        .col_expr(Column::ModifiedAt, Expr::value(now))
        .filter(Column::Id.eq(person.id))
        .filter(Column::Email.eq(&person.email))
        .filter(Column::Password.eq(&person.password))
        .filter(Column::IsBlocked.eq(false))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(token::invalid("used"));
    }
    session::delete_of_profile(tx, person.id).await?;
    Ok(())
}

async fn holder(conn: &impl ConnectionTrait, claims: &Claims, now: DateTime<Utc>) -> Result<Model> {
    let person =
        get(conn, ProfileId(claims.uuid("profile-id")?), now).await.map_err(|error| match error {
            Error::NotFound => token::invalid("unknown-profile"),
            other => other,
        })?;
    let same = claims.text("email")? == person.email
        && claims.text("password")? == proof_of_registration(&person)
        && !person.is_blocked;
    if same { Ok(person) } else { Err(token::invalid("used")) }
}
