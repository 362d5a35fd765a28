//! The one error of the edge, and the one place where an error becomes a status.

use super::error_body::Family;
use crate::wire::accept::Problem;
use domain::{error::ErrorKind, profile::attempts::RETRY_AFTER};
use poem::http::StatusCode;
use sea_orm::DbErr;
use std::error::Error as StdError;
use transit::value::Value;

/// A database that is started again is back in about this many seconds.
pub const UNAVAILABLE_RETRY_SECONDS: u64 = 5;

/// What every method answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Family of a failure; decides status and `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 401: the caller is nobody and has to be somebody.
    Authentication,
    /// 403: this caller may never do that.
    Authorization,
    /// 400: a rule of this installation or of the object forbids it.
    Restriction,
    /// 405: this name does not answer this HTTP method.
    MethodNotAllowed,
    /// 400: the request itself is wrong.
    Validation,
    /// 413: the request is too large.
    TooLarge,
    /// 404: there is no such thing, or not for this caller.
    NotFound,
    /// 409: it was made for another state of the object than the present one.
    Conflict,
    /// 429: too much of this work is waiting.
    Busy,
    /// 429: asked too often.
    TooOften,
    /// 504: the work took longer than it may.
    TimedOut,
    /// 503: the database is unavailable, or has no room.
    Unavailable,
    /// 500: our fault.
    Internal,
}

impl Fault {
    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        match self {
            Fault::Authentication => StatusCode::UNAUTHORIZED,
            Fault::Authorization => StatusCode::FORBIDDEN,
            Fault::Restriction | Fault::Validation => StatusCode::BAD_REQUEST,
            Fault::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Fault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Fault::NotFound => StatusCode::NOT_FOUND,
            Fault::Conflict => StatusCode::CONFLICT,
            Fault::Busy | Fault::TooOften => StatusCode::TOO_MANY_REQUESTS,
            Fault::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Fault::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Fault::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The `type` of the answer.
    pub fn family(self) -> Family {
        match self {
            Fault::Authentication => Family::Authentication,
            Fault::Authorization => Family::Authorization,
            Fault::Restriction | Fault::MethodNotAllowed => Family::Restriction,
            // Clients know a conflict by its code, within this family.
            Fault::Validation | Fault::TooLarge | Fault::Conflict => Family::Validation,
            Fault::NotFound => Family::NotFound,
            Fault::Busy => Family::ConcurrencyLimit,
            Fault::TooOften => Family::RateLimit,
            Fault::TimedOut | Fault::Unavailable | Fault::Internal => Family::ServerError,
        }
    }

    /// Whether an operator has to look at it.
    pub fn is_ours(self) -> bool {
        matches!(self, Fault::TimedOut | Fault::Unavailable | Fault::Internal)
    }
}

impl From<ErrorKind> for Fault {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Authentication => Fault::Authentication,
            ErrorKind::Authorization => Fault::Authorization,
            ErrorKind::Restriction => Fault::Restriction,
            ErrorKind::Validation => Fault::Validation,
            ErrorKind::NotFound => Fault::NotFound,
            ErrorKind::Conflict => Fault::Conflict,
            ErrorKind::Busy => Fault::Busy,
            ErrorKind::TooOften => Fault::TooOften,
        }
    }
}

/// A failed call. One pointer wide: results are passed around a lot.
#[derive(Debug)]
pub struct Error(Box<Details>);

#[derive(Debug)]
struct Details {
    fault: Fault,
    code: &'static str,
    hint: String,
    problems: Vec<Problem>,
    context: Vec<(&'static str, Value)>,
    cause: Cause,
    retry_after: Option<RetryAfter>,
}

/// When it is worth trying again; in the answer's headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryAfter {
    /// Seconds until then.
    pub seconds: u64,
    /// `name=calls` that are left, joined by `&`; may be empty.
    pub remaining: String,
    /// `name=seconds since 1970` when there are more, joined by `&`; may be empty.
    pub reset: String,
}

/// Why, for the log only: the caller never sees it.
#[derive(Debug)]
enum Cause {
    Nothing,
    Database(DbErr),
    Other(Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// An error with nothing but its family and its code.
    pub fn new(fault: Fault, code: &'static str) -> Self {
        Error(Box::new(Details {
            fault,
            code,
            hint: String::new(),
            problems: Vec::new(),
            context: Vec::new(),
            cause: Cause::Nothing,
            retry_after: None,
        }))
    }

    /// Missing and forbidden look the same: a stranger must not learn what exists.
    pub fn hidden() -> Self {
        Self::new(Fault::NotFound, "object-not-found")
    }

    /// Every problem of the params.
    pub fn params(problems: Vec<Problem>) -> Self {
        let mut error = Self::new(Fault::Validation, "params-validation");
        error.0.problems = problems;
        error
    }

    /// Our own failure, with its reason for the log.
    pub fn internal(code: &'static str, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let mut error = Self::new(Fault::Internal, code);
        error.0.cause = Cause::Other(cause.into());
        error
    }

    /// Adds a sentence for people.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = hint.into();
        self
    }

    /// Adds when to try again.
    #[must_use]
    pub fn retry_after(mut self, wait: RetryAfter) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// When to try again, if that is known.
    pub fn wait(&self) -> Option<&RetryAfter> {
        self.0.retry_after.as_ref()
    }

    /// Its family.
    pub fn fault(&self) -> Fault {
        self.0.fault
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// Whether the same call may succeed when its transaction runs again.
    pub fn is_retryable(&self) -> bool {
        matches!(&self.0.cause, Cause::Database(e) if platform::db::is_retryable(e))
    }

    /// Whether the database was unavailable, or had no room.
    pub fn is_unavailable(&self) -> bool {
        match &self.0.cause {
            Cause::Nothing => false,
            Cause::Database(error) => platform::db::is_away(error),
            Cause::Other(error) => platform::db::is_away(error.as_ref()),
        }
    }

    /// Turns it into 503, with when to try again.
    pub(super) fn unavailable(mut self, code: &'static str, hint: &str) -> Self {
        (self.0.fault, self.0.code) = (Fault::Unavailable, code);
        self.0.context.clear();
        let none = String::new;
        self.hint(hint).retry_after(RetryAfter {
            seconds: UNAVAILABLE_RETRY_SECONDS,
            remaining: none(),
            reset: none(),
        })
    }

    /// The whole chain of reasons in one line, for the log.
    pub fn chain(&self) -> String {
        let first: &(dyn StdError + 'static) = match &self.0.cause {
            Cause::Nothing => return self.0.hint.clone(),
            Cause::Database(e) => e,
            Cause::Other(e) => e.as_ref(),
        };
        let mut line = first.to_string();
        let mut next = first.source();
        while let Some(reason) = next {
            let reason_text = reason.to_string();
            // Many libraries repeat their source in their own text.
            if !line.contains(&reason_text) {
                line.push_str(": ");
                line.push_str(&reason_text);
            }
            next = reason.source();
        }
        line
    }

    /// The body: `{type, code, hint, explain, problems}` and the error's own keys.
    pub fn to_value(&self) -> Value {
        let text = |s: &str| Value::Str(s.to_owned());
        let key = Value::keyword;
        let e = &self.0;
        let mut body = vec![
            (key("type"), Value::keyword(&e.fault.family().name())),
            (key("code"), Value::keyword(e.code)),
        ];
        if !e.hint.is_empty() {
            body.push((key("hint"), text(&e.hint)));
        }
        if !e.problems.is_empty() {
            let explain = e
                .problems
                .iter()
                .fold(String::from("Errors:\n"), |all, p| all + &format!("  {}: {}\n", p.path, p.message));
            body.push((key("explain"), Value::Str(explain)));
            let problem = |p: &Problem| {
                Value::Map(vec![
                    (key("path"), text(&p.path)),
                    (key("code"), Value::keyword(p.code)),
                    (key("message"), text(&p.message)),
                ])
            };
            body.push((key("problems"), Value::Vec(e.problems.iter().map(problem).collect())));
        } else if e.code == "params-validation" {
            // Clients look for it with this code.
            body.push((key("explain"), Value::Str(format!("Errors:\n  {}\n", e.hint))));
        }
        body.extend(e.context.iter().map(|(name, value)| (key(name), value.clone())));
        Value::Map(body)
    }
}

impl From<domain::error::Error> for Error {
    fn from(error: domain::error::Error) -> Self {
        use domain::error::Error as Domain;
        match error {
            Domain::NotFound => Self::hidden(),
            Domain::Refused { kind, code, hint, mut context } => {
                let mut error = Self::new(kind.into(), code).hint(hint);
                if let Some(at) = context.iter().position(|(key, _)| *key == RETRY_AFTER)
                    && let (_, Value::Int(seconds)) = context.remove(at)
                {
                    let seconds = u64::try_from(seconds).unwrap_or(0);
                    let none = String::new;
                    error = error.retry_after(RetryAfter { seconds, remaining: none(), reset: none() });
                }
                error.0.context = context;
                error
            }
            // Both are tried again where they happen; whoever meets one after that comes back later.
            Domain::Swept | Domain::Collided(_) => domain::Error::busy().into(),
            Domain::Db(e) => e.into(),
            Domain::Platform(e) => Self::internal("unexpected", e),
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        let state = platform::db::sql_state(&error);
        let (fault, code) = match state.as_deref() {
            Some("57014") => (Fault::TimedOut, "statement-timeout"),
            Some("25P03") => (Fault::TimedOut, "idle-in-transaction-timeout"),
            _ => (Fault::Internal, "unexpected"),
        };
        let mut answer = Self::new(fault, code);
        if let (Fault::Internal, Some(state)) = (fault, state) {
            answer.0.context.push(("state", Value::Str(state)));
        }
        answer.0.cause = Cause::Database(error);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_names_every_problem() {
        let problem =
            |path: &str| Problem { path: path.into(), code: "required", message: "is required".into() };
        let body = Error::params(vec![problem("name"), problem("teamId")]).to_value().to_json();
        assert_eq!(body["type"], "validation");
        assert_eq!(body["explain"], "Errors:\n  name: is required\n  teamId: is required\n");
        assert_eq!(body["problems"][1]["path"], "teamId");
    }

    #[test]
    fn our_failures_tell_nothing() {
        let error = Error::internal("unexpected", std::io::Error::other("secret"));
        assert_eq!(
            error.to_value().to_json(),
            serde_json::json!({"type": "server-error", "code": "unexpected"})
        );
        assert_eq!(error.chain(), "secret");
    }
}
