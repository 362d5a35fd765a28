//! A schema as a table of fields.

use crate::http::html::{escape, prose};
use serde_json::Value;
use std::fmt::Write;

/// Types within types shown inline; what lies deeper is named only. Also ends types that contain themselves.
const DEPTH_MAX: usize = 2;

/// The fields of a schema, or its type when it has none.
pub fn table(document: &Value, schema: &Value) -> String {
    fields(document, schema, 0)
}

fn fields(document: &Value, schema: &Value, depth: usize) -> String {
    let schema = resolve(document, schema);
    if let Some(choices) = schema["anyOf"].as_array() {
        let tables: Vec<String> = choices.iter().map(|choice| fields(document, choice, depth)).collect();
        return tables.join("<p>or</p>");
    }
    if schema["type"] == "array" {
        return format!("<p>A list of:</p>{}", fields(document, &schema["items"], depth));
    }
    let Some(properties) = schema["properties"].as_object().filter(|p| !p.is_empty()) else {
        let what = if schema["type"] == "object" { "No fields.".to_owned() } else { kind(document, schema) };
        return format!("<p>{what}</p>");
    };
    let mut out = String::from("<table><tbody>");
    for (name, property) in properties {
        let needed = schema["required"].as_array().is_some_and(|r| r.iter().any(|field| field == name));
        let mark = if needed { "" } else { " <i>optional</i>" };
        let _ = write!(
            out,
            "<tr><th scope=\"row\"><code>{}</code></th><td><code>{}</code>{mark}<br>{}{}</td></tr>",
            escape(name),
            kind(document, property),
            prose(description(document, property)),
            inner(document, property, depth),
        );
    }
    out.push_str("</tbody></table>");
    out
}

/// The fields of a field, when it has any.
fn inner(document: &Value, property: &Value, depth: usize) -> String {
    let schema = element(document, property);
    if depth >= DEPTH_MAX || schema["properties"].as_object().is_none_or(serde_json::Map::is_empty) {
        return String::new();
    }
    format!("<details><summary>Fields</summary>{}</details>", fields(document, schema, depth + 1))
}

/// What a list is a list of; anything else is itself.
fn element<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = resolve(document, schema);
    if schema["type"] == "array" { resolve(document, &schema["items"]) } else { schema }
}

/// Follows a reference, alone or with a description beside it.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
    reference.and_then(|path| document.pointer(path.trim_start_matches('#'))).unwrap_or(schema)
}

fn description<'a>(document: &'a Value, property: &'a Value) -> &'a str {
    let beside = property["allOf"].as_array().into_iter().flatten().map(|part| text(&part["description"]));
    let own = std::iter::once(text(&property["description"])).chain(beside).find(|d| !d.is_empty());
    own.unwrap_or_else(|| text(&resolve(document, property)["description"]))
}

/// A type in a few words, with its bounds.
fn kind(document: &Value, property: &Value) -> String {
    let schema = resolve(document, property);
    let mut words = vec![match (text(&schema["type"]), text(&schema["format"])) {
        ("array", _) if schema["uniqueItems"] == true => {
            format!("set of {}", kind(document, &schema["items"]))
        }
        ("array", _) => format!("list of {}", kind(document, &schema["items"])),
        ("string", "binary") => "file".to_owned(),
        ("" | "object", "") => escape(schema["title"].as_str().unwrap_or("object")),
        (ty, "" | "opaque") if !ty.is_empty() => escape(ty),
        (_, format) => escape(format),
    }];
    if let Some(choices) = schema["enum"].as_array() {
        words.push(escape(&choices.iter().map(text).collect::<Vec<_>>().join(" | ")));
    }
    for (key, label) in [("minLength", "at least"), ("maxLength", "at most")] {
        if let Some(bound) = schema[key].as_u64() {
            words.push(format!("{label} {bound} characters"));
        }
    }
    for (key, label) in [("minimum", "≥"), ("maximum", "≤")] {
        if let Some(bound) = schema[key].as_f64() {
            words.push(format!("{label} {bound}"));
        }
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        words.push(format!("like {}", escape(pattern)));
    }
    words.join(", ")
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
