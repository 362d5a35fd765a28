//! Query, form, multipart, JSON or transit -> one value map, never more than the limits.

use super::{
    budget::Portion,
    error::{Error, Fault, Result},
    limits::Limits,
};
use crate::wire::attach::Table;
use domain::file::update::NAMED_FIELDS;
use futures_util::StreamExt;
use poem::{
    Body, Request,
    http::{Method, header},
};
use transit::{
    json,
    limits::{ReadError, Reason},
    value::Value,
};

mod entries;
mod multipart;
mod sender;

pub use sender::Sender;

use entries::{malformed, push, too_large};

/// More fields than any method has params.
const FIELDS_MAX: usize = 200;

/// The params of a request, the files that came with them, and the memory that its body takes until it has become
/// params. Of two equal names the body's wins over the query's.
///
/// # Errors
/// `malformed-json`, `malformed-transit`, `malformed-multipart`, `malformed-body`, `unsupported-content-type`,
/// `request-body-too-large`, and `params-validation` when the body is no map.
pub async fn read(
    sender: Sender<'_>,
    request: &Request,
    body: Body,
    limits: &Limits,
) -> Result<(Value, Table, Portion)> {
    let mut params = form(request.uri().query().unwrap_or("").as_bytes())?;
    let (mut table, mut room) = (Table::new(), sender.state.bodies.portion(sender.profile));
    if request.method() == Method::POST {
        if length(request).is_some_and(|n| n > limits.body_bytes) {
            return Err(too_large());
        }
        let kind = request.content_type().unwrap_or("").to_ascii_lowercase();
        params.extend(if kind.starts_with("multipart/form-data") {
            multipart::read(sender, request, body, limits, (&mut table, &mut room)).await?
        } else {
            fields(&kind, body, limits, &mut room).await?
        });
    }
    Ok((Value::Map(params), table, room))
}

/// The entries of a body of text, whatever its form.
async fn fields(kind: &str, body: Body, limits: &Limits, room: &mut Portion) -> Result<Vec<(Value, Value)>> {
    let bytes = collect(body, limits.tree.bytes_max, room).await?;
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
async fn collect(body: Body, bytes_max: usize, room: &mut Portion) -> Result<Vec<u8>> {
    let mut chunks = body.into_bytes_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|e| malformed("malformed-body", e))?;
        if bytes.len() + chunk.len() > bytes_max {
            return Err(too_large());
        }
        room.grow(chunk.len()).await?;
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
