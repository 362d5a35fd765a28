//! Let others delete a snapshot again.

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

/// The method `unlock-file-snapshot`.
pub struct UnlockFileSnapshot;

/// Which snapshot.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
}

impl Method for UnlockFileSnapshot {
    const NAME: &'static str = "unlock-file-snapshot";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.20";
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "system-snapshots-cant-be-unlocked"),
        (Fault::Validation, "only-creator-can-unlock"),
        (Fault::Validation, "snapshot-not-locked"),
    ];
    type Params = Params;
    type Output = bool;

    async fn call(ctx: &Ctx, params: Params) -> Result<bool> {
        let tx = ctx.tx()?;
        let held = snapshot::editor(tx, ctx.caller()?, SnapshotId(params.id), ctx.now()).await?;
        ctx.audit().prop("file-id", Value::Uuid(held.file().id.0));
        snapshot::unlock(tx, &held, ctx.now()).await?;
        Ok(true)
    }
}
