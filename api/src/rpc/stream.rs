//! Bodies that are sent while they are made, by a task of their own. It ends what makes them as soon as the reader is
//! gone, takes nothing for too long, or all of it takes too long; and a body that ends too early never looks whole.

use super::{
    error::{Error, Fault, Result},
    permits::HeldPermits,
    report::report,
};
use bytes::Bytes;
use futures_util::{FutureExt, Stream, StreamExt, ready, stream, stream::BoxStream};
use poem::Body;
use std::{panic::AssertUnwindSafe, task::Poll, time::Duration};
use tokio::{
    sync::mpsc,
    time::{error::Elapsed, timeout},
};
use tracing::{Instrument, Span};

/// A body comes within this time.
pub const STREAM_TIME_MAX: Duration = Duration::from_secs(30 * 60);
/// A reader that takes nothing for so long is given up.
pub const READER_WAIT_MAX: Duration = Duration::from_secs(60);
/// Pieces that are made and not yet taken.
const PIECES_WAITING_MAX: usize = 2;

/// Bytes that are made while they are sent.
pub struct ByteStream {
    pieces: BoxStream<'static, Result<Bytes>>,
    length: Option<u64>,
}

impl ByteStream {
    /// These pieces. An error among them ends the body so that the reader can tell it from a whole one.
    pub fn new(pieces: impl Stream<Item = Result<Bytes>> + Send + 'static) -> ByteStream {
        ByteStream { pieces: pieces.boxed(), length: None }
    }

    /// Tells how many bytes they are together.
    #[must_use]
    pub fn with_length(self, bytes: u64) -> ByteStream {
        ByteStream { length: Some(bytes), ..self }
    }

    /// How many bytes they are together, if that is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Sends all of it.
    pub(super) async fn send(mut self, outlet: Outlet) -> Result<(), Cut> {
        let mut left = self.length;
        let wrong = || Error::internal("unexpected", "a stream has another length than it said");
        while let Some(piece) = self.pieces.next().await {
            let piece = piece?;
            if let Some(left) = &mut left {
                *left = left.checked_sub(piece.len() as u64).ok_or_else(wrong)?;
            }
            if !piece.is_empty() {
                outlet.send(piece).await?;
            }
        }
        if left.is_some_and(|left| left > 0) { Err(wrong().into()) } else { Ok(()) }
    }
}

/// What is held until a body is sent.
pub(super) struct Sending {
    /// The method that answers.
    pub method: &'static str,
    /// What its making takes.
    #[expect(dead_code, reason = "held for its drop")]
    pub permits: [HeldPermits; 2],
    /// The call's.
    pub span: Span,
}

/// Why a body ended before its end.
#[derive(Debug)]
pub(super) enum Cut {
    /// The connection is gone.
    ReaderGone,
    /// Nothing was taken for [`READER_WAIT_MAX`].
    ReaderSlow,
    /// What makes it failed.
    Failed(Error),
}

impl From<Error> for Cut {
    fn from(error: Error) -> Self {
        Cut::Failed(error)
    }
}

impl From<Elapsed> for Cut {
    fn from(_: Elapsed) -> Self {
        let hint = format!("not sent within {} s", STREAM_TIME_MAX.as_secs());
        Error::new(Fault::TimedOut, "request-timeout").hint(hint).into()
    }
}

/// Towards the reader: pieces, then nothing as the sign that they are all. Without that sign the body is cut off.
pub(super) struct Outlet {
    pieces: mpsc::Sender<Option<Bytes>>,
    wait_max: Duration,
}

impl Outlet {
    /// Hands over a piece; waits for a reader that is slow.
    pub(super) async fn send(&self, piece: Bytes) -> Result<(), Cut> {
        self.hand_over(Some(piece)).await
    }

    async fn hand_over(&self, piece: Option<Bytes>) -> Result<(), Cut> {
        let sent = timeout(self.wait_max, self.pieces.send(piece)).await.map_err(|_| Cut::ReaderSlow)?;
        sent.map_err(|_| Cut::ReaderGone)
    }
}

/// A body that `source` makes, from when its first byte is wanted: of an answer without a body nothing is made.
pub(super) fn body<F>(sending: Sending, source: impl FnOnce(Outlet) -> F + Send + 'static) -> Body
where
    F: Future<Output = Result<(), Cut>> + Send + 'static,
{
    body_within(READER_WAIT_MAX, sending, source)
}

fn body_within<F>(
    wait_max: Duration,
    sending: Sending,
    source: impl FnOnce(Outlet) -> F + Send + 'static,
) -> Body
where
    F: Future<Output = Result<(), Cut>> + Send + 'static,
{
    let (pieces, mut made) = mpsc::channel(PIECES_WAITING_MAX);
    let mut begin = Some(move || {
        let span = sending.span.clone();
        tokio::spawn(make(sending, Outlet { pieces, wait_max }, source).instrument(span));
    });
    let mut is_over = false;
    Body::from_bytes_stream(stream::poll_fn(move |cx| {
        if let Some(begin) = begin.take() {
            begin();
        }
        if is_over {
            return Poll::Ready(None);
        }
        let piece = ready!(made.poll_recv(cx));
        is_over = !matches!(piece, Some(Some(_)));
        Poll::Ready(match piece {
            Some(piece) => piece.map(Ok),
            // Ends the connection, or the stream of HTTP/2. If such a connection were polled once more, hyper would end
            // a chunked body as if it were whole: whoever serves it must let it go.
            None => Some(Err(std::io::Error::other("cut off"))),
        })
    }))
}

/// Makes a body, and tells the log once when it did not come to its end.
async fn make<F>(sending: Sending, outlet: Outlet, source: impl FnOnce(Outlet) -> F)
where
    F: Future<Output = Result<(), Cut>>,
{
    let last = Outlet { pieces: outlet.pieces.clone(), wait_max: outlet.wait_max };
    let made = async { timeout(STREAM_TIME_MAX, source(outlet)).await? };
    let made = AssertUnwindSafe(made).catch_unwind();
    let made = tokio::select! {
        biased;
        () = last.pieces.closed() => Err(Cut::ReaderGone),
        made = made => made.unwrap_or_else(|_| Err(Error::internal("unexpected", "panic").into())),
    };
    let made = match made {
        Ok(()) => last.hand_over(None).await,
        cut => cut,
    };
    let method = sending.method;
    match made {
        Ok(()) => {}
        Err(Cut::ReaderGone) => tracing::debug!(method, "the reader of an answer is gone"),
        Err(Cut::ReaderSlow) => {
            tracing::info!(method, "the reader of an answer is too slow, and was given up")
        }
        Err(Cut::Failed(error)) => report(method, &error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::pending;
    use std::sync::Arc;

    fn sending() -> Sending {
        Sending { method: "test", permits: Default::default(), span: Span::none() }
    }

    fn bytes(pieces: Vec<Result<Bytes>>, length: Option<u64>) -> Body {
        let stream = ByteStream { length, ..ByteStream::new(stream::iter(pieces)) };
        body(sending(), |outlet| stream.send(outlet))
    }

    fn piece(text: &'static str) -> Result<Bytes> {
        Ok(Bytes::from_static(text.as_bytes()))
    }

    #[tokio::test]
    async fn only_a_whole_body_looks_whole() {
        let whole = bytes(vec![piece("a"), piece(""), piece("b")], Some(2)).into_bytes().await;
        assert_eq!(whole.ok().as_deref(), Some(&b"ab"[..]));
        let broken = || Err(Error::internal("unexpected", "broken"));
        for cut in [
            bytes(vec![piece("a"), broken()], None),
            bytes(vec![piece("a")], Some(2)),
            bytes(vec![piece("abc")], Some(2)),
            body(sending(), |_| async { panic!("on purpose") }),
        ] {
            assert!(cut.into_bytes().await.is_err());
        }
    }

    #[tokio::test]
    async fn what_makes_it_is_dropped_when_the_reader_goes_or_takes_too_long() {
        for takes in [0, 1] {
            let (held, wait_max) = (Arc::new(()), Duration::from_millis(20));
            let watched = Arc::downgrade(&held);
            let body = body_within(wait_max, sending(), move |outlet| async move {
                let _held = held;
                loop {
                    outlet.send(Bytes::from_static(b"more")).await?;
                }
            });
            let mut pieces = body.into_bytes_stream();
            assert!(pieces.next().await.expect("a piece").is_ok());
            if takes == 0 {
                drop(pieces);
            }
            while watched.strong_count() > 0 {
                tokio::task::yield_now().await;
            }
        }
    }

    #[tokio::test]
    async fn nothing_is_made_of_a_body_that_nobody_wants() {
        let held = Arc::new(());
        let watched = Arc::downgrade(&held);
        drop(body(sending(), move |_| async move {
            let _held = held;
            pending().await
        }));
        assert_eq!(watched.strong_count(), 0);
    }
}
