//! Why a page is not shown or an act not done: one type, which every error of the house becomes by itself.

use crate::wording;
use domain::storage::why::RestoreError;
use jobs::{CommitError, EnqueueError, Refusal, admin::AdminError};
use platform::mail::MailError;
use poem::http::StatusCode;

/// Why a page is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    /// There is nothing here.
    #[error("nothing is here")]
    NotFound,
    /// What was sent cannot be; the text says what and what it should be.
    #[error("{0}")]
    Wrong(String),
    /// Not for this person, or not from this page.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The database is away or has no room, and that is in the log already.
    #[error("the database does not answer; nothing was changed: try again in some seconds")]
    Away,
    /// Our fault, and in the log already.
    #[error("something failed here; the log says what")]
    Internal,
    /// Something outside, such as a backend of blobs, does not answer.
    #[error("something outside does not answer: {0}")]
    Outside(String),
    /// Our fault.
    #[error("the database refused; the log says why")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What every page gives.
pub(crate) type Result<T> = std::result::Result<T, PageError>;

impl PageError {
    /// What it is to a browser.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            PageError::NotFound => StatusCode::NOT_FOUND,
            PageError::Wrong(_) => StatusCode::BAD_REQUEST,
            PageError::Forbidden(_) => StatusCode::FORBIDDEN,
            PageError::Outside(_) => StatusCode::BAD_GATEWAY,
            PageError::Away => StatusCode::SERVICE_UNAVAILABLE,
            PageError::Internal | PageError::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<sqlx::Error> for PageError {
    fn from(error: sqlx::Error) -> PageError {
        PageError::Database(error.into())
    }
}

impl From<sea_orm::DbErr> for PageError {
    fn from(error: sea_orm::DbErr) -> PageError {
        PageError::Database(error.into())
    }
}

/// Refusals are for people to read.
impl From<domain::Error> for PageError {
    fn from(error: domain::Error) -> PageError {
        match error {
            domain::Error::NotFound => PageError::NotFound,
            domain::Error::Refused { code, hint, .. } => {
                PageError::Wrong(if hint.is_empty() { code.to_owned() } else { hint })
            }
            domain::Error::Swept | domain::Error::Collided(_) => {
                PageError::Wrong("something else was faster, and nothing was changed: try again".to_owned())
            }
            domain::Error::Db(error) => error.into(),
            domain::Error::Platform(error) => PageError::Outside(error.to_string()),
        }
    }
}

impl From<RestoreError> for PageError {
    fn from(error: RestoreError) -> PageError {
        match error {
            RestoreError::Failed(error) => error.into(),
            refused => PageError::Wrong(wording::not_restorable(&refused)),
        }
    }
}

impl From<AdminError> for PageError {
    fn from(error: AdminError) -> PageError {
        match error {
            AdminError::Refused(text) => PageError::Wrong(text),
            AdminError::Database(error) => error.into(),
        }
    }
}

impl From<EnqueueError> for PageError {
    fn from(error: EnqueueError) -> PageError {
        match error {
            EnqueueError::Database(error) => error.into(),
            EnqueueError::Refused(Refusal::Database(error)) => error.into(),
            limit => PageError::Wrong(limit.to_string()),
        }
    }
}

impl From<CommitError> for PageError {
    fn from(error: CommitError) -> PageError {
        match error {
            CommitError::Enqueue(error) => error.into(),
            CommitError::Database(error) => error.into(),
        }
    }
}

impl From<MailError> for PageError {
    fn from(error: MailError) -> PageError {
        PageError::Outside(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: &str = "the database refused; the log says why";

    #[test]
    fn only_the_database_refuses_as_the_database() {
        let limit = || Refusal::Limit("a payload has at most 65536 bytes".to_owned());
        for (error, text) in [
            (domain::Error::validation("unknown-backend").hint("there is no s4").into(), "there is no s4"),
            (domain::Error::validation("unknown-backend").into(), "unknown-backend"),
            (AdminError::Refused("at most 1000 jobs".to_owned()).into(), "at most 1000 jobs"),
            (EnqueueError::from(limit()).into(), "a payload has at most 65536 bytes"),
            (CommitError::from(EnqueueError::from(limit())).into(), "a payload has at most 65536 bytes"),
            (EnqueueError::Unknown("attic".to_owned()).into(), "no job is called \"attic\""),
        ] {
            let error: PageError = error;
            assert_eq!((error.status(), &*error.to_string()), (StatusCode::BAD_REQUEST, text), "{error:?}");
        }
        let mail = PageError::from(MailError::Unusable("no directory".to_owned()));
        assert!(mail.to_string().contains("no directory"), "{mail}");
    }

    #[test]
    fn a_database_that_is_away_is_seen_however_it_was_asked() {
        let lost = || sqlx::Error::Io(std::io::ErrorKind::UnexpectedEof.into());
        let asked = || sea_orm::DbErr::Query(sea_orm::RuntimeErr::SqlxError(lost().into()));
        for error in [
            PageError::from(lost()),
            asked().into(),
            domain::Error::from(asked()).into(),
            AdminError::Database(lost()).into(),
            EnqueueError::from(asked()).into(),
            EnqueueError::from(Refusal::Database(lost())).into(),
            CommitError::from(EnqueueError::from(asked())).into(),
            CommitError::from(asked()).into(),
        ] {
            let PageError::Database(reason) = &error else { panic!("{error:?}") };
            assert!(platform::db::is_away(&**reason) && error.to_string() == REFUSED, "{error:?}");
        }
    }
}
