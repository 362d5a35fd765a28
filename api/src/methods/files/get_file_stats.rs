//! Count what a file consists of.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    wire::{Instant, Keyword, Map},
};
use domain::{file::stats, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-file-stats`.
pub struct GetFileStats;

/// Which file.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
}

/// How much there is of everything.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The file.
    file_id: Uuid,
    /// Pages.
    page_count: i64,
    /// Shapes of pages, without the roots of pages.
    shape_counts: ShapeCounts,
    /// Components of its library, deleted ones included.
    component_count: i64,
    /// Those of them that are deleted.
    deleted_component_count: i64,
    /// Colours of its library.
    color_count: i64,
    /// Typographies of its library.
    typography_count: i64,
    /// Libraries that it uses.
    library_count: i64,
    /// Files that use it as a library.
    referenced_by_count: i64,
    /// Revision.
    revn: i64,
    /// When it last changed.
    updated_at: Instant,
}

/// Shapes, counted.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ShapeCounts {
    /// All of them.
    total: i64,
    /// By what they are.
    by_type: Map<Keyword, i64>,
}

impl Method for GetFileStats {
    const NAME: &'static str = "get-file-stats";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "2.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let tx = ctx.tx()?;
        let file = permission::file_viewer(tx, ctx.caller()?, FileId(params.id)).await?;
        let stats = stats::stats(ctx.app(), tx, &file).await?;
        let counts = stats.document;
        let by_type = counts.shapes.iter().map(|(kind, count)| (Keyword(kind.clone()), *count));
        Ok(Output {
            file_id: params.id,
            page_count: counts.pages,
            shape_counts: ShapeCounts {
                total: counts.shapes.values().sum(),
                by_type: Map(by_type.collect()),
            },
            component_count: counts.components,
            deleted_component_count: counts.deleted_components,
            color_count: counts.colors,
            typography_count: counts.typographies,
            library_count: stats.libraries,
            referenced_by_count: stats.used_by,
            revn: file.revn,
            updated_at: file.modified_at.into(),
        })
    }
}
