//! List the libraries of a team, with what is in each at a glance.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{ConcurrencyLimit, DOCUMENTS},
        tx_mode::TxMode,
    },
    views::{file::FileSummary, library::LibrarySummary},
    wire::Set,
};
use domain::{file::library::shared, permission};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-team-shared-files`.
pub struct GetTeamSharedFiles;

/// Which team.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    team_id: Uuid,
}

/// A library.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The file.
    #[oai(flatten)]
    file: FileSummary,
    /// Document features that are on.
    features: Set<String>,
    /// Version of the document model.
    version: i64,
    /// The libraries that it uses.
    library_file_ids: Set<Uuid>,
    /// What is in it. Of very many libraries, the components of some come without their shapes.
    library_summary: LibrarySummary,
}

impl Method for GetTeamSharedFiles {
    const NAME: &'static str = "get-team-shared-files";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const PERMITS: &'static [ConcurrencyLimit] = DOCUMENTS;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Set<Output>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Set<Output>> {
        let tx = ctx.tx()?;
        let team = permission::team_viewer(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        let found = shared::of_team(ctx.app(), tx, &team).await?;
        let format = ctx.call().format;
        let shown = found.into_iter().map(|(row, summary)| Output {
            file: row.file.into(),
            features: row.features.into_iter().collect(),
            version: row.version.into(),
            library_file_ids: row.library_file_ids.into_iter().collect(),
            library_summary: LibrarySummary::new(summary, format),
        });
        Ok(shown.collect())
    }
}
