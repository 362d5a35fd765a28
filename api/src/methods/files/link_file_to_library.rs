//! Make a library out of a file for another file.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    wire::Set,
};
use domain::{file::library, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `link-file-to-library`.
pub struct LinkFileToLibrary;

/// Which two files.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file that shall use the other one.
    file_id: Uuid,
    /// The file that shall be its library.
    library_id: Uuid,
}

impl Method for LinkFileToLibrary {
    const NAME: &'static str = "link-file-to-library";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "invalid-library"),
        (Fault::Restriction, "library-limit-reached"),
    ];
    type Params = Params;
    /// The libraries of the library, which come with it.
    type Output = Set<Uuid>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Set<Uuid>> {
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let file = permission::file_editor(tx, caller, FileId(params.file_id)).await?;
        let library = permission::file_editor(tx, caller, FileId(params.library_id)).await?;
        let below = library::link(tx, &file, &library, ctx.now()).await?;
        Ok(below.into_iter().map(Uuid::from).collect())
    }
}
