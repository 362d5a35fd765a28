//! Invite people into a team.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Error, Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::{invitation::record_sent, role::InvitedRole},
    wire::{Email, Set},
};
use domain::{
    invitation::send::{self, Wanted},
    permission,
};
use entities::ids::TeamId;
use platform::config::Rate;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `create-team-invitations`.
pub struct CreateTeamInvitations;

/// Who shall come: `emails` and `role`, or `invitations`.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team, whose members the caller must manage.
    team_id: Uuid,
    /// Addresses.
    #[oai(validator(max_items = 1000))]
    emails: Option<Set<Email>>,
    /// What all of them will be.
    role: Option<InvitedRole>,
    /// Addresses, each with a role.
    #[oai(validator(max_items = 1000))]
    invitations: Option<Vec<Invited>>,
}

/// Somebody who shall come.
#[derive(Debug, Clone, Object)]
pub struct Invited {
    /// Address.
    email: Email,
    /// As what.
    role: InvitedRole,
}

/// Whom was written to.
#[derive(Debug, Object)]
pub struct Output {
    /// How many invitations there are.
    total: usize,
    /// Their tokens.
    invitations: Set<String>,
}

impl Method for CreateTeamInvitations {
    const NAME: &'static str = "create-team-invitations";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    /// It sends mails to others.
    const RATES: &'static [Rate] = &[Rate::per_minute(60), Rate::per_hour(600)];
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "insufficient-permissions"),
        (Fault::Validation, "max-invitations-by-request"),
        (Fault::Restriction, "max-quote-reached"),
        (Fault::Validation, "member-is-muted"),
        (Fault::Restriction, "email-has-permanent-bounces"),
        (Fault::Restriction, "email-has-complaints"),
    ];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Self::Output> {
        let tx = ctx.tx()?;
        let team = permission::team_manager(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        let wanted = match (params.emails, params.role, params.invitations) {
            (Some(emails), Some(role), None) => {
                let one = |email: Email| Wanted { email: email.into(), role: role.into() };
                emails.0.into_iter().map(one).collect()
            }
            (None, None, Some(invitations)) => {
                let one = |one: Invited| Wanted { email: one.email.into(), role: one.role.into() };
                invitations.into_iter().map(one).collect()
            }
            _ => {
                let refused = Error::new(Fault::Validation, "params-validation");
                return Err(refused.hint("either emails and role, or invitations, is required"));
            }
        };
        let sent = send::send(ctx.app(), tx, &team, wanted, ctx.now()).await?;
        ctx.follow_up(sent.follow_ups).await?;
        let tokens = record_sent(ctx, team.id, sent.invited);
        Ok(Output { total: tokens.len(), invitations: Set(tokens) })
    }
}
