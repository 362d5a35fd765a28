//! Documents: free data that may be large. It is made while the answer is sent, and never a value here.

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, stream};
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
    source: Source,
}

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    Pieces(Arc<Mutex<Option<Pieces>>>),
}

impl Document {
    /// One that is there.
    pub fn of(bytes: impl Into<Bytes>) -> Document {
        Document { mark: platform::ids::random_id(), source: Source::Bytes(bytes.into()) }
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
        let pieces: Pieces = stream::select(pieces, failed).boxed();
        let source = Source::Pieces(Arc::new(Mutex::new(Some(pieces))));
        Document { mark: platform::ids::random_id(), source }
    }

    /// All its bytes, if they are there.
    pub(super) fn bytes(&self) -> Option<Bytes> {
        match &self.source {
            Source::Bytes(bytes) => Some(bytes.clone()),
            Source::Pieces(_) => None,
        }
    }

    /// Its pieces. Those that have to be made are there once: a second time they fail.
    pub(super) fn pieces(&self) -> Pieces {
        let made = match &self.source {
            Source::Bytes(bytes) => {
                let bytes = bytes.clone();
                return stream::once(async { Ok(bytes) }).boxed();
            }
            Source::Pieces(pieces) => pieces.lock().unwrap_or_else(PoisonError::into_inner).take(),
        };
        let gone = || stream::once(async { Err("the document was sent already".into()) }).boxed();
        made.unwrap_or_else(gone)
    }
}

impl Debug for Document {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").finish_non_exhaustive()
    }
}
