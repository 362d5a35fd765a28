//! Why something was not done: a kind to act on, a code to show, a chain to read.

use sea_orm::{DbErr, SqlErr};
use transit::value::Value;

/// What every rule returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The object does not exist, is deleted, or the caller may not know about it.
    #[error("object not found")]
    NotFound,
    /// A rule forbids it.
    #[error("{code}: {hint}")]
    Refused {
        /// What sort of rule.
        kind: ErrorKind,
        /// The rule's name on the wire, such as `wrong-credentials`.
        code: &'static str,
        /// A sentence for people; may be empty.
        hint: String,
        /// Details by kebab-case key.
        context: Vec<(&'static str, Value)>,
    },
    /// A blob went away between being stored and being referred to: storing it again helps, and
    /// [`crate::storage::put::put_and_refer`] does.
    #[error("a stored object was swept before it was used")]
    Swept,
    /// Another transaction was faster: the same work finds it done when it is run again.
    #[error("another transaction was faster")]
    Collided(#[source] DbErr),
    /// The database failed.
    #[error("database")]
    Db(#[from] DbErr),
    /// Another part of the world failed: blobs, mail, the pool of threads.
    #[error("{0}")]
    Platform(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What sort of rule refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The caller is nobody, and must not be.
    Authentication,
    /// The caller is somebody without the right.
    Authorization,
    /// A limit or a setting of this installation.
    Restriction,
    /// What was sent makes no sense here.
    Validation,
    /// Something named does not exist.
    NotFound,
    /// What was sent was made for another state than the present one; reading again helps.
    Conflict,
    /// Too much work is waiting; trying again later helps.
    Busy,
    /// Asked too often; waiting helps.
    TooOften,
}

impl Error {
    /// What was sent makes no sense here.
    pub fn validation(code: &'static str) -> Self {
        Self::refused(ErrorKind::Validation, code)
    }

    /// A limit or a setting of this installation.
    pub fn restriction(code: &'static str) -> Self {
        Self::refused(ErrorKind::Restriction, code)
    }

    /// A chosen id that something else has.
    pub fn id_is_taken() -> Self {
        Self::validation("object-already-exists").hint("id: something else has it")
    }

    /// What a refused insert under a chosen id means: somebody was faster, when the id is what collided.
    pub fn of_insert(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::id_is_taken(),
            _ => error.into(),
        }
    }

    /// What it means that a row could not become the one of its content: somebody else's did first.
    pub fn of_content(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Collided(error),
            _ => error.into(),
        }
    }

    /// The caller must be somebody.
    pub fn authentication(code: &'static str) -> Self {
        Self::refused(ErrorKind::Authentication, code)
    }

    /// Too much of this work is waiting.
    pub fn busy() -> Self {
        Self::refused(ErrorKind::Busy, "too-busy")
    }

    /// A refusal of any kind, without hint or context.
    pub fn refused(kind: ErrorKind, code: &'static str) -> Self {
        Self::Refused { kind, code, hint: String::new(), context: Vec::new() }
    }

    /// A failure of the world outside.
    pub fn platform(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Platform(error.into())
    }

    /// Adds a sentence for people. Without effect on errors that are not refusals.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        if let Self::Refused { hint, .. } = &mut self {
            *hint = text.into();
        }
        self
    }

    /// Adds a detail. Without effect on errors that are not refusals.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: Value) -> Self {
        if let Self::Refused { context, .. } = &mut self {
            context.push((key, value));
        }
        self
    }

    /// The code of a refusal, `object-not-found` included; none for failures.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::NotFound => Some("object-not-found"),
            Self::Refused { code, .. } => Some(code),
            Self::Swept | Self::Collided(_) | Self::Db(_) | Self::Platform(_) => None,
        }
    }
}

impl platform::db::Retryable for Error {
    fn is_retryable(&self) -> bool {
        match self {
            Self::Collided(_) => true,
            Self::Db(error) => platform::db::is_retryable(error),
            _ => false,
        }
    }
}
