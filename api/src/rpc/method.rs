//! A method and its plain-data entry in the list.

use super::{
    ctx::Ctx,
    error::{Error, Fault, Result},
    permits::ConcurrencyLimit,
    reply::{Answer, Reply, ReplyMeta},
    tx_mode::TxMode,
};
use futures_util::future::BoxFuture;
use platform::config::Rate;
use poem_openapi::{
    registry::{MetaSchemaRef, Registry},
    types::{ParseFromJSON, Type},
};

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Somebody signed in, by session or by access token.
    Profile,
    /// The exporter, by its key, for somebody signed in.
    Exporter,
}

/// One RPC method. The file that holds it is named after it.
pub trait Method: Send + Sync + 'static {
    /// Its name on the wire, such as `create-team`.
    const NAME: &'static str;
    /// Who may call.
    const ACCESS: Access = Access::Profile;
    /// Its transaction.
    const TX: TxMode;
    /// The Penpot version that brought it.
    const SINCE: &'static str;
    /// Whether the call is one of the events that webhooks can ask for.
    const WEBHOOK: bool = false;
    /// What webhooks are told of the call; nothing: all its facts.
    const TOLD: &'static [&'static str] = &[];
    /// Whether `etag` gives keys, so that an unchanged answer is not sent again.
    const CONDITIONAL: bool = false;
    /// Codes this method adds to those that every method can answer.
    const ERRORS: &'static [(Fault, &'static str)] = &[];
    /// How often it may be called, besides what holds for all methods together: by each person, and by each address of
    /// people who are not signed in, which a whole office may share. `ATELIER_RPC_LIMITS` replaces them.
    const RATES: &'static [Rate] = &[];
    /// The permits that a call needs besides those of every call, the narrowest first.
    const PERMITS: &'static [ConcurrencyLimit] = &[];
    /// Whether a call that changes something leaves an event in the audit log.
    const AUDITED: bool = true;
    /// What it takes. Cloned for every attempt of its transaction: what may be large is shared (`Opaque`, `Upload`).
    type Params: ParseFromJSON + Clone + Send + Sync;
    /// What it answers.
    type Output: Reply;

    /// What decides whether the answer has changed since the caller last saw it: equal keys, equal answers.
    /// Asked in the call's transaction, before the call.
    ///
    /// # Errors
    /// Those of `call`: an unknown or hidden object has no key.
    fn etag(_: &Ctx, _: &Self::Params) -> impl Future<Output = Result<Option<String>>> + Send {
        async { Ok(None) }
    }

    /// Does it.
    ///
    /// # Errors
    /// Whatever the method refuses or fails at; nothing of the transaction stays then.
    fn call(ctx: &Ctx, params: Self::Params) -> impl Future<Output = Result<Self::Output>> + Send;
}

/// Params read once, callable again when a transaction must be retried.
pub trait Bound: Send + Sync {
    /// `Method::etag` of these params.
    fn etag<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<String>>>;
    /// `Method::call` with these params.
    fn call<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Answer>>;
}

struct BoundParams<M: Method>(M::Params);

impl<M: Method> Bound for BoundParams<M> {
    fn etag<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(M::etag(ctx, &self.0))
    }

    fn call<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move { Ok(M::call(ctx, self.0.clone()).await?.into_answer()) })
    }
}

/// The schemas of one method, as registered.
pub struct Described {
    /// Of its params.
    pub params: MetaSchemaRef,
    /// Of its answer.
    pub reply: ReplyMeta,
}

/// One line of the list of methods.
pub struct Entry {
    /// `Method::NAME`.
    pub name: &'static str,
    /// The folder it lives in.
    pub subject: &'static str,
    /// The first line of its file.
    pub summary: &'static str,
    /// `Method::ACCESS`.
    pub access: Access,
    /// `Method::TX`.
    pub tx: TxMode,
    /// `Method::SINCE`.
    pub since: &'static str,
    /// `Method::WEBHOOK`.
    pub webhook: bool,
    /// `Method::TOLD`.
    pub told: &'static [&'static str],
    /// `Method::CONDITIONAL`.
    pub conditional: bool,
    /// `Method::ERRORS`.
    pub errors: &'static [(Fault, &'static str)],
    /// `Method::RATES`.
    pub rates: &'static [Rate],
    /// `Method::PERMITS`.
    pub permits: &'static [ConcurrencyLimit],
    /// `Method::AUDITED`.
    pub audited: bool,
    /// Registers both types and tells their schemas.
    pub describe: fn(&mut Registry) -> Described,
    /// Params from checked JSON.
    pub bind: fn(serde_json::Value) -> Result<Box<dyn Bound>>,
    /// Rust path of the method's type: schemas declared in its file get the method's name in front.
    pub module: fn() -> &'static str,
}

impl Entry {
    /// The entry of a method.
    pub const fn of<M: Method>(subject: &'static str, summary: &'static str) -> Entry {
        Entry {
            name: M::NAME,
            subject,
            summary,
            access: M::ACCESS,
            tx: M::TX,
            since: M::SINCE,
            webhook: M::WEBHOOK,
            told: M::TOLD,
            conditional: M::CONDITIONAL,
            errors: M::ERRORS,
            rates: M::RATES,
            permits: M::PERMITS,
            audited: M::AUDITED,
            describe: |registry| {
                M::Params::register(registry);
                M::Output::register(registry);
                Described { params: M::Params::schema_ref(), reply: M::Output::meta() }
            },
            bind: |json| match M::Params::parse_from_json(Some(json)) {
                Ok(params) => Ok(Box::new(BoundParams::<M>(params))),
                // Only value types with rules of their own still fail here: the walk found everything else.
                Err(e) => Err(Error::new(Fault::Validation, "params-validation").hint(e.into_message())),
            },
            module: std::any::type_name::<M>,
        }
    }

    /// Whether it only reads, which its name tells: only these answer GET.
    pub fn reads(&self) -> bool {
        self.name.starts_with("get-")
    }

    /// Whether a call leaves an event in the audit log.
    pub fn is_event(&self) -> bool {
        self.audited && !self.reads()
    }
}
