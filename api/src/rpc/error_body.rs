//! What a failed call answers, as the document describes it.

use poem_openapi::{Enum, Object, types::ToJSON};

/// What every failed call answers.
#[derive(Debug, Object)]
#[oai(rename = "Error")]
pub struct ErrorBody {
    /// Family of the failure.
    #[oai(rename = "type")]
    pub family: Family,
    /// Stable code to act on.
    pub code: String,
    /// A sentence for people.
    pub hint: Option<String>,
    /// All problems of the params, as text.
    pub explain: Option<String>,
    /// All problems of the params.
    pub problems: Option<Vec<ProblemBody>>,
    /// Why a token is not valid.
    pub reason: Option<String>,
    /// SQLSTATE of a failure of the database.
    pub state: Option<String>,
}

/// Family of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "ErrorType", rename_all = "kebab-case")]
pub enum Family {
    /// Sign in first.
    Authentication,
    /// Not for this caller.
    Authorization,
    /// Forbidden by a rule.
    Restriction,
    /// The request is wrong.
    Validation,
    /// No such thing, or not for this caller.
    NotFound,
    /// Too much of this work is waiting: try again later.
    ConcurrencyLimit,
    /// Called too often: try again later.
    RateLimit,
    /// The server's own failure.
    ServerError,
}

impl Family {
    /// Its name on the wire, which the document has too.
    pub fn name(self) -> String {
        self.to_json().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// One problem of the params.
#[derive(Debug, Object)]
#[oai(rename = "Problem")]
pub struct ProblemBody {
    /// Where, such as `changes[3].id`.
    pub path: String,
    /// Stable code, such as `required`, `type` or `max-length`.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}
