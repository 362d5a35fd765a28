//! What a method may answer: a typed value, one of two, or nothing.

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{ToJSON, Type},
};

/// JSON's media type.
pub const JSON: &str = "application/json";
/// Transit's media type.
pub const TRANSIT: &str = "application/transit+json";

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
}

/// What the document and the encoder know about an answer.
pub struct ReplyMeta {
    /// The possible shapes; none when there is no body.
    pub schemas: Vec<MetaSchemaRef>,
    /// Whether it may be 204, without a body.
    pub may_be_nothing: bool,
}

impl ReplyMeta {
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
        ReplyMeta { schemas: vec![T::schema_ref()], may_be_nothing: false }
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
        ReplyMeta { schemas: Vec::new(), may_be_nothing: true }
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
        ReplyMeta { schemas: vec![T::schema_ref()], may_be_nothing: true }
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
        ReplyMeta { schemas: vec![A::schema_ref(), B::schema_ref()], may_be_nothing: false }
    }

    fn into_answer(self) -> Answer {
        match self {
            Either::Left(a) => Answer::Typed(0, Box::new(a)),
            Either::Right(b) => Answer::Typed(1, Box::new(b)),
        }
    }
}
