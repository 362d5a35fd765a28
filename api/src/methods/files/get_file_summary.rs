//! Tell what is in the library of a file, at a glance.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::library::LibrarySummary,
};
use domain::{file::library::summary, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-file-summary`.
pub struct GetFileSummary;

/// Which file.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
}

/// What is in its library.
#[derive(Debug, Object)]
pub struct Output {
    /// Name of the file.
    name: String,
    /// What is in it.
    #[oai(flatten)]
    summary: LibrarySummary,
}

impl Method for GetFileSummary {
    const NAME: &'static str = "get-file-summary";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.20";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let tx = ctx.tx()?;
        let file = permission::file_viewer(tx, ctx.caller()?, FileId(params.id)).await?;
        let summary = summary::of_file(ctx.app(), tx, &file).await?;
        let summary = LibrarySummary::new(summary, ctx.call().format);
        Ok(Output { name: file.into_inner().name, summary })
    }
}
