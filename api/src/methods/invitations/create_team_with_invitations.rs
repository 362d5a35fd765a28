//! Create a team and invite people into it.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::{invitation::record_sent, role::InvitedRole, team::Team},
    wire::{Email, Set, Text},
};
use domain::{
    features,
    invitation::send::{self, Wanted},
    permission,
    quota::{self, Scope, Target},
    team::{self, NewTeam},
};
use entities::ids::TeamId;
use platform::config::Rate;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `create-team-with-invitations`.
pub struct CreateTeamWithInvitations;

/// The team that is wanted, and who shall come.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Name shown to members; without `.`, `:` and `/`.
    #[oai(validator(max_length = 250, pattern = "^[^.:/]*$"))]
    name: Text,
    /// Document features that the client knows.
    #[oai(validator(max_items = 100))]
    features: Option<Set<String>>,
    /// Chosen key; a fresh one when left out.
    id: Option<Uuid>,
    /// Addresses.
    #[oai(validator(max_items = 1000))]
    emails: Set<Email>,
    /// What all of them will be.
    role: InvitedRole,
}

impl Method for CreateTeamWithInvitations {
    const NAME: &'static str = "create-team-with-invitations";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    /// It sends mails to others.
    const RATES: &'static [Rate] = &[Rate::per_minute(10), Rate::per_hour(60)];
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::Validation, "object-already-exists"),
        (Fault::Restriction, "feature-not-supported"),
        (Fault::Validation, "max-invitations-by-request"),
        (Fault::Restriction, "max-quote-reached"),
        (Fault::Validation, "member-is-muted"),
        (Fault::Restriction, "email-has-permanent-bounces"),
        (Fault::Restriction, "email-has-complaints"),
    ];
    type Params = Params;
    type Output = Team;

    async fn call(ctx: &Ctx, params: Params) -> Result<Self::Output> {
        let (app, tx, caller, now) = (ctx.app(), ctx.tx()?, ctx.caller()?, ctx.now());
        let enabled = features::enabled(&app.config.flags);
        let known = params.features.map(|known| known.0.into_iter().collect());
        features::check_client(&enabled, known.as_ref())?;
        quota::check(&app.config, tx, Target::TeamsPerProfile, Scope::profile(caller), 1, now).await?;
        let wanted = NewTeam { id: params.id.map(TeamId), name: params.name.into(), is_default: false };
        let made = team::create(tx, caller, wanted, &enabled, now).await?;
        ctx.audit().rename("create-team");
        ctx.audit().prop("id", Value::Uuid(made.team.id.0));
        let held = permission::team_manager(tx, caller, made.team.id).await?;
        let one = |email: Email| Wanted { email: email.into(), role: params.role.into() };
        let wanted = params.emails.0.into_iter().map(one).collect();
        let sent = send::send(app, tx, &held, wanted, now).await?;
        ctx.follow_up(sent.follow_ups).await?;
        record_sent(ctx, held.id, sent.invited);
        Ok(Team::new(made.team, false, made.permissions))
    }
}
