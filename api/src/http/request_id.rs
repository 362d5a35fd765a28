//! Every request has an id: in the log, in the answer, in the jobs it leaves.

use futures_util::FutureExt;
use platform::trace;
use poem::{
    Endpoint, IntoResponse, PathPattern, Request, Response,
    http::{HeaderValue, Method, StatusCode},
};
use std::{fmt, panic::AssertUnwindSafe, sync::Arc, time::Instant};
use tracing::{Instrument, Span};

/// The header that carries the id both ways.
pub const HEADER: &str = "x-request-id";
/// Asked every few seconds, by machines.
const UNTRACED: [&str; 3] = ["/livez", "/readyz", "/metrics"];
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
pub async fn give<E: Endpoint>(next: Arc<E>, mut request: Request) -> poem::Result<Response> {
    let started = Instant::now();
    let id = RequestId::accept(request.header(HEADER));
    request.set_data(id.clone());
    let method = request.method().clone();
    let traceparent = trace::admit(request.header("traceparent"));
    let traceparent = traceparent.as_deref();
    let span = tracing::info_span!("http", otel.kind = "server", traceparent, request = %id);
    if UNTRACED.contains(&request.uri().path()) {
        trace::leave_out(&span);
    }
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
    tell(&span, &method, &response);
    let timing = format!("total;dur={:.6}", started.elapsed().as_secs_f64());
    for (name, value) in [(HEADER, id.0), ("server-timing", timing)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

/// What the span says of the request: never the path itself or the query, in which ids and tokens stand.
fn tell(span: &Span, method: &Method, response: &Response) {
    let route = response.data::<PathPattern>().map(|pattern| Arc::clone(&pattern.0));
    let status = response.status();
    // Others are words of strangers.
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS];
    let method = if known.contains(method) { method.as_str() } else { "_OTHER" };
    trace::set(span, "http.request.method", method);
    trace::set(span, "http.response.status_code", i64::from(status.as_u16()));
    if let Some(route) = &route {
        trace::set(span, "http.route", &**route);
    }
    trace::rename(span, || match route {
        Some(route) => format!("{method} {route}"),
        None => method.to_owned(),
    });
    if status.is_server_error() {
        trace::fail(span, status.as_str());
    }
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
