//! Documents: free data that may be large. It is made while the answer is sent, and never a value here.

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, Stream, StreamExt, stream};
use std::error::Error as StdError;
use std::fmt::{Debug, Formatter};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use uuid::Uuid;

/// Why a document did not come to its end.
pub type Broken = Box<dyn StdError + Send + Sync>;
/// The pieces of a document.
pub type Pieces = BoxStream<'static, Result<Bytes, Broken>>;

/// A document in an answer, in the form that the caller reads: JSON, or transit without cache codes.
#[derive(Clone)]
pub struct Document {
    /// What stands for it in JSON until its turn comes: nobody can know it before.
    pub(super) mark: Uuid,
    pieces: Arc<Mutex<Option<Pieces>>>,
}

impl Document {
    /// One that is there.
    pub fn of(bytes: impl Into<Bytes>) -> Document {
        let bytes = bytes.into();
        Document::from_pieces(stream::once(async { Ok(bytes) }))
    }

    /// One that `source` makes when its turn comes; it is dropped when nobody takes the pieces any more.
    pub fn made<F, E>(source: impl FnOnce(mpsc::Sender<Bytes>) -> F + Send + 'static) -> Document
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Broken>,
    {
        let (sender, mut pieces) = mpsc::channel(1);
        let pieces = stream::poll_fn(move |cx| pieces.poll_recv(cx)).map(Ok);
        let work = stream::once(async move { source(sender).await });
        let failed = work.filter_map(|done| std::future::ready(done.err().map(|error| Err(error.into()))));
        Document::from_pieces(stream::select(pieces, failed))
    }

    fn from_pieces(pieces: impl Stream<Item = Result<Bytes, Broken>> + Send + 'static) -> Document {
        let pieces: Pieces = pieces.boxed();
        Document { mark: platform::ids::random_id(), pieces: Arc::new(Mutex::new(Some(pieces))) }
    }

    /// Its pieces. They are there once: a second time they fail.
    pub(super) fn pieces(&self) -> Pieces {
        let pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner).take();
        let gone = || async { Err("the document was sent already".into()) }.into_stream().boxed();
        pieces.unwrap_or_else(gone)
    }
}

impl Debug for Document {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").finish_non_exhaustive()
    }
}
