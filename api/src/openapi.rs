//! The OpenAPI document: poem-openapi's, plus what its types cannot say.

use crate::rpc::{
    catalog::{AllMethods, MethodList},
    openapi::Rpc,
};
use poem_openapi::OpenApiService;
use serde_json::{Map, Value, json};

const ABOUT: &str = "Every method answers POST with JSON (camelCase) or transit+json, by `Content-Type` and \
`Accept`. Methods named `get-…` answer GET too when their params fit into a query. A failed call answers with \
an `Error`; every code a method can give stands in its responses. Schemas tell JSON's shape; transit carries the \
same facts, tagged.";

/// The document of the methods for everybody. Building it takes some milliseconds.
pub fn document() -> Value {
    document_of::<AllMethods>()
}

/// The document of a list of methods, with where they are called as its server.
pub fn document_of<L: MethodList>() -> Value {
    let service = OpenApiService::new(Rpc::<L>::default(), "Atelier", env!("CARGO_PKG_VERSION"))
        .description(ABOUT)
        .server(L::BASE);
    let mut document: Value = serde_json::from_str(&service.spec()).unwrap_or_default();
    document["openapi"] = json!("3.0.3");
    for entry in L::catalog().entries {
        for operation in children(&mut document["paths"][format!("/{}", entry.name)]) {
            operation["x-since"] = json!(entry.since);
            operation["x-webhook"] = json!(entry.webhook);
        }
    }
    for schema in children(&mut document["components"]["schemas"]) {
        nullable(schema);
    }
    document
}

fn children(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    value.as_object_mut().into_iter().flat_map(Map::values_mut)
}

/// What may be left out may be null: an `Option` is not marked so by its type.
fn nullable(schema: &mut Value) {
    let required: Vec<Value> = schema["required"].as_array().cloned().unwrap_or_default();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        if required.iter().any(|r| r == name) {
            continue;
        }
        if property.get("$ref").is_some() {
            *property = json!({ "allOf": [property.take()], "nullable": true });
        } else if property.get("type").is_some() {
            property["nullable"] = json!(true);
        } else if property.get("allOf").is_some() {
            // `nullable` needs a `type` beside it to count, and these are all objects or names.
            property["nullable"] = json!(true);
        }
    }
    if schema.get("required").is_some_and(Value::is_null)
        && let Some(object) = schema.as_object_mut()
    {
        object.remove("required");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods;

    #[test]
    fn every_method_is_whole() {
        let document = document();
        for entry in methods::ALL {
            let post = &document["paths"][format!("/{}", entry.name)]["post"];
            assert_eq!(post["operationId"], entry.name);
            assert_eq!(post["summary"], entry.summary);
            assert_eq!(post["tags"], json!([entry.subject]));
            assert!(post["requestBody"]["content"].is_object(), "{}", entry.name);
            let ok = ["200", "204"].iter().any(|status| post["responses"][status].is_object());
            assert!(ok, "{} has no result", entry.name);
            assert!(post["responses"]["500"].is_object(), "{} has no errors", entry.name);
        }
    }

    #[test]
    fn every_field_is_described() {
        let document = document();
        let described = |p: &Value| {
            let parts = p["allOf"].as_array().into_iter().flatten();
            p["description"].is_string() || parts.into_iter().any(|part| part["description"].is_string())
        };
        let mut bare = Vec::new();
        for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
            let fields = schema["properties"].as_object().into_iter().flatten();
            bare.extend(fields.filter(|(_, p)| !described(p)).map(|(field, _)| format!("{name}.{field}")));
        }
        assert_eq!(bare, Vec::<String>::new());
    }
}
