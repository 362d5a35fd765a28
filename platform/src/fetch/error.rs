//! Why nothing was downloaded.

use std::error::Error as _;

use super::resolver::NotPublic;

/// What went wrong with a download. No message holds anything that the other side sent, except its status and the
/// media type, nor the address a name stands for.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address, or one it redirects to, is none that users may make us ask.
    #[error("the address cannot be used: {reason}")]
    Blocked {
        /// What is wrong with it; does not repeat the address.
        reason: &'static str,
    },
    /// The answer does not say how long it is, or not as a number.
    #[error("the size of the download is unknown")]
    UnknownSize,
    /// The answer is of a type that was not asked for.
    #[error("the type {mtype} is not accepted")]
    NotAllowedType {
        /// The media type, lower case, without parameters, at most 127 characters.
        mtype: String,
    },
    /// The answer says that it is larger than allowed.
    #[error("the download is larger than {bytes_max} bytes")]
    TooLarge {
        /// The limit, bytes.
        bytes_max: u64,
    },
    /// The other side cannot be reached, refused, took too long, or broke off.
    #[error("the download failed: {reason}")]
    Failed {
        /// What happened, in words.
        reason: String,
        /// What the HTTP client says about it, without the address.
        source: Option<reqwest::Error>,
    },
    /// The bytes cannot be kept on disk.
    #[error("the download cannot be kept: {0}")]
    Io(#[from] std::io::Error),
}

impl FetchError {
    pub(super) const fn blocked(reason: &'static str) -> FetchError {
        FetchError::Blocked { reason }
    }

    /// One text for names and numbers, so that nobody learns what a name stands for in here.
    pub(super) const fn not_public() -> FetchError {
        FetchError::blocked("it is not a public one")
    }

    pub(super) const fn too_long() -> FetchError {
        FetchError::blocked("it is too long")
    }

    pub(super) fn failed(reason: impl Into<String>) -> FetchError {
        FetchError::Failed { reason: reason.into(), source: None }
    }
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> FetchError {
        let mut cause = error.source();
        while let Some(found) = cause {
            if found.is::<NotPublic>() {
                return FetchError::not_public();
            }
            cause = found.source();
        }
        let reason = if error.is_timeout() {
            "no answer in time"
        } else if error.is_dns() {
            "the name is unknown"
        } else if error.is_connect() {
            "no connection"
        } else if error.is_builder() {
            "there is no HTTP client"
        } else {
            "the answer is broken or broke off"
        };
        // Addresses may hold secrets in their query, and errors are logged.
        FetchError::Failed { reason: reason.to_owned(), source: Some(error.without_url()) }
    }
}
