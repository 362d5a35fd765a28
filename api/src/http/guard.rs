//! Checks that need no more than headers, each behind the flag that Penpot has for it.

use crate::State;
use platform::config::Config;
use poem::{
    Endpoint, IntoResponse, Request, Response,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};
use std::{pin::Pin, sync::Arc};

/// Where methods are called.
const METHODS: [&str; 2] = ["/api/main/methods/", "/api/rpc/"];
const ALLOWED_METHODS: HeaderValue = HeaderValue::from_static("GET,POST,DELETE,OPTIONS,PUT,HEAD,PATCH");
const ALLOWED_HEADERS: HeaderValue =
    HeaderValue::from_static("x-frontend-version, x-client, content-type, accept");

/// What a request is told before anything else looks at it.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// Go on.
    Pass,
    /// 403 without a body.
    Forbidden,
    /// A browser asks whether it may: 204.
    Preflight,
}

type Answer = Pin<Box<dyn Future<Output = poem::Result<Response>> + Send>>;

/// The middleware.
pub fn new<E: Endpoint + 'static>(
    state: &State,
) -> impl Fn(Arc<E>, Request) -> Answer + Send + Sync + 'static {
    let config = Arc::clone(&state.app.config);
    move |next, request| {
        let config = Arc::clone(&config);
        Box::pin(async move {
            let is_method = METHODS.iter().any(|path| request.uri().path().starts_with(path));
            let origin = request.headers().get(header::ORIGIN).cloned();
            let mut response = match verdict(&config, &request, is_method) {
                Verdict::Pass => next.call(request).await?.into_response(),
                Verdict::Forbidden => StatusCode::FORBIDDEN.into(),
                Verdict::Preflight => StatusCode::NO_CONTENT.into(),
            };
            if is_method && has_cors(&config) {
                share(&config, origin, response.headers_mut());
            }
            Ok(response)
        })
    }
}

fn verdict(config: &Config, request: &Request, is_method: bool) -> Verdict {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let site = request.header("sec-fetch-site").unwrap_or_default();
    if config.flags.has("sec-fetch-metadata-middleware")
        && !safe
        && matches!(site, "same-site" | "cross-site")
    {
        return Verdict::Forbidden;
    }
    if is_method && has_cors(config) && request.method() == Method::OPTIONS {
        return Verdict::Preflight;
    }
    if is_method && config.flags.has("client-header-check-middleware") && request.header("x-client").is_none()
    {
        return Verdict::Forbidden;
    }
    Verdict::Pass
}

/// Without a list of origins nobody is let in.
fn has_cors(config: &Config) -> bool {
    config.flags.has("cors") && !config.http.allowed_origins.is_empty()
}

/// Lets a page of a listed origin read the answer.
fn share(config: &Config, origin: Option<HeaderValue>, headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    let listed = |origin: &HeaderValue| {
        config.http.allowed_origins.iter().any(|one| one.as_bytes() == origin.as_bytes())
    };
    let Some(origin) = origin.filter(listed) else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("content-type"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(flags: &str) -> Config {
        let vars =
            [("PENPOT_FLAGS", flags), ("PENPOT_ALLOWED_ORIGINS", "https://a.example https://b.example")];
        Config::from_vars(vars.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap()
    }

    fn ask(flags: &str, method: Method, headers: &[(&str, &str)]) -> Verdict {
        let request = headers.iter().fold(Request::builder().method(method), |r, (k, v)| r.header(*k, *v));
        verdict(&config(flags), &request.finish(), true)
    }

    #[test]
    fn each_check_has_its_flag() {
        let cross = [("sec-fetch-site", "cross-site")];
        assert_eq!(ask("", Method::POST, &cross), Verdict::Pass);
        assert_eq!(ask("enable-sec-fetch-metadata-middleware", Method::POST, &cross), Verdict::Forbidden);
        assert_eq!(ask("enable-sec-fetch-metadata-middleware", Method::GET, &cross), Verdict::Pass);
        assert_eq!(ask("enable-client-header-check-middleware", Method::POST, &[]), Verdict::Forbidden);
        assert_eq!(
            ask("enable-client-header-check-middleware", Method::POST, &[("x-client", "x")]),
            Verdict::Pass
        );
        assert_eq!(ask("enable-cors", Method::OPTIONS, &[]), Verdict::Preflight);
        assert_eq!(ask("", Method::OPTIONS, &[]), Verdict::Pass);
    }

    #[test]
    fn only_listed_origins_are_let_in() {
        let shared = |origin: &'static str| {
            let mut headers = HeaderMap::new();
            share(&config("enable-cors"), Some(HeaderValue::from_static(origin)), &mut headers);
            headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).cloned()
        };
        assert_eq!(shared("https://b.example"), Some(HeaderValue::from_static("https://b.example")));
        assert_eq!(shared("https://evil.example"), None);
    }
}
