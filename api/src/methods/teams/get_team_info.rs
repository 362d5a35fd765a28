//! Tell anybody which document features a team uses.

use crate::{
    rpc::{
        ctx::Ctx,
        error::Result,
        method::{Access, Method},
        reply::Maybe,
        tx_mode::TxMode,
    },
    wire::Set,
};
use domain::team;
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-team-info`.
pub struct GetTeamInfo;

/// Which team.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key; without it the answer is empty.
    id: Option<Uuid>,
    /// A file of it, which is not looked at.
    file_id: Option<Uuid>,
}

/// What everybody may know.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// Key.
    id: Uuid,
    /// Whether it is somebody's own first team.
    is_default: bool,
    /// Document features that are on for the team's files.
    features: Set<String>,
}

impl Method for GetTeamInfo {
    const NAME: &'static str = "get-team-info";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "2.2.0";
    type Params = Params;
    type Output = Maybe<Output>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Maybe<Output>> {
        let _ = params.file_id;
        let Some(id) = params.id else { return Ok(Maybe(None)) };
        let found = team::find(ctx.tx()?, TeamId(id)).await?;
        Ok(Maybe(found.map(|team| Output {
            id: team.id.into(),
            is_default: team.is_default,
            features: team.features.into_iter().collect(),
        })))
    }
}
