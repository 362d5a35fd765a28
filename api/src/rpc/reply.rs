//! What a method may answer: a typed value, one of two, nothing, a stream of bytes, or events.
//!
//! What is streamed begins after the commit: a stream that reads the database opens a transaction of its own, and one
//! whose work changes something tells the others after its own commits. A document alone is read in the call's
//! transaction, when that only reads. A stream takes a permit of its own before its first byte
//! (`permits::EVERY_STREAM`), and a refusal must not take back what was done: therefore methods that stream do not have
//! `TxMode::Write`.

use super::{error::Result, stream::ByteStream};
use futures_util::future::BoxFuture;
use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{ToJSON, Type},
};
use std::marker::PhantomData;
use tokio::sync::mpsc;

/// JSON's media type.
pub const JSON: &str = "application/json";
/// Transit's media type.
pub const TRANSIT: &str = "application/transit+json";
/// That of server-sent events.
pub const EVENT_STREAM: &str = "text/event-stream";

/// `to_json` without the type: called inside the side table's scope, once the encoding is known.
pub trait Typed: Send {
    /// The value as JSON; free values stay in the side table when there is one.
    fn json(&self) -> serde_json::Value;
}

impl<T: ToJSON> Typed for T {
    fn json(&self) -> serde_json::Value {
        self.to_json().unwrap_or_default()
    }
}

/// An answer, not yet encoded.
pub enum Answer {
    /// 204.
    Nothing,
    /// Which of the reply's schemas, and the value.
    Typed(usize, Box<dyn Typed>),
    /// Bytes of a media type, as they are.
    Stream(&'static str, ByteStream),
    /// Events of some work.
    Events(Work),
}

/// Work that tells how far it is, and ends with a result: both are values of the reply's schema.
pub type Work =
    Box<dyn FnOnce(mpsc::Sender<Box<dyn Typed>>) -> BoxFuture<'static, Result<Box<dyn Typed>>> + Send>;

/// What the document and the encoder know about an answer.
pub struct ReplyMeta {
    /// The possible shapes; none when there is no body.
    pub schemas: Vec<MetaSchemaRef>,
    /// The media types of the body.
    pub media: &'static [&'static str],
    /// Whether it may be 204, without a body.
    pub may_be_nothing: bool,
}

impl ReplyMeta {
    /// A value of one of these shapes, in the caller's format.
    fn typed(schemas: Vec<MetaSchemaRef>) -> ReplyMeta {
        ReplyMeta { schemas, media: &[JSON, TRANSIT], may_be_nothing: false }
    }

    /// Whether the body is none that is made before it is sent.
    pub fn is_stream(&self) -> bool {
        self.media != [JSON, TRANSIT]
    }

    /// The schema of the body, if there is one.
    pub fn schema(&self) -> Option<MetaSchemaRef> {
        match self.schemas.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => Some(MetaSchemaRef::Inline(Box::new(MetaSchema {
                any_of: several.to_vec(),
                ..MetaSchema::ANY
            }))),
        }
    }
}

/// What a method's `Output` must be.
pub trait Reply: Send + Sized + 'static {
    /// Registers its schemas.
    fn register(registry: &mut Registry);
    /// Its possible shapes.
    fn meta() -> ReplyMeta;
    /// Gives up its type.
    fn into_answer(self) -> Answer;
}

impl<T: ToJSON + 'static> Reply for T {
    fn register(registry: &mut Registry) {
        <T as Type>::register(registry);
    }

    fn meta() -> ReplyMeta {
        ReplyMeta::typed(vec![T::schema_ref()])
    }

    fn into_answer(self) -> Answer {
        Answer::Typed(0, Box::new(self))
    }
}

/// 204. A type of its own: upstream may implement `ToJSON` for `()` one day, so coherence refuses that.
pub struct Nothing;

impl Reply for Nothing {
    fn register(_: &mut Registry) {}

    fn meta() -> ReplyMeta {
        ReplyMeta { may_be_nothing: true, ..ReplyMeta::typed(Vec::new()) }
    }

    fn into_answer(self) -> Answer {
        Answer::Nothing
    }
}

/// Perhaps something, else 204.
pub struct Maybe<T>(
    /// The value.
    pub Option<T>,
);

impl<T: ToJSON + 'static> Reply for Maybe<T> {
    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn meta() -> ReplyMeta {
        ReplyMeta { may_be_nothing: true, ..ReplyMeta::typed(vec![T::schema_ref()]) }
    }

    fn into_answer(self) -> Answer {
        self.0.map_or(Answer::Nothing, |value| Answer::Typed(0, Box::new(value)))
    }
}

/// One of two shapes; the document names both.
pub enum Either<A, B> {
    /// The usual one.
    Left(A),
    /// The other one.
    Right(B),
}

impl<A: ToJSON + 'static, B: ToJSON + 'static> Reply for Either<A, B> {
    fn register(registry: &mut Registry) {
        A::register(registry);
        B::register(registry);
    }

    fn meta() -> ReplyMeta {
        ReplyMeta::typed(vec![A::schema_ref(), B::schema_ref()])
    }

    fn into_answer(self) -> Answer {
        match self {
            Either::Left(a) => Answer::Typed(0, Box::new(a)),
            Either::Right(b) => Answer::Typed(1, Box::new(b)),
        }
    }
}

/// A media type of bytes that are streamed.
pub trait MediaType: Send + 'static {
    /// Its name, such as `application/zip`.
    const NAME: &'static str;
}

/// Bytes of a media type that are made while they are sent, in memory that does not depend on their number.
pub struct Streamed<M> {
    stream: ByteStream,
    media: PhantomData<fn() -> M>,
}

impl<M> Streamed<M> {
    /// These bytes.
    pub fn new(stream: ByteStream) -> Self {
        Streamed { stream, media: PhantomData }
    }
}

impl<M: MediaType> Streamed<M> {
    const MEDIA: &'static [&'static str] = &[M::NAME];
}

impl<M: MediaType> Reply for Streamed<M> {
    fn register(_: &mut Registry) {}

    fn meta() -> ReplyMeta {
        let bytes = MetaSchema::new_with_format("string", "binary");
        let schemas = vec![MetaSchemaRef::Inline(Box::new(bytes))];
        ReplyMeta { schemas, media: Self::MEDIA, may_be_nothing: false }
    }

    fn into_answer(self) -> Answer {
        Answer::Stream(M::NAME, self.stream)
    }
}

/// Server-sent events: `progress` as often as the work says so, then `end` with its result, or `error`.
///
/// The work ends with the connection: whoever leaves the page ends it at its next pause. What must be done to its end
/// is a job, and these are the events of watching it.
pub struct Events<P, T> {
    work: Work,
    types: PhantomData<fn() -> (P, T)>,
}

/// Tells whoever listens how far the work is.
pub struct Progress<P> {
    steps: mpsc::Sender<Box<dyn Typed>>,
    step: PhantomData<fn(P)>,
}

impl<P: ToJSON + 'static> Progress<P> {
    /// Sends `progress`; waits for a reader that is slow.
    pub async fn tell(&self, step: P) {
        // Nobody listens only when this work is about to be dropped.
        let _ = self.steps.send(Box::new(step)).await;
    }
}

impl<P: ToJSON + 'static, T: ToJSON + 'static> Events<P, T> {
    /// Of this work, which begins when the answer has begun.
    pub fn of<F>(work: impl FnOnce(Progress<P>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let work: Work = Box::new(|steps| {
            let work = work(Progress { steps, step: PhantomData });
            Box::pin(async { Ok(Box::new(work.await?) as Box<dyn Typed>) })
        });
        Events { work, types: PhantomData }
    }
}

impl<P: ToJSON + 'static, T: ToJSON + 'static> Reply for Events<P, T> {
    fn register(registry: &mut Registry) {
        P::register(registry);
        T::register(registry);
    }

    fn meta() -> ReplyMeta {
        let schema = MetaSchema {
            description: Some(
                "Server-sent events. Each property is an event of that name, and its value the event's data, in \
                 verbose transit whatever the caller accepts: `progress` any number of times, then `end` or `error`.",
            ),
            properties: vec![
                ("progress", P::schema_ref()),
                ("end", T::schema_ref()),
                ("error", MetaSchemaRef::Reference("Error".to_owned())),
            ],
            ..MetaSchema::new("object")
        };
        let schemas = vec![MetaSchemaRef::Inline(Box::new(schema))];
        ReplyMeta { schemas, media: &[EVENT_STREAM], may_be_nothing: false }
    }

    fn into_answer(self) -> Answer {
        Answer::Events(self.work)
    }
}
