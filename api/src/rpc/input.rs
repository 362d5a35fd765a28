//! Query, form, multipart, JSON or transit -> one value map, never more than the limits.

use super::{
    error::{Error, Fault, Result},
    limits::Limits,
};
use crate::{State, wire::attach::Table};
use domain::file::update::NAMED_FIELDS;
use futures_util::StreamExt;
use poem::{
    Body, Request,
    http::{Method, header},
};
use tokio::sync::OwnedSemaphorePermit;
use transit::{
    json,
    limits::{ReadError, Reason},
    value::Value,
};

mod entries;
mod multipart;

use entries::{malformed, push, too_large};

/// More fields than any method has params.
const FIELDS_MAX: usize = 200;

/// The params of a request, the files that came with them, and what its body takes of the budget for bodies in memory
/// until it has become params. Of two equal names the body's wins over the query's.
///
/// # Errors
/// `malformed-json`, `malformed-transit`, `malformed-multipart`, `malformed-body`, `unsupported-content-type`,
/// `request-body-too-large`, and `params-validation` when the body is no map.
pub async fn read(
    state: &State,
    request: &Request,
    body: Body,
    limits: &Limits,
    files: bool,
) -> Result<(Value, Table, Option<OwnedSemaphorePermit>)> {
    let mut params = form(request.uri().query().unwrap_or("").as_bytes())?;
    let (mut table, mut budget) = (Table::new(), None);
    if request.method() == Method::POST {
        let length = length(request);
        if length.is_some_and(|n| n > limits.body_bytes) {
            return Err(too_large());
        }
        // Of an upload no more than the text beside it is in memory; a body without a length may be as long as it can.
        let in_memory = if files { 0 } else { length.unwrap_or(limits.tree.bytes_max as u64) };
        budget = state.body_budget(in_memory).await;
        params.extend(fields(request, body, limits, files.then_some((state, &mut table))).await?);
    }
    Ok((Value::Map(params), table, budget))
}

/// The body's entries, whatever its form.
async fn fields(
    request: &Request,
    body: Body,
    limits: &Limits,
    files: Option<(&State, &mut Table)>,
) -> Result<Vec<(Value, Value)>> {
    let kind = request.content_type().unwrap_or("").to_ascii_lowercase();
    if kind.starts_with("multipart/form-data") {
        return multipart::read(request, body, limits, files).await;
    }
    let bytes = collect(body, limits.tree.bytes_max).await?;
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let value = if kind.starts_with("application/transit+json") {
        transit::read(&bytes, &limits.tree).map_err(|e| unreadable("malformed-transit", &e))?
    } else if kind.starts_with("application/json") {
        json::read_with_names(&bytes, &limits.tree, NAMED_FIELDS)
            .map_err(|e| unreadable("malformed-json", &e))?
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        Value::Map(form(&bytes)?)
    } else {
        let hint = "send application/json, application/transit+json or a form";
        return Err(Error::new(Fault::Validation, "unsupported-content-type").hint(hint));
    };
    match value {
        Value::Map(entries) => Ok(entries),
        _ => Err(malformed("params-validation", "the body must be a map")),
    }
}

fn length(request: &Request) -> Option<u64> {
    request.header(header::CONTENT_LENGTH)?.parse().ok()
}

/// The body as bytes; counts as it reads, because a chunked body has no length to trust.
async fn collect(body: Body, bytes_max: usize) -> Result<Vec<u8>> {
    let mut chunks = body.into_bytes_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|e| malformed("malformed-body", e))?;
        if bytes.len() + chunk.len() > bytes_max {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Percent-encoded pairs. Names may be camelCase or kebab-case.
fn form(bytes: &[u8]) -> Result<Vec<(Value, Value)>> {
    let mut entries = Vec::new();
    for (count, (name, value)) in url::form_urlencoded::parse(bytes).enumerate() {
        if count >= FIELDS_MAX {
            return Err(malformed("params-validation", format!("at most {FIELDS_MAX} fields")));
        }
        push(&mut entries, &name, Value::Str(value.into_owned()));
    }
    Ok(entries)
}

/// More than the limits allow is too large; nesting is a matter of form.
fn unreadable(code: &'static str, error: &ReadError) -> Error {
    match error.reason {
        Reason::TooLong(_) | Reason::TooMany(_) | Reason::TooExpanded(_) => {
            too_large().hint(error.to_string())
        }
        _ => malformed(code, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_repeats() {
        let entries = form(b"teamId=1&labels=a&labels=b%20c&labels=d e#f").unwrap();
        let text = |s: &str| Value::Str(s.into());
        assert_eq!(
            entries,
            vec![
                (Value::keyword("team-id"), text("1")),
                (Value::keyword("labels"), Value::Vec(vec![text("a"), text("b c"), text("d e#f")])),
            ]
        );
        assert_eq!(form(b"").unwrap(), Vec::new());
        assert!(form("a=1&".repeat(FIELDS_MAX + 1).as_bytes()).is_err());
    }
}
