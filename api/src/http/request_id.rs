//! Every request has an id: in the log, in the answer, in the jobs it leaves.

use futures_util::FutureExt;
use poem::{
    Endpoint, IntoResponse, Request, Response,
    http::{HeaderValue, StatusCode},
};
use std::{fmt, panic::AssertUnwindSafe, time::Instant};
use tracing::Instrument;

/// The header that carries the id both ways.
pub const HEADER: &str = "x-request-id";
/// Longer ids of callers are replaced.
const LENGTH_MAX: usize = 128;

/// The id of a request: the caller's, when it is a plain word, else a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The id that was given to this request.
    pub fn of(request: &Request) -> RequestId {
        request.data::<RequestId>().cloned().unwrap_or_else(|| Self::accept(request.header(HEADER)))
    }

    fn accept(wanted: Option<&str>) -> RequestId {
        let plain = |id: &&str| {
            let word = |c: u8| c.is_ascii_alphanumeric() || b"-_.".contains(&c);
            (1..=LENGTH_MAX).contains(&id.len()) && id.bytes().all(word)
        };
        RequestId(wanted.filter(plain).map_or_else(|| platform::ids::random_id().to_string(), str::to_owned))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Gives a request its id, and tells it and the time taken in the answer's headers.
///
/// # Errors
/// None: what no route knows is answered here, with an empty 404.
pub async fn give<E: Endpoint>(next: std::sync::Arc<E>, mut request: Request) -> poem::Result<Response> {
    let started = Instant::now();
    let id = RequestId::accept(request.header(HEADER));
    request.set_data(id.clone());
    let span = tracing::info_span!("http", request = %id);
    let called = AssertUnwindSafe(next.call(request)).catch_unwind().instrument(span.clone()).await;
    let mut response = match called {
        Ok(Ok(answer)) => answer.into_response(),
        Ok(Err(error)) => Response::builder().status(error.status()).finish(),
        // What it says is in the log: see `platform::log`.
        Err(_) => {
            span.in_scope(|| tracing::error!("a request panicked"));
            StatusCode::INTERNAL_SERVER_ERROR.into()
        }
    };
    let timing = format!("total;dur={:.6}", started.elapsed().as_secs_f64());
    for (name, value) in [(HEADER, id.0), ("server-timing", timing)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_words_are_taken() {
        assert_eq!(RequestId::accept(Some("abc-1")).to_string(), "abc-1");
        for bad in [None, Some(""), Some("a b"), Some("a\"b"), Some("a".repeat(129).as_str())] {
            assert_eq!(RequestId::accept(bad).to_string().len(), 36, "{bad:?}");
        }
    }
}
