//! What an invitation leads to: events on record, and what following its link is answered with.

use crate::rpc::{audit::AuditEvent, ctx::Ctx};
use crate::wire::{Instant, Keyword};
use chrono::DateTime;
use domain::invitation::{accept, send::Invited};
use entities::ids::{ProfileId, TeamId};
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// An invitation that was followed.
#[derive(Debug, Object)]
#[oai(rename = "FollowedInvitation", rename_all = "camelCase")]
pub struct Followed {
    /// `team-invitation`.
    iss: Keyword,
    /// `created` for a member now, `pending` for somebody who is not signed in.
    state: Keyword,
    /// Where to go on with the token: `auth-login` or `auth-register`.
    #[oai(skip_serializing_if_is_none)]
    redirect_to: Option<Keyword>,
    /// The token to go on with.
    #[oai(skip_serializing_if_is_none)]
    invitation_token: Option<String>,
    /// When the token was made.
    #[oai(skip_serializing_if_is_none)]
    iat: Option<Instant>,
    /// When it ends.
    #[oai(skip_serializing_if_is_none)]
    exp: Option<Instant>,
    /// Who invited.
    #[oai(skip_serializing_if_is_none)]
    profile_id: Option<Uuid>,
    /// As what.
    #[oai(skip_serializing_if_is_none)]
    role: Option<Keyword>,
    /// Into which team.
    #[oai(skip_serializing_if_is_none)]
    team_id: Option<Uuid>,
    /// Which address.
    #[oai(skip_serializing_if_is_none)]
    member_email: Option<String>,
    /// Whose account that is.
    #[oai(skip_serializing_if_is_none)]
    member_id: Option<Uuid>,
}

impl Followed {
    /// Of a token with these claims. Somebody who is not signed in is told how to go on, not what they say.
    pub fn new(followed: accept::Followed, claims: &Value, token: String) -> Followed {
        let (state, redirect, shown) = match followed {
            accept::Followed::Pending { register: true } => ("pending", Some("auth-register"), None),
            accept::Followed::Pending { register: false } => ("pending", Some("auth-login"), None),
            accept::Followed::Accepted => ("created", None, Some(claims)),
        };
        let claim = |key: &str| shown.and_then(|claims| claims.get(key));
        let id = |key: &str| match claim(key) {
            Some(Value::Uuid(id)) => Some(*id),
            _ => None,
        };
        let moment = |key| claim(key).and_then(Value::as_instant).and_then(DateTime::from_timestamp_millis);
        Followed {
            iss: "team-invitation".into(),
            state: state.into(),
            redirect_to: redirect.map(Keyword::from),
            invitation_token: redirect.map(|_| token),
            iat: moment("iat").map(Instant::from),
            exp: moment("exp").map(Instant::from),
            profile_id: id("profile-id"),
            role: claim("role").and_then(Value::as_keyword).map(Keyword::from),
            team_id: id("team-id"),
            member_email: claim("member-email").and_then(Value::as_str).map(str::to_owned),
            member_id: id("member-id"),
        }
    }
}

/// Records that an invitation was accepted: by whom, and from whom it was.
pub fn record(ctx: &Ctx, followed: &accept::Followed, claims: &Value) {
    if *followed != accept::Followed::Accepted {
        return;
    }
    let props = || {
        let said = [("team-id", "team-id"), ("role", "role"), ("email", "member-email")];
        said.into_iter().filter_map(|(name, claim)| Some((name, claims.get(claim)?.clone())))
    };
    ctx.audit().rename("accept-team-invitation");
    props().for_each(|(name, value)| ctx.audit().prop(name, value));
    let inviter = claims.get("profile-id").and_then(Value::as_uuid).filter(|id| !id.is_nil());
    if let Some(inviter) = inviter {
        let (name, actor) = ("accept-team-invitation-from", Some(ProfileId(inviter)));
        ctx.audit().add(AuditEvent { name, actor, props: props().collect() });
    }
}

/// Records who was invited; the tokens of their invitations.
pub fn record_sent(ctx: &Ctx, team_id: TeamId, invited: Vec<Invited>) -> Vec<String> {
    let record = |Invited { id, email, role, is_new, token }| {
        ctx.audit().add(AuditEvent {
            name: if is_new { "create-team-invitation" } else { "update-team-invitation" },
            actor: None,
            props: vec![
                ("invitation-id", Value::Uuid(id.0)),
                ("team-id", Value::Uuid(team_id.0)),
                ("email", Value::Str(email)),
                ("role", Value::keyword(role.as_str())),
            ],
        });
        token
    };
    invited.into_iter().map(record).collect()
}
