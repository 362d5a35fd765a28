//! List the files that use a library.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    tx_mode::TxMode,
};
use domain::{file::library::listed, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-library-file-references`.
pub struct GetLibraryFileReferences;

/// Which library.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The key of its file.
    file_id: Uuid,
}

/// A file that uses it.
#[derive(Debug, Object)]
pub struct Reference {
    /// Its key.
    id: Uuid,
    /// Name shown to members.
    name: String,
}

impl Method for GetLibraryFileReferences {
    const NAME: &'static str = "get-library-file-references";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Reference>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<Reference>> {
        let tx = ctx.tx()?;
        let library = permission::file_viewer(tx, ctx.caller()?, FileId(params.file_id)).await?;
        let found = listed::references(tx, &library).await?;
        Ok(found.into_iter().map(|file| Reference { id: file.id.into(), name: file.name }).collect())
    }
}
