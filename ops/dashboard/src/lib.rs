//! The dashboard: pages for those who run an installation, under `/admin`.
//!
//! Reading order: `routes` (every path, on one screen), `gate` (who may), `form` (what browsers send), `layout`, `pages`.
//! Pages are made on the server from the same typed calls as the command line's; everything works without script, and
//! with it the page follows what happens.

mod chart;
pub mod checks;
mod form;
mod gate;
mod kept;
mod layout;
mod live;
mod look;
mod marks;
mod pages;
mod record;
mod routes;
mod rules;
mod wanted;
mod words;

pub use routes::{PATH, beside};

use poem::http::StatusCode;

/// Why a page is not shown.
#[derive(Debug, thiserror::Error)]
enum Refused {
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
    Database(#[from] sqlx::Error),
}

impl Refused {
    fn status(&self) -> StatusCode {
        match self {
            Refused::NotFound => StatusCode::NOT_FOUND,
            Refused::Wrong(_) => StatusCode::BAD_REQUEST,
            Refused::Forbidden(_) => StatusCode::FORBIDDEN,
            Refused::Outside(_) => StatusCode::BAD_GATEWAY,
            Refused::Away => StatusCode::SERVICE_UNAVAILABLE,
            Refused::Internal | Refused::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What a rule of the house says: refusals are for people to read.
    fn of_domain(error: domain::Error) -> Refused {
        match error {
            domain::Error::NotFound => Refused::NotFound,
            domain::Error::Refused { code, hint, .. } => {
                Refused::Wrong(if hint.is_empty() { code.to_owned() } else { hint })
            }
            domain::Error::Swept | domain::Error::Collided(_) => {
                Refused::Wrong("something else was faster, and nothing was changed: try again".to_owned())
            }
            domain::Error::Db(error) => rules::failed(error),
            domain::Error::Platform(error) => Refused::Outside(error.to_string()),
        }
    }
}

impl From<jobs::steer::SteerError> for Refused {
    fn from(error: jobs::steer::SteerError) -> Self {
        match error {
            jobs::steer::SteerError::Refused(text) => Refused::Wrong(text),
            jobs::steer::SteerError::Database(error) => Refused::Database(error),
        }
    }
}

type Result<T> = std::result::Result<T, Refused>;
