//! Count a team's projects and files, those in the bin included.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    tx_mode::TxMode,
};
use domain::{permission, team::roster};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-team-stats`.
pub struct GetTeamStats;

/// Which team.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    team_id: Uuid,
}

/// How much it has.
#[derive(Debug, Object)]
pub struct Output {
    /// Projects.
    projects: i64,
    /// Files.
    files: i64,
}

impl Method for GetTeamStats {
    const NAME: &'static str = "get-team-stats";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let tx = ctx.tx()?;
        let team = permission::team_viewer(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        let stats = roster::stats(tx, &team).await?;
        Ok(Output { projects: stats.projects, files: stats.files })
    }
}
