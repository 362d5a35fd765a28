//! Get what the picture of a file is drawn from.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{ConcurrencyLimit, DOCUMENTS},
        tx_mode::TxMode,
    },
    views::file::page_form,
    wire::Document,
};
use domain::{
    file::parts::{read, thumbnail},
    permission,
};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-file-data-for-thumbnail`.
pub struct GetFileDataForThumbnail;

/// Which file.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key. It may be deleted, until it is purged.
    file_id: Uuid,
    /// Whether frames of which there is a picture come with its id instead of what they hold; yes when left out.
    strip_frames_with_thumbnails: Option<bool>,
}

/// What is drawn.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The file.
    file_id: Uuid,
    /// Its revision.
    revn: i64,
    /// The page with the frame that is flagged for it, and only that; else the first page.
    page: Document,
}

impl Method for GetFileDataForThumbnail {
    const NAME: &'static str = "get-file-data-for-thumbnail";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const PERMITS: &'static [ConcurrencyLimit] = DOCUMENTS;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let tx = ctx.tx()?;
        let file = permission::file_viewer_deleted_too(tx, ctx.caller()?, FileId(params.file_id)).await?;
        let strip = params.strip_frames_with_thumbnails.unwrap_or(true);
        let view = thumbnail::of_thumbnail(ctx.app(), tx, &file, strip).await?;
        let form = page_form(ctx.call().format);
        let (app, tx, revn, row) = (ctx.app().clone(), ctx.tx_of_document()?, file.revn, file.into_inner());
        let page = Document::made(move |pieces| async move {
            read::send_page(&app, &tx, &row, &view, form, &pieces).await
        });
        Ok(Output { file_id: params.file_id, revn, page })
    }
}
