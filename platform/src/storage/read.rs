//! Reading: bounded pieces, each its own request.

use std::ops::Range;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use opendal::Operator;
use opendal::options::ReaderOptions;
use uuid::Uuid;

use super::error::BlobError;
use super::settings::Backend;

const MIB: usize = 1024 * 1024;

/// Pieces of an object in order.
pub type BlobStream = Pin<Box<dyn Stream<Item = Result<Bytes, BlobError>> + Send>>;

/// How much one request brings: local reads are cheap, requests over the network are not.
fn piece_bytes(backend: Backend) -> usize {
    match backend {
        Backend::Fs => MIB / 2,
        Backend::Db | Backend::Memory => MIB,
        Backend::S3 => 4 * MIB,
    }
}

/// Opens the range and waits for its first piece, so that a missing object is an error here.
pub(super) async fn stream(
    operator: &Operator,
    id: Uuid,
    range: Range<u64>,
    backend: Backend,
) -> Result<BlobStream, BlobError> {
    if range.is_empty() {
        return Ok(Box::pin(futures_util::stream::empty()));
    }
    let options = ReaderOptions { chunk: Some(piece_bytes(backend)), ..ReaderOptions::default() };
    let opened = operator.reader_options(&super::key::of(id), options).await;
    let reader = opened.map_err(|error| BlobError::of(id, error))?;
    let pieces = reader.into_stream(range).await.map_err(|error| BlobError::of(id, error))?;
    let mut pieces = Box::pin(pieces.map_err(move |error| BlobError::of(id, error)));
    let first = pieces.try_next().await?;
    let rest = futures_util::stream::iter(first.map(Ok)).chain(pieces);
    Ok(Box::pin(rest.map_ok(|piece| piece.to_bytes())))
}
