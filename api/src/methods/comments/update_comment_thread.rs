//! Say whether a thread is resolved.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::comment::{change, find};
use entities::ids::CommentThreadId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `update-comment-thread`.
pub struct UpdateCommentThread;

/// Which thread, and whether it is.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    id: Uuid,
    /// Nothing is left to say.
    is_resolved: bool,
    /// A link that shares the file: with it, and where it lets everybody comment, no role is needed.
    share_id: Option<Uuid>,
}

impl Method for UpdateCommentThread {
    const NAME: &'static str = "update-comment-thread";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.15";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (tx, id) = (ctx.tx()?, CommentThreadId(params.id));
        let held = find::held(tx, ctx.caller()?, id, params.share_id).await?;
        ctx.audit().prop("file-id", Value::Uuid(held.row().file_id.0));
        change::resolve(tx, &held, params.is_resolved).await?;
        Ok(Nothing)
    }
}
