//! Following the link of an invitation.

use super::send::forget;
use super::standing;
use crate::error::{Error, Result};
use crate::profile::clean_email;
use crate::quota::{self, Scope, Target};
use crate::role::Role;
use crate::team::member;
use crate::token::{self, Claims};
use chrono::{DateTime, Utc};
use entities::ids::ProfileId;
use entities::{profile, team_invitation};
use platform::app::App;
use platform::db::Tx;
use sea_orm::{EntityTrait, QuerySelect};

/// What following the link led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// Nobody is signed in: sign in first, or, with `register`, make an account.
    Pending {
        /// There is no account of this address yet, and one can be made.
        register: bool,
    },
    /// The caller is a member now.
    Accepted,
}

/// Accepts an invitation for the caller, or says how to go on without one. An invitation is accepted once.
///
/// # Errors
/// `invalid-invitation-token` for other claims, `invalid-token` when the invitation does not stand any more or is for
/// somebody else (reason `email-mismatch`), `profile-blocked`, `max-quote-reached`.
pub(crate) async fn follow(
    app: &App,
    tx: &Tx,
    claims: &Claims,
    caller: Option<ProfileId>,
    now: DateTime<Utc>,
) -> Result<Followed> {
    let row = standing(tx, claims, now).await?;
    let Some(caller) = caller else {
        if row.is_none() {
            return Err(token::invalid("no-invitation"));
        }
        let flags = &app.config.flags;
        let open = flags.has("registration") && flags.has("login-with-password");
        return Ok(Followed::Pending { register: open && claims.uuid("member-id").is_err() });
    };
    let person = profile::Entity::find_by_id(caller).one(tx).await?.ok_or(Error::NotFound)?;
    let named = claims.uuid("member-id").is_ok_and(|id| id == person.id.0);
    if !named && clean_email(claims.text("member-email")?) != person.email {
        return Err(token::invalid("email-mismatch"));
    }
    if person.is_blocked {
        return Err(Error::restriction("profile-blocked").hint("the account is blocked"));
    }
    let row = row.ok_or_else(|| token::invalid("no-invitation"))?;
    // Held from here on: it may be taken back, changed or accepted at this very moment.
    let held = team_invitation::Entity::find_by_id(row.id).lock_exclusive().one(tx).await?;
    if held.as_ref() != Some(&row) {
        return Err(token::invalid("no-invitation"));
    }
    // Nobody is invited to own a team.
    if row.role == Role::Owner {
        return Err(token::invalid("no-invitation"));
    }
    // Before the quota is looked at: this invitation must not count beside the membership it becomes.
    forget(tx, row.team_id, &row.email_to, person.id).await?;
    let scope = Scope::profile(person.id).team(row.team_id);
    quota::check(&app.config, tx, Target::ProfilesPerTeam, scope, 1, now).await?;
    member::join(tx, row.team_id, person.id, row.role, now).await?;
    Ok(Followed::Accepted)
}
