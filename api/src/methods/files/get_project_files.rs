//! List a project's files.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::file::FileSummary,
};
use domain::{file, permission};
use entities::ids::ProjectId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-project-files`.
pub struct GetProjectFiles;

/// Which project.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    project_id: Uuid,
}

impl Method for GetProjectFiles {
    const NAME: &'static str = "get-project-files";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<FileSummary>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<FileSummary>> {
        let tx = ctx.tx()?;
        let project = permission::project_viewer(tx, ctx.caller()?, ProjectId(params.project_id)).await?;
        Ok(file::list(tx, &project).await?.into_iter().map(FileSummary::from).collect())
    }
}
