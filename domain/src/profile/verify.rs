//! Links that people follow from a mail, and proofs of who somebody is.

use super::{clean_email, email, get, proof_of_registration};
use crate::error::{Error, Result};
use crate::invitation::accept::{self, Followed};
use crate::token::{self, Claims, Issuer};
use chrono::{DateTime, Utc};
use entities::ids::ProfileId;
use entities::profile::{ActiveModel, Model};
use platform::app::App;
use platform::db::Tx;
use sea_orm::{ActiveModelTrait, ConnectionTrait, Set};
use transit::value::Value;

/// What a token proved.
#[derive(Clone, Debug)]
pub enum Verified {
    /// The address is confirmed: answer claims and profile, and open a session when that happened just now. A link
    /// that was followed before is no key: it lies in histories and logs for days.
    Email {
        /// The account, active now.
        profile: Model,
        /// The claims, as a map.
        claims: Value,
        /// The account was not active before.
        activated: bool,
    },
    /// The account has another address: answer claims and profile; no session.
    Moved {
        /// The account.
        profile: Model,
        /// The claims, as a map.
        claims: Value,
    },
    /// The token names this person: answer claims and profile; no session.
    Identity {
        /// The account.
        profile: Model,
        /// The claims, as a map.
        claims: Value,
    },
    /// An invitation into a team: answer what it led to.
    Invitation {
        /// What it led to.
        followed: Followed,
        /// The claims, as a map.
        claims: Value,
    },
}

/// Looks at a token and does what it is for. Call it in a transaction.
///
/// # Errors
/// `invalid-token` for anything that is not a valid token of a kind known here, `profile-blocked`; for invitations also
/// `invalid-invitation-token`, `max-quote-reached`; `email-already-exists` for an address that somebody
/// took meanwhile.
pub async fn verify(
    app: &App,
    conn: &Tx,
    token: &str,
    caller: Option<ProfileId>,
    now: DateTime<Utc>,
) -> Result<Verified> {
    let claims = token::open(&app.secrets, token, now)?;
    match claims.issuer() {
        Some(Issuer::VerifyEmail) => confirm(conn, claims, now).await,
        Some(Issuer::ChangeEmail) => {
            let profile = email::confirm(conn, &claims, now).await?;
            Ok(Verified::Moved { profile, claims: claims.into_value() })
        }
        Some(Issuer::Auth) => {
            let profile = person(conn, &claims, now).await?;
            Ok(Verified::Identity { profile, claims: claims.into_value() })
        }
        Some(Issuer::TeamInvitation) => {
            let followed = accept::follow(app, conn, &claims, caller, now).await?;
            Ok(Verified::Invitation { followed, claims: claims.into_value() })
        }
        _ => Err(token::invalid("invalid-issuer")),
    }
}

async fn confirm(conn: &impl ConnectionTrait, claims: Claims, now: DateTime<Utc>) -> Result<Verified> {
    let profile = person(conn, &claims, now).await?;
    if clean_email(claims.text("email")?) != profile.email {
        return Err(token::invalid("email-mismatch"));
    }
    if profile.is_blocked {
        return Err(Error::restriction("profile-blocked").hint("the account is blocked"));
    }
    if profile.is_active {
        return Ok(Verified::Email { profile, claims: claims.into_value(), activated: false });
    }
    if claims.text("registration")? != proof_of_registration(&profile) {
        return Err(token::invalid("registered-again"));
    }
    let row = ActiveModel {
        id: Set(profile.id),
        modified_at: Set(now),
        is_active: Set(true),
        ..Default::default()
    };
    let profile = row.update(conn).await?;
    Ok(Verified::Email { profile, claims: claims.into_value(), activated: true })
}

/// The person a token is about; a token about nobody is no valid token.
async fn person(conn: &impl ConnectionTrait, claims: &Claims, now: DateTime<Utc>) -> Result<Model> {
    let id = ProfileId(claims.uuid("profile-id")?);
    get(conn, id, now).await.map_err(|error| match error {
        Error::NotFound => token::invalid("unknown-profile"),
        other => other,
    })
}
