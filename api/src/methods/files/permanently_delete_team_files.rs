//! Let files in the bin of a team go for good.

use crate::{
    bin::{self, FileStep},
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Events,
        tx_mode::TxMode,
    },
    wire::Set,
};
use domain::deletion::bin::Action;
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `permanently-delete-team-files`.
pub struct PermanentlyDeleteTeamFiles;

/// Which files.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team.
    team_id: Uuid,
    /// Their keys. What is not in its bin is passed over.
    #[oai(validator(max_items = 5000))]
    ids: Set<Uuid>,
}

impl Method for PermanentlyDeleteTeamFiles {
    const NAME: &'static str = "permanently-delete-team-files";
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "2.13";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Events<FileStep, Set<Uuid>>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Events<FileStep, Set<Uuid>>> {
        bin::events(ctx, TeamId(params.team_id), Action::Delete, params.ids.0).await
    }
}
