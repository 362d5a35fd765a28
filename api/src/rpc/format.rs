//! Which bytes the caller wants, and how an answer becomes them.

use super::{
    error::Error,
    reply::{JSON, TRANSIT, Typed},
};
use crate::wire::{
    attach,
    emit::Emit,
    encoded::Encoded,
    shape::{Id, Shapes},
};
use poem::{
    Request, Response, ResponseBuilder,
    http::{HeaderName, HeaderValue, StatusCode, header},
};
use transit::value::Value;

/// How many calls are left, by the names of limits.
const REMAINING: &str = "x-rate-limit-remaining";
/// When there are more, seconds since 1970, by the names of limits.
const RESET: &str = "x-rate-limit-reset";

/// The encoding of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON with camelCase keys.
    Json,
    /// Compact transit.
    Transit,
    /// Transit without cache codes.
    TransitVerbose,
}

impl Format {
    /// What this request asks for: `?_fmt=json`, else `Accept`; transit when that names neither.
    pub fn of(request: &Request, always_verbose: bool) -> Self {
        let query = request.uri().query().unwrap_or("");
        let accept = request.header(header::ACCEPT).unwrap_or("");
        if query.split('&').any(|part| part == "_fmt=json")
            || (accept.contains(JSON) && !accept.contains(TRANSIT))
        {
            Format::Json
        } else if always_verbose || query.contains("transit_verbose") {
            Format::TransitVerbose
        } else {
            Format::Transit
        }
    }

    fn content_type(self) -> &'static str {
        if self == Format::Json { JSON } else { TRANSIT }
    }

    fn value(self, value: &Value) -> Vec<u8> {
        match self {
            Format::Json => value.to_json().to_string().into_bytes(),
            Format::Transit => transit::write(value),
            Format::TransitVerbose => transit::write_verbose(value),
        }
    }

    /// A typed answer; none for nil.
    pub(super) fn typed(self, shapes: &Shapes, shape: Id, value: &dyn Typed) -> Option<Encoded> {
        if self == Format::Json {
            let (json, documents) = attach::json_scope(|| value.json());
            return (!json.is_null()).then(|| Encoded::json(json.to_string(), documents));
        }
        let (json, table) = attach::scope(attach::Table::new(), || value.json());
        let verbose = self == Format::TransitVerbose;
        (!json.is_null()).then(|| Emit::new(shapes, &table).document(shape, &json, verbose))
    }
}

/// The head of an answer in a format.
pub(super) fn head(format: Format, status: StatusCode) -> ResponseBuilder {
    Response::builder().status(status).content_type(format.content_type()).header(header::VARY, "accept")
}

/// An answer that is for one caller: nobody keeps it, but for who asks whether it still holds, and no browser takes it
/// for something else.
pub(super) fn private(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    let kept = if headers.contains_key(header::ETAG) { "private, no-cache" } else { "no-store" };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(kept));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// The answer to a failed call. `verbs`: what the method answers, for a refusal of others.
pub fn error(format: Format, error: &Error, verbs: &'static str) -> Response {
    let mut response = head(format, error.fault().status()).body(format.value(&error.to_value()));
    let headers = response.headers_mut();
    match error.fault().status() {
        StatusCode::METHOD_NOT_ALLOWED => {
            headers.insert(header::ALLOW, HeaderValue::from_static(verbs));
        }
        StatusCode::TOO_MANY_REQUESTS => {
            headers.insert(header::RETRY_AFTER, error.wait().map_or(1, |wait| wait.seconds).into());
            let levels = error.wait().map(|wait| [(REMAINING, &wait.remaining), (RESET, &wait.reset)]);
            for (name, text) in levels.into_iter().flatten().filter(|(_, text)| !text.is_empty()) {
                headers.extend(HeaderValue::try_from(text).map(|text| (HeaderName::from_static(name), text)));
            }
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            headers.insert(header::RETRY_AFTER, error.wait().map_or(1, |wait| wait.seconds).into());
        }
        _ => {}
    }
    response
}

/// The answer to a caller who already has it.
pub fn not_modified() -> Response {
    Response::builder().status(StatusCode::NOT_MODIFIED).header(header::VARY, "accept").finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uri: &'static str, accept: &str) -> Format {
        Format::of(&Request::builder().uri_str(uri).header("accept", accept).finish(), false)
    }

    #[test]
    fn json_only_when_asked_for() {
        assert_eq!(of("/x", ""), Format::Transit);
        assert_eq!(of("/x", "*/*"), Format::Transit);
        assert_eq!(of("/x", "application/json"), Format::Json);
        assert_eq!(of("/x", "application/json, application/transit+json"), Format::Transit);
        assert_eq!(of("/x?_fmt=json", "application/transit+json"), Format::Json);
        assert_eq!(of("/x?transit_verbose", ""), Format::TransitVerbose);
    }
}
