//! Get one page of a file.

use crate::{
    http::cookie::SetCookie,
    rpc::{
        ctx::Ctx,
        error::{Error, Fault, Result},
        method::Method,
        permits::{ConcurrencyLimit, DOCUMENTS},
        tx_mode::TxMode,
    },
    views::file::page_form,
    wire::{Document, Set},
};
use domain::{
    features::Features,
    file::{
        self,
        parts::read::{self, PageView},
    },
    permission,
};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-page`.
pub struct GetPage;

/// Which page, and how much of it.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// The page; the first when left out.
    page_id: Option<Uuid>,
    /// Only these shapes, with all that they hold. Takes a page.
    #[oai(validator(max_items = 1000))]
    object_id: Option<Set<Uuid>>,
    /// A link that shares the file: with it, its pages can be read without a role.
    share_id: Option<Uuid>,
    /// Document features that the client knows.
    #[oai(validator(max_items = 100))]
    features: Option<Set<String>>,
}

impl Method for GetPage {
    const NAME: &'static str = "get-page";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const PERMITS: &'static [ConcurrencyLimit] = DOCUMENTS;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Restriction, "file-version-not-supported"),
        (Fault::Restriction, "feature-not-supported"),
        (Fault::Restriction, "file-feature-mismatch"),
        (Fault::Restriction, "file-in-components-v1"),
    ];
    type Params = Params;
    type Output = Document;

    async fn call(ctx: &Ctx, params: Params) -> Result<Document> {
        let only = params.object_id.unwrap_or_default();
        if params.page_id.is_none() && !only.0.is_empty() {
            let hint = "objectId: takes a page, named by pageId";
            return Err(Error::new(Fault::Validation, "params-validation").hint(hint));
        }
        let (tx, id) = (ctx.tx()?, FileId(params.file_id));
        let seen = permission::file_seen(tx, Some(ctx.caller()?), id, params.share_id).await?;
        if let (Some(_), Some(link)) = (seen.link(), params.share_id) {
            // For the pictures, which the exporter's page asks for by themselves.
            ctx.set_cookie(SetCookie::link(link, &ctx.call().links));
        }
        let known: Option<Features> = params.features.map(|known| known.0.into_iter().collect());
        let opened = file::get(ctx.app(), tx, &seen.file, known.as_ref()).await?;
        let page = read::page_of(ctx.app(), tx, &opened.file, params.page_id).await?;
        let page = page.filter(|page| seen.shows(*page)).ok_or_else(Error::hidden)?;
        let view = PageView { page: Some(page), only: only.0.into_iter().collect(), ..PageView::default() };
        let form = page_form(ctx.call().format);
        let (app, tx, row) = (ctx.app().clone(), ctx.tx_of_document()?, opened.file);
        Ok(Document::made(move |pieces| async move {
            read::send_page(&app, &tx, &row, &view, form, &pieces).await
        }))
    }
}
