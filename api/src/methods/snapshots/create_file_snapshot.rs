//! Make a snapshot of a file.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{ConcurrencyLimit, SNAPSHOTS},
        tx_mode::TxMode,
    },
    views::snapshot::MadeSnapshot,
    wire::Text,
};
use domain::{file::snapshot, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `create-file-snapshot`.
pub struct CreateFileSnapshot;

/// Which file, and what the snapshot shall be called.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// Name shown to members; `snapshot-` and the moment when left out.
    #[oai(validator(max_length = 250))]
    label: Option<Text>,
}

impl Method for CreateFileSnapshot {
    const NAME: &'static str = "create-file-snapshot";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.20";
    const PERMITS: &'static [ConcurrencyLimit] = SNAPSHOTS;
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Restriction, "max-quote-reached")];
    type Params = Params;
    type Output = MadeSnapshot;

    async fn call(ctx: &Ctx, params: Params) -> Result<MadeSnapshot> {
        let tx = ctx.tx()?;
        let file = permission::file_editor(tx, ctx.caller()?, FileId(params.file_id)).await?;
        let label = params.label.map(String::from);
        let made = snapshot::create(ctx.app(), tx, &file, label, ctx.now()).await?;
        ctx.audit().prop("id", Value::Uuid(made.id.0));
        ctx.audit().prop("label", Value::text(&made.label));
        ctx.audit().prop("project-id", Value::Uuid(file.project_id.0));
        Ok(made.into())
    }
}
