//! List the files in the bin of a team.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::file::FileSummary,
    wire::Instant,
};
use domain::{
    file::lists::{self, BinnedFile},
    permission,
};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-team-deleted-files`.
pub struct GetTeamDeletedFiles;

/// Which team.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    team_id: Uuid,
}

/// A file in the bin.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The file. It has no thumbnail: nobody can see the pictures of a deleted file.
    #[oai(flatten)]
    file: FileSummary,
    /// Until then it can come back.
    will_be_deleted_at: Instant,
    /// Its place among the files of its project, from 1.
    row_num: i64,
}

impl Method for GetTeamDeletedFiles {
    const NAME: &'static str = "get-team-deleted-files";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "2.12";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Output>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<Output>> {
        let tx = ctx.tx()?;
        let team = permission::team_viewer(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        Ok(lists::binned(tx, &team, ctx.now()).await?.into_iter().map(Output::from).collect())
    }
}

impl From<BinnedFile> for Output {
    fn from(row: BinnedFile) -> Output {
        Output {
            file: row.file.into(),
            will_be_deleted_at: row.will_be_deleted_at.into(),
            row_num: row.row_num,
        }
    }
}
