//! List what is said in a thread.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::comment::Comment,
};
use domain::comment::{find, list};
use entities::ids::CommentThreadId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-comments`.
pub struct GetComments;

/// Which thread.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    thread_id: Uuid,
    /// A link that shares the file: with it, and where it lets everybody comment, no role is needed.
    share_id: Option<Uuid>,
}

impl Method for GetComments {
    const NAME: &'static str = "get-comments";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.15";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Comment>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<Comment>> {
        let (tx, id) = (ctx.tx()?, CommentThreadId(params.thread_id));
        let seen = find::seen(tx, ctx.caller()?, id, params.share_id).await?;
        let found = list::of_thread(tx, &seen.by, id).await?.into_iter();
        Ok(found.map(|comment| Comment::listed(comment, seen.row.file_id)).collect())
    }
}
