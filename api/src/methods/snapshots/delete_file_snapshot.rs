//! Delete a snapshot.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    tx_mode::TxMode,
};
use domain::file::snapshot;
use entities::ids::SnapshotId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `delete-file-snapshot`.
pub struct DeleteFileSnapshot;

/// Which snapshot.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
}

impl Method for DeleteFileSnapshot {
    const NAME: &'static str = "delete-file-snapshot";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.20";
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "system-snapshots-cant-be-deleted"),
        (Fault::Validation, "snapshot-is-locked"),
    ];
    type Params = Params;
    type Output = bool;

    async fn call(ctx: &Ctx, params: Params) -> Result<bool> {
        let tx = ctx.tx()?;
        let held = snapshot::editor(tx, ctx.caller()?, SnapshotId(params.id), ctx.now()).await?;
        ctx.audit().prop("file-id", Value::Uuid(held.file().id.0));
        let delay = ctx.app().config.limits.deletion_delay;
        snapshot::delete(tx, &held, delay, ctx.now()).await?;
        Ok(true)
    }
}
