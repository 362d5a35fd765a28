//! Send one piece of an upload.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    wire::Upload,
};
use domain::media::chunks;
use entities::ids::UploadSessionId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `upload-chunk`.
pub struct UploadChunk;

/// The piece, as a multipart form.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The upload, begun by the caller.
    session_id: Uuid,
    /// Its place, from 0.
    index: i64,
    /// Its bytes. Sent again, they replace the earlier ones.
    content: Upload,
}

/// A piece that came.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The upload.
    session_id: Uuid,
    /// The piece's place.
    index: i64,
}

impl Method for UploadChunk {
    const NAME: &'static str = "upload-chunk";
    /// Storing the piece takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "2.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "invalid-chunk-index"),
        (Fault::Restriction, "media-max-file-size-reached"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let (session, piece) = (UploadSessionId(params.session_id), params.content.picture());
        chunks::upload_chunk(ctx.app(), ctx.caller()?, session, params.index, piece, ctx.now()).await?;
        Ok(Output { session_id: params.session_id, index: params.index })
    }
}
