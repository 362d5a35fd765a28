//! The body of a request is lent to its handler. What comes back unread is discarded, because the next request of a
//! kept connection stands behind it.

use super::limits::Limits;
use bytes::Bytes;
use http_body_util::{BodyExt as _, combinators::BoxBody};
use hyper::body::{Body as _, Frame, SizeHint};
use poem::{Body, Request, http::header};
use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::{sync::oneshot, time::timeout};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    Nothing,
    Some,
    All,
    /// It broke off, or was no body.
    Broken,
}

/// A body, and how much of it was read.
struct Rest {
    body: BoxBody<Bytes, io::Error>,
    read: Read,
}

/// A body in the hands of a handler; both are there until it is dropped.
struct Loan {
    rest: Option<Rest>,
    back: Option<oneshot::Sender<Rest>>,
}

/// A body that a handler has.
pub struct Lent {
    back: oneshot::Receiver<Rest>,
    /// The client sends it when it is asked for it, which reading does.
    waits: bool,
}

/// Lends a request's body to whoever gets the request; none when there is no body.
pub fn lend(request: &mut Request) -> Option<Lent> {
    let body = request.take_body();
    if body.is_empty() {
        return None;
    }
    let expected = request.header(header::EXPECT);
    let waits = expected.is_some_and(|expected| expected.eq_ignore_ascii_case("100-continue"));
    let (back, returned) = oneshot::channel();
    let rest = Rest { body: body.into(), read: Read::Nothing };
    request.set_body(Body::from(BoxBody::new(Loan { rest: Some(rest), back: Some(back) })));
    Some(Lent { back: returned, waits })
}

/// What became of a body.
pub enum Discarded {
    /// Its end was found, so that the connection can go on.
    ToEnd,
    /// It is longer than one reads for that, and may still come.
    TooLong(BoxBody<Bytes, io::Error>),
    /// It does not come.
    Not,
}

impl Lent {
    /// Reads what the handler left, within limits.
    pub async fn discard(mut self, limits: &Limits) -> Discarded {
        // Whoever has it still reads it to the end.
        let Ok(mut rest) = self.back.try_recv() else { return Discarded::ToEnd };
        match rest.read {
            Read::All => Discarded::ToEnd,
            Read::Broken => Discarded::Not,
            // What was not sent yet is not asked for. What was sent all the same would have to be told from the next
            // request.
            Read::Nothing if self.waits => Discarded::Not,
            Read::Nothing | Read::Some => {
                let end = timeout(limits.discard_time, to_end(&mut rest.body, limits.discard_bytes));
                match end.await {
                    Ok(true) => Discarded::ToEnd,
                    Ok(false) => Discarded::TooLong(rest.body),
                    Err(_) => Discarded::Not,
                }
            }
        }
    }
}

/// Reads a body and keeps nothing. Whether its end was found.
async fn to_end(body: &mut BoxBody<Bytes, io::Error>, bytes_max: u64) -> bool {
    if body.size_hint().lower() > bytes_max {
        return false;
    }
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return false };
        bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        if bytes > bytes_max {
            return false;
        }
    }
    true
}

impl hyper::body::Body for Loan {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
        if rest.read == Read::Nothing {
            rest.read = Read::Some;
        }
        let frame = ready!(Pin::new(&mut rest.body).poll_frame(context));
        match &frame {
            None => rest.read = Read::All,
            Some(Err(_)) => rest.read = Read::Broken,
            Some(Ok(_)) => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.rest.as_ref().is_none_or(|rest| rest.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.rest.as_ref().map_or_else(SizeHint::default, |rest| rest.body.size_hint())
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some((rest, back)) = self.rest.take().zip(self.back.take()) {
            // Whoever lent it may be gone with its connection.
            let _ = back.send(rest);
        }
    }
}
