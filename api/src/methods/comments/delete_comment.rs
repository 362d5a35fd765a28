//! Delete a comment; with the last one its thread goes.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::comment::{change, find};
use entities::ids::CommentId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `delete-comment`.
pub struct DeleteComment;

/// Which comment.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    id: Uuid,
    /// A link that shares the file: with it, and where it lets everybody comment, no role is needed.
    share_id: Option<Uuid>,
}

impl Method for DeleteComment {
    const NAME: &'static str = "delete-comment";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.15";
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Validation, "not-allowed")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (tx, id) = (ctx.tx()?, CommentId(params.id));
        let own = find::own_comment(tx, ctx.caller()?, id, params.share_id).await?;
        ctx.audit().prop("file-id", Value::Uuid(own.thread().row().file_id.0));
        change::delete_comment(tx, &own).await?;
        Ok(Nothing)
    }
}
