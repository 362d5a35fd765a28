//! Pack all weights and styles of a font into an archive, and tell where it can be fetched.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{self, ConcurrencyLimit},
        tx_mode::TxMode,
    },
    views::font::FontDownload,
};
use domain::font::download;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `download-font-family`.
pub struct DownloadFontFamily;

/// Which one.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// What its weights and styles share.
    font_id: Uuid,
}

impl Method for DownloadFontFamily {
    const NAME: &'static str = "download-font-family";
    /// Packing takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "2.15";
    const PERMITS: &'static [ConcurrencyLimit] = permits::FONTS;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Restriction, "font-family-too-large"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = FontDownload;

    async fn call(ctx: &Ctx, params: Params) -> Result<FontDownload> {
        let found = download::family(ctx.app(), ctx.caller()?, params.font_id, ctx.now()).await?;
        Ok(FontDownload::of(ctx.app(), found))
    }
}
