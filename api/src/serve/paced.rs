//! The body of an answer on its way out: in pieces, so that what is not taken yet can be let go of. What was handed to
//! the protocol is out of our hands as long as its client likes, hence the pieces are copies, and small.

use super::unread::{Counted, Held, Owner, Unread};
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body as _, Frame, SizeHint};
use poem::{Body, Response};
use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    task::AbortHandle,
    time::{Instant, sleep_until},
};

/// HTTP/2 keeps a piece or two of each stream that its client does not take; there are up to 200 on a connection.
pub const STREAM_PIECE_BYTES: usize = 16 << 10;
/// HTTP/1.1 sends one answer at a time.
pub const PIECE_BYTES: usize = 64 << 10;

/// How an answer is sent.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// No more at a time.
    pub piece_bytes: usize,
    /// A reader takes a piece within this time; none where the socket knows that already.
    pub stall: Option<Duration>,
}

/// Nothing is left of a body that was given up but this.
struct Slot(Mutex<Content>);

struct Content {
    body: Option<BoxBody<Bytes, io::Error>>,
    /// Of the piece that the body gave last.
    rest: Bytes,
    /// Since when the reader could take more; none while it waits for us.
    since: Option<Instant>,
}

/// A body that its reader takes piece by piece.
struct Paced {
    slot: Arc<Slot>,
    piece_bytes: usize,
    #[expect(dead_code, reason = "held for its drop")]
    counted: Option<Counted>,
    watch: Option<AbortHandle>,
}

/// Sends the answer's body at a pace; those of some bytes are left as they are.
pub fn pace(response: &mut Response, pace: Pace, unread: &Unread, owner: Owner) {
    let body: BoxBody<Bytes, io::Error> = response.take_body().into();
    let bytes = body.size_hint().exact();
    if body.is_end_stream() || bytes.is_some_and(|bytes| bytes <= pace.piece_bytes as u64) {
        response.set_body(Body::from(body));
        return;
    }
    let content = Content { body: Some(body), rest: Bytes::new(), since: Some(Instant::now()) };
    let slot = Arc::new(Slot(Mutex::new(content)));
    let held = Arc::downgrade(&slot);
    // One that is made while it is sent is not in memory.
    let counted = bytes.map(|bytes| unread.count(owner, bytes, held.clone() as Weak<dyn Held>));
    let watch = pace.stall.map(|stall| tokio::spawn(give_up_when_stalled(held, stall)).abort_handle());
    let paced = Paced { slot, piece_bytes: pace.piece_bytes, counted, watch };
    response.set_body(Body::from(BoxBody::new(paced)));
}

/// A stream of HTTP/2 without a window asks for nothing, so its body cannot look at the time by itself.
async fn give_up_when_stalled(slot: Weak<Slot>, stall: Duration) {
    loop {
        let Some(since) = slot.upgrade().map(|slot| slot.waits_since()) else { return };
        let now = Instant::now();
        let end = since.unwrap_or(now) + stall;
        if end <= now {
            if let Some(slot) = slot.upgrade() {
                slot.give_up();
            }
            return;
        }
        sleep_until(end).await;
    }
}

impl Slot {
    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held for Slot {
    fn waits_since(&self) -> Option<Instant> {
        self.content().since
    }

    fn give_up(&self) {
        let mut content = self.content();
        let gone = (content.body.take(), std::mem::take(&mut content.rest));
        drop(content);
        drop(gone);
    }
}

impl Content {
    fn next(
        &mut self,
        context: &mut Context<'_>,
        piece_bytes: usize,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
        };
        if self.rest.is_empty() {
            match ready!(Pin::new(body).poll_frame(context)).map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) if data.len() <= piece_bytes => {
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
                Some(Ok(Ok(data))) => self.rest = data,
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let piece = self.rest.split_to(self.rest.len().min(piece_bytes));
        Poll::Ready(Some(Ok(Frame::data(Bytes::copy_from_slice(&piece)))))
    }
}

impl hyper::body::Body for Paced {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let mut content = self.slot.content();
        let next = content.next(context, self.piece_bytes);
        content.since = next.is_ready().then(Instant::now);
        next
    }

    fn is_end_stream(&self) -> bool {
        let content = self.slot.content();
        content.rest.is_empty() && content.body.as_ref().is_some_and(|body| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let content = self.slot.content();
        let of_body = content.body.as_ref().map_or_else(SizeHint::default, |body| body.size_hint());
        match of_body.exact() {
            Some(bytes) => SizeHint::with_exact(bytes + content.rest.len() as u64),
            None => SizeHint::default(),
        }
    }
}

impl Drop for Paced {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.take() {
            watch.abort();
        }
    }
}
