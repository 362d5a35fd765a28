//! List the threads of a team in which the caller has not read something.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::comment::Thread,
};
use domain::{comment::list, permission};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-unread-comment-threads`.
pub struct GetUnreadCommentThreads;

/// Which team.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team.
    team_id: Uuid,
}

impl Method for GetUnreadCommentThreads {
    const NAME: &'static str = "get-unread-comment-threads";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.15";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Thread>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<Thread>> {
        let tx = ctx.tx()?;
        let team = permission::team_viewer(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        Ok(list::unread(tx, &team, ctx.person()?).await?.into_iter().map(Thread::from).collect())
    }
}
