//! Make a file what a snapshot shows, after a snapshot of what it is.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    permits::{ConcurrencyLimit, RESTORES},
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::{file::snapshot, permission};
use entities::ids::{FileId, SnapshotId};
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `restore-file-snapshot`.
pub struct RestoreFileSnapshot;

/// Which snapshot of which file.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// The snapshot's key.
    id: Uuid,
}

impl Method for RestoreFileSnapshot {
    const NAME: &'static str = "restore-file-snapshot";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.20";
    const PERMITS: &'static [ConcurrencyLimit] = RESTORES;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::NotFound, "snapshot-not-found"),
        (Fault::Restriction, "file-version-not-supported"),
    ];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let file = permission::file_editor(tx, ctx.caller()?, FileId(params.file_id)).await?;
        let (id, session) = (SnapshotId(params.id), ctx.call().client_session);
        let restored = snapshot::restore(ctx.app(), tx, &file, id, session, ctx.now()).await?;
        ctx.audit().prop("project-id", Value::Uuid(file.project_id.0));
        ctx.audit().prop("name", Value::text(&restored.name));
        ctx.audit().prop("label", Value::text(&restored.label));
        ctx.audit().prop("revn", Value::Int(restored.revn));
        ctx.follow_up(restored.follow_ups).await?;
        Ok(Nothing)
    }
}
