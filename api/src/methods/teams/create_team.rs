//! Create a team owned by the caller.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx::Tx,
    },
    views::team::Team,
    wire::Text,
};
use domain::{
    features,
    team::{self, NewTeam},
};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `create-team`.
pub struct CreateTeam;

/// The team that is wanted.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Name shown to members; without `.`, `:` and `/`.
    #[oai(validator(max_length = 250, pattern = "^[^.:/]*$"))]
    name: Text,
    /// Chosen key; a fresh one when left out.
    id: Option<Uuid>,
}

/// The new team.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The team.
    #[oai(flatten)]
    team: Team,
    /// Its drafts project.
    default_project_id: Uuid,
}

impl Method for CreateTeam {
    const NAME: &'static str = "create-team";
    const TX: Tx = Tx::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::Validation, "object-already-exists")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let wanted = NewTeam { id: params.id.map(TeamId), name: params.name.into(), is_default: false };
        let enabled = features::enabled(&ctx.app().config.flags);
        let made = team::create(ctx.tx()?, ctx.caller()?, wanted, &enabled, ctx.now()).await?;
        let default_project_id = made.default_project.id.into();
        Ok(Output { team: Team::new(made.team, false, made.permissions), default_project_id })
    }
}
