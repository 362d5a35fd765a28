//! Get one thread of comments on a file.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Maybe,
        tx_mode::TxMode,
    },
    views::comment::Thread,
};
use domain::{comment::list, permission};
use entities::ids::{CommentThreadId, FileId};
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-comment-thread`.
pub struct GetCommentThread;

/// Which thread of which file.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// The thread's key.
    id: Uuid,
    /// A link that shares the file: with it, and where it lets everybody comment, no role is needed.
    share_id: Option<Uuid>,
}

impl Method for GetCommentThread {
    const NAME: &'static str = "get-comment-thread";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.15";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Maybe<Thread>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Maybe<Thread>> {
        let tx = ctx.tx()?;
        let file = FileId(params.file_id);
        let by = permission::comment_reader(tx, ctx.caller()?, file, params.share_id).await?;
        Ok(Maybe(list::one(tx, &by, CommentThreadId(params.id)).await?.map(Thread::from)))
    }
}
