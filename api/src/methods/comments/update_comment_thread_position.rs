//! Move a thread to another place of its page.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Nothing,
        tx_mode::TxMode,
    },
    wire::Point,
};
use domain::comment::{change, find};
use entities::ids::CommentThreadId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `update-comment-thread-position`.
pub struct UpdateCommentThreadPosition;

/// Which thread, and where it shall be.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    id: Uuid,
    /// Where on the page.
    position: Point,
    /// The board that it moves with; zeros for the page.
    frame_id: Uuid,
    /// A link that shares the file: with it, and where it lets everybody comment, no role is needed.
    share_id: Option<Uuid>,
}

impl Method for UpdateCommentThreadPosition {
    const NAME: &'static str = "update-comment-thread-position";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.15";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (tx, id) = (ctx.tx()?, CommentThreadId(params.id));
        let held = find::held(tx, ctx.caller()?, id, params.share_id).await?;
        ctx.audit().prop("file-id", Value::Uuid(held.row().file_id.0));
        let place = (params.position.x, params.position.y);
        change::move_to(tx, &held, place, params.frame_id, ctx.now()).await?;
        Ok(Nothing)
    }
}
