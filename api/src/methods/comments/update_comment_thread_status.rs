//! Say that the caller has read a thread.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    wire::Instant,
};
use domain::comment::{find, read};
use entities::ids::CommentThreadId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `update-comment-thread-status`.
pub struct UpdateCommentThreadStatus;

/// Which thread.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    id: Uuid,
    /// A link that shares the file: with it, and where it lets everybody comment, no role is needed.
    share_id: Option<Uuid>,
}

/// How far the caller has read it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// Up to this moment.
    modified_at: Instant,
}

impl Method for UpdateCommentThreadStatus {
    const NAME: &'static str = "update-comment-thread-status";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.15";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let (tx, caller, id) = (ctx.tx()?, ctx.caller()?, CommentThreadId(params.id));
        let seen = find::seen(tx, caller, id, params.share_id).await?;
        ctx.audit().prop("file-id", Value::Uuid(seen.row.file_id.0));
        Ok(Output { modified_at: read::mark(tx, id, caller, ctx.now()).await?.into() })
    }
}
