//! Ask to be let into a team, or to see a file.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Error, Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    wire::Instant,
};
use domain::access_request::{self, RequestTarget};
use entities::ids::{FileId, TeamId};
use platform::config::Rate;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `create-team-access-request`.
pub struct CreateTeamAccessRequest;

/// What the caller wants to see: one of the two.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// A file.
    file_id: Option<Uuid>,
    /// A team.
    team_id: Option<Uuid>,
    /// Whether it was the view of a prototype.
    is_viewer: Option<bool>,
}

/// What was asked.
#[derive(Debug, Object)]
pub struct Output {
    /// The request.
    request: Request,
}

/// A request to be let in.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Request {
    /// Key.
    id: Uuid,
    /// The team.
    team_id: Uuid,
    /// Who asks.
    requester_id: Uuid,
    /// Until then asking again is refused.
    valid_until: Instant,
    /// Until then an invitation lets in at once.
    auto_join_until: Instant,
    /// When it was first made.
    created_at: Instant,
    /// When it was last made.
    updated_at: Instant,
}

impl Method for CreateTeamAccessRequest {
    const NAME: &'static str = "create-team-access-request";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "2.2.0";
    /// It sends mails to others.
    const RATES: &'static [Rate] = &[Rate::per_minute(10), Rate::per_hour(60)];
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "member-already-exists"),
        (Fault::Validation, "request-already-sent"),
        (Fault::Restriction, "max-quote-reached"),
        (Fault::Validation, "member-is-muted"),
        (Fault::Restriction, "email-has-permanent-bounces"),
        (Fault::Restriction, "email-has-complaints"),
    ];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Self::Output> {
        let place = match (params.file_id, params.team_id) {
            (Some(file), _) if params.is_viewer == Some(true) => RequestTarget::View(FileId(file)),
            (Some(file), _) => RequestTarget::File(FileId(file)),
            (None, Some(team)) => RequestTarget::Team(TeamId(team)),
            (None, None) => {
                let refused = Error::new(Fault::Validation, "params-validation");
                return Err(refused.hint("file-id or team-id: one of them is required"));
            }
        };
        let (config, tx, caller) = (&ctx.app().config, ctx.tx()?, ctx.caller()?);
        let made = access_request::create(config, tx, caller, place, ctx.now()).await?;
        ctx.follow_up(made.follow_ups).await?;
        let row = made.request;
        let request = Request {
            id: row.id.into(),
            team_id: row.team_id.into(),
            requester_id: row.requester_id.into(),
            valid_until: row.valid_until.into(),
            auto_join_until: row.auto_join_until.into(),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(Output { request })
    }
}
