//! Begin an upload in pieces.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    tx_mode::TxMode,
};
use domain::media::chunks;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `create-upload-session`.
pub struct CreateUploadSession;

/// How large it will be.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// How many pieces will come, at least 1.
    total_chunks: i64,
}

/// An upload that began.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// Its key, which every piece names. Good for an hour.
    session_id: Uuid,
}

impl Method for CreateUploadSession {
    const NAME: &'static str = "create-upload-session";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "2.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::Restriction, "max-quote-reached")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let config = &ctx.app().config;
        let session =
            chunks::create_session(config, ctx.tx()?, ctx.caller()?, params.total_chunks, ctx.now()).await?;
        Ok(Output { session_id: session.into() })
    }
}
