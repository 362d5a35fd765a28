//! List the threads of comments on a file.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Error, Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::comment::Thread,
};
use domain::{comment::list, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-comment-threads`.
pub struct GetCommentThreads;

/// Which file.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file. Must be given.
    file_id: Option<Uuid>,
    /// The team; on its own it names no threads.
    team_id: Option<Uuid>,
    /// A link that shares the file: it shows what is said on its pages where everybody may comment, and else nothing.
    share_id: Option<Uuid>,
}

impl Method for GetCommentThreads {
    const NAME: &'static str = "get-comment-threads";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.15";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Thread>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<Thread>> {
        let (tx, file) = (ctx.tx()?, params.file_id.ok_or_else(|| missing(params.team_id))?);
        let by = permission::comment_reader(tx, ctx.caller()?, FileId(file), params.share_id).await?;
        Ok(list::of_file(tx, &by).await?.into_iter().map(Thread::from).collect())
    }
}

/// Without a file.
fn missing(team: Option<Uuid>) -> Error {
    match team {
        Some(_) => Error::hidden(),
        None => Error::new(Fault::Validation, "params-validation")
            .hint("file-id or team-id: one of them is required"),
    }
}
