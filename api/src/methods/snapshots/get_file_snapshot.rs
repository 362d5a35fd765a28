//! Get a file as a snapshot shows it.

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
    file::{parts::read, snapshot},
    permission,
};
use entities::ids::{FileId, SnapshotId};
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-file-snapshot`.
pub struct GetFileSnapshot;

/// Which snapshot of which file.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// The snapshot's key.
    id: Uuid,
    /// Document features that the client knows.
    #[oai(validator(max_items = 100))]
    features: Option<Set<String>>,
}

/// The file with the document, the version, the features and the revision of the snapshot, and what the caller may do.
/// The version mark is none that the file has: what is looked at cannot be changed.
#[derive(Debug, Object)]
pub struct Output {
    /// The file.
    #[oai(flatten)]
    file: File,
    /// What the caller may do.
    permissions: Permissions,
}

impl Method for GetFileSnapshot {
    const NAME: &'static str = "get-file-snapshot";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "2.16";
    const PERMITS: &'static [ConcurrencyLimit] = DOCUMENTS;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::NotFound, "snapshot-not-found"),
        (Fault::Restriction, "file-version-not-supported"),
        (Fault::Restriction, "feature-not-supported"),
        (Fault::Restriction, "file-feature-mismatch"),
        (Fault::Restriction, "file-in-components-v1"),
    ];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let tx = ctx.tx()?;
        let held = permission::file_viewer(tx, ctx.caller()?, FileId(params.file_id)).await?;
        let known: Option<Features> = params.features.map(|known| known.0.into_iter().collect());
        let id = SnapshotId(params.id);
        let found = snapshot::open(ctx.app(), tx, &held, id, known.as_ref(), ctx.now()).await?;
        let form = form(ctx.call().format, known.as_ref());
        let (app, tx) = (ctx.app().clone(), ctx.tx_of_document()?);
        let (row, revn) = (found.opened.file.clone(), found.revn);
        let document =
            Document::made(
                move |pieces| async move { read::send_at(&app, &tx, &row, revn, form, &pieces).await },
            );
        let file = File::new(found.opened.file, found.opened.team_id, document);
        Ok(Output { file, permissions: found.opened.permissions.into() })
    }
}
