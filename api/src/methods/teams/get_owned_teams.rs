//! List the teams that the caller owns, besides the own first one.

use crate::rpc::{ctx::Ctx, error::Result, method::Method, tx_mode::TxMode};
use domain::team::roster;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-owned-teams`.
pub struct GetOwnedTeams;

/// Nothing.
#[derive(Debug, Clone, Object)]
pub struct Params {}

/// A team of the caller's.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// Key.
    id: Uuid,
    /// Name.
    name: String,
    /// How many are in it.
    total_members: i64,
    /// How many may change things.
    total_editors: i64,
}

impl Method for GetOwnedTeams {
    const NAME: &'static str = "get-owned-teams";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "2.8.0";
    type Params = Params;
    type Output = Vec<Output>;

    async fn call(ctx: &Ctx, _: Params) -> Result<Vec<Output>> {
        let owned = roster::owned(ctx.tx()?, ctx.caller()?).await?.into_iter();
        let shown = owned.map(|team| Output {
            id: team.id.into(),
            name: team.name,
            total_members: team.total_members,
            total_editors: team.total_editors,
        });
        Ok(shown.collect())
    }
}
