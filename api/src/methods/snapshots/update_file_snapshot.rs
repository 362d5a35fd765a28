//! Give a snapshot another name; one of the system stays from then on.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    wire::Text,
};
use domain::file::snapshot;
use entities::ids::SnapshotId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `update-file-snapshot`.
pub struct UpdateFileSnapshot;

/// Which snapshot, and how it shall be called.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
    /// Name shown to members.
    #[oai(validator(max_length = 250))]
    label: Text,
}

impl Method for UpdateFileSnapshot {
    const NAME: &'static str = "update-file-snapshot";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.20";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = bool;

    async fn call(ctx: &Ctx, params: Params) -> Result<bool> {
        let tx = ctx.tx()?;
        let held = snapshot::editor(tx, ctx.caller()?, SnapshotId(params.id), ctx.now()).await?;
        ctx.audit().prop("file-id", Value::Uuid(held.file().id.0));
        snapshot::rename(tx, &held, params.label.into(), ctx.now()).await?;
        Ok(true)
    }
}
