//! The answer of a method becomes a response: whole, or a body that is sent while it is made.

use super::{
    catalog::{Catalog, CompiledMethod},
    error::{Error, Result},
    events,
    format::{self, Format},
    permits::{EVERY_STREAM, HeldPermits},
    reply::{Answer, EVENT_STREAM},
    stream::{self, ByteStream, Cut, Outlet, Sending},
};
use crate::State;
use bytes::{Bytes, BytesMut};
use entities::ids::ProfileId;
use futures_util::{Stream, StreamExt, TryStreamExt, stream::once};
use poem::{
    Response, ResponseBuilder,
    http::{StatusCode, header},
};
use tracing::Span;

/// An answer with a document is whole in memory up to so many bytes; a longer one is sent while it is made.
const SMALL_BYTES: usize = 128 << 10;

/// What answers.
pub struct Answering<'a> {
    /// The server.
    pub state: &'a State,
    /// The list that the method is in.
    pub catalog: &'static Catalog,
    /// The method.
    pub method: &'static CompiledMethod,
    /// What the caller reads.
    pub format: Format,
    /// Who calls.
    pub profile: Option<ProfileId>,
    /// The method's own permits: making a stream is its work too.
    pub permits: HeldPermits,
}

impl Answering<'_> {
    /// 200, or 204 when there is nothing to say.
    ///
    /// # Errors
    /// `unexpected` when a stored document cannot be read; `concurrency-limit` when too many streams are under way.
    pub async fn respond(self, answer: Answer) -> Result<Response> {
        let encoded = match answer {
            Answer::Nothing => None,
            Answer::Typed(which, value) => {
                self.format.typed(&self.catalog.shapes, self.method.reply[which], &*value)
            }
            Answer::Stream(media_type, bytes) => {
                let head = Response::builder().content_type(media_type);
                return self.stream(head, bytes).await;
            }
            Answer::Events(work) => {
                let schema = events::Schema::of(&self.catalog.shapes, self.method.reply[0]);
                let (name, leaving) = (self.method.entry.name, self.state.draining.clone());
                let send = move |outlet: Outlet| events::send(name, work, schema, leaving, outlet);
                return self.send(event_head(), send).await;
            }
        };
        let unreadable = |error| Error::internal("unexpected", error);
        let head = format::head(self.format, StatusCode::OK);
        match encoded {
            None => Ok(StatusCode::NO_CONTENT.into()),
            Some(encoded) => match encoded.whole() {
                Some(bytes) => Ok(head.body(bytes)),
                None => {
                    let mut pieces = encoded.pieces().map(move |piece| piece.map_err(unreadable));
                    let (begun, is_all) = beginning(&mut pieces).await?;
                    match is_all {
                        true => Ok(head.body(begun)),
                        false => {
                            let pieces = once(async { Ok(begun) }).chain(pieces);
                            self.stream(head, ByteStream::new(pieces)).await
                        }
                    }
                }
            },
        }
    }

    async fn stream(self, head: ResponseBuilder, bytes: ByteStream) -> Result<Response> {
        let head = match bytes.length() {
            Some(length) => head.header(header::CONTENT_LENGTH, length),
            None => head,
        };
        self.send(head, |outlet| bytes.send(outlet)).await
    }

    async fn send<F>(
        self,
        head: ResponseBuilder,
        source: impl FnOnce(Outlet) -> F + Send + 'static,
    ) -> Result<Response>
    where
        F: Future<Output = Result<(), Cut>> + Send + 'static,
    {
        let state = self.state;
        let held = state.permits.acquire(&state.app, EVERY_STREAM.iter(), self.profile).await?;
        let (method, span) = (self.method.entry.name, Span::current());
        let sending = Sending { method, permits: [self.permits, held], span };
        Ok(head.body(stream::body(sending, source)))
    }
}

/// The first pieces: all of them when they are few, which then are a whole answer, and fail as one.
async fn beginning(pieces: &mut (impl Stream<Item = Result<Bytes>> + Unpin)) -> Result<(Bytes, bool)> {
    let mut begun = BytesMut::new();
    while begun.len() <= SMALL_BYTES {
        match pieces.try_next().await? {
            Some(piece) => begun.extend_from_slice(&piece),
            None => return Ok((begun.freeze(), true)),
        }
    }
    Ok((begun.freeze(), false))
}

/// Neither browsers nor front servers keep events.
fn event_head() -> ResponseBuilder {
    Response::builder()
        .content_type(format!("{EVENT_STREAM};charset=UTF-8"))
        .header(header::CACHE_CONTROL, "no-cache, no-store, max-age=0, must-revalidate")
        .header(header::PRAGMA, "no-cache")
        .header("x-accel-buffering", "no")
}
