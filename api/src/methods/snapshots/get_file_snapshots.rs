//! List a file's snapshots.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::snapshot::ListedSnapshot,
};
use domain::{file::snapshot, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-file-snapshots`.
pub struct GetFileSnapshots;

/// Which file.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
}

impl Method for GetFileSnapshots {
    const NAME: &'static str = "get-file-snapshots";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.20";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<ListedSnapshot>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<ListedSnapshot>> {
        let tx = ctx.tx()?;
        let file = permission::file_viewer(tx, ctx.caller()?, FileId(params.file_id)).await?;
        let listed = snapshot::list(tx, &file, ctx.now()).await?;
        Ok(listed.into_iter().map(ListedSnapshot::from).collect())
    }
}
