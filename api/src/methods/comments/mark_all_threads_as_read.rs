//! Say that the caller has read these threads.

use crate::rpc::{ctx::Ctx, error::Result, method::Method, reply::Nothing, tx_mode::TxMode};
use domain::comment::read;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `mark-all-threads-as-read`.
pub struct MarkAllThreadsAsRead;

/// Which threads.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Their keys; those that the caller may not read are passed over.
    #[oai(validator(max_items = 10000))]
    threads: Vec<Uuid>,
}

impl Method for MarkAllThreadsAsRead {
    const NAME: &'static str = "mark-all-threads-as-read";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.15";
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        read::mark_all(ctx.tx()?, params.threads, ctx.caller()?, ctx.now()).await?;
        Ok(Nothing)
    }
}
