//! Tell where a weight and style of a font can be fetched.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::font::FontDownload,
};
use domain::font::download;
use entities::ids::FontVariantId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `download-font`.
pub struct DownloadFont;

/// Which one.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The weight and style.
    id: Uuid,
}

impl Method for DownloadFont {
    const NAME: &'static str = "download-font";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "2.15";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = FontDownload;

    async fn call(ctx: &Ctx, params: Params) -> Result<FontDownload> {
        let found = download::variant(ctx.tx()?, ctx.caller()?, FontVariantId(params.id)).await?;
        Ok(FontDownload::of(ctx.app(), found))
    }
}
