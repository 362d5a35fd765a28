//! List the caller's teams.

use crate::{
    rpc::{ctx::Ctx, error::Result, method::Method, tx_mode::TxMode},
    views::team::Team,
};
use domain::team;
use poem_openapi::Object;

/// The method `get-teams`.
pub struct GetTeams;

/// Nothing.
#[derive(Debug, Clone, Object)]
pub struct Params {}

impl Method for GetTeams {
    const NAME: &'static str = "get-teams";
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.17";
    type Params = Params;
    type Output = Vec<Team>;

    async fn call(ctx: &Ctx, _: Params) -> Result<Vec<Team>> {
        Ok(team::list(&ctx.app().db, ctx.person()?).await?.into_iter().map(Team::from).collect())
    }
}
