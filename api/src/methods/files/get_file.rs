//! Get one file with its document.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{ConcurrencyLimit, DOCUMENTS},
        tx_mode::TxMode,
    },
    views::{
        file::{File, form},
        permissions::Permissions,
    },
    wire::{Document, Set},
};
use domain::{
    features::Features,
    file::{self, parts::read},
    permission,
};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-file`.
pub struct GetFile;

/// Which file.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
    /// Document features that the client knows.
    #[oai(validator(max_items = 100))]
    features: Option<Set<String>>,
}

/// The file, and what the caller may do with it.
#[derive(Debug, Object)]
pub struct Output {
    /// The file.
    #[oai(flatten)]
    file: File,
    /// What the caller may do.
    permissions: Permissions,
}

impl Method for GetFile {
    const NAME: &'static str = "get-file";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const CONDITIONAL: bool = true;
    const PERMITS: &'static [ConcurrencyLimit] = DOCUMENTS;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Restriction, "file-version-not-supported"),
        (Fault::Restriction, "feature-not-supported"),
        (Fault::Restriction, "file-feature-mismatch"),
        (Fault::Restriction, "file-in-components-v1"),
    ];
    type Params = Params;
    type Output = Output;

    /// Everything the answer depends on: who asks, with which rights, and which state of the file.
    async fn etag(ctx: &Ctx, params: &Params) -> Result<Option<String>> {
        let caller = ctx.caller()?;
        let file = permission::file_viewer(ctx.tx()?, caller, FileId(params.id)).await?;
        let held = file.permissions();
        let migrations = file.migrations.join(",");
        Ok(Some(format!(
            "{caller}/{}/{}/{migrations}/{}/is-owner={}&is-admin={}&can-edit={}",
            file.revn,
            file.vern,
            file.modified_at.to_rfc3339(),
            held.is_owner,
            held.is_admin,
            held.can_edit,
        )))
    }

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let tx = ctx.tx()?;
        let held = permission::file_viewer(tx, ctx.caller()?, FileId(params.id)).await?;
        let known: Option<Features> = params.features.map(|known| known.0.into_iter().collect());
        let opened = file::get(ctx.app(), tx, &held, known.as_ref()).await?;
        let form = form(ctx.call().format, known.as_ref());
        let (app, tx, row) = (ctx.app().clone(), ctx.tx_of_document()?, opened.file.clone());
        let document =
            Document::made(move |pieces| async move { read::send(&app, &tx, &row, form, &pieces).await });
        let file = File::new(opened.file, opened.team_id, document);
        Ok(Output { file, permissions: opened.permissions.into() })
    }
}
