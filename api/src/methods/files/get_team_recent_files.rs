//! List the files of a team that changed last, ten of each project.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::file::FileSummary,
};
use domain::{
    file::lists::{self, RecentFile},
    permission,
};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-team-recent-files`.
pub struct GetTeamRecentFiles;

/// Which team.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    team_id: Uuid,
}

/// A file that changed of late.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The file.
    #[oai(flatten)]
    file: FileSummary,
    /// Its place among the files of its project, from 1.
    row_num: i64,
}

impl Method for GetTeamRecentFiles {
    const NAME: &'static str = "get-team-recent-files";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Output>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<Output>> {
        let tx = ctx.tx()?;
        let team = permission::team_viewer(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        Ok(lists::recent(tx, &team).await?.into_iter().map(Output::from).collect())
    }
}

impl From<RecentFile> for Output {
    fn from(row: RecentFile) -> Output {
        Output { file: row.file.into(), row_num: row.row_num }
    }
}
