//! Over the list of methods, not from memory.

use api::{methods::ALL, rpc::method::Access};
use serde_json::{Value as Json, json};
use std::sync::LazyLock;
use tests::app::TestApp;

#[tokio::test]
async fn strangers_are_refused_before_their_params_are_read() {
    let app = TestApp::start().await;
    for method in ALL.iter().filter(|m| m.access != Access::Public) {
        let answer = app.anonymous().call(method.name, json!({"nonsense": true})).await;
        assert_eq!(answer.failure(), "401 authentication/authentication-required", "{}", method.name);
    }
}

#[tokio::test]
async fn nonsense_is_refused_with_every_field_named() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    for method in ALL {
        let required = required_fields(method.name);
        if required.is_empty() {
            continue;
        }
        let answer = ana.call(method.name, json!({})).await;
        assert_eq!(answer.failure(), "400 validation/params-validation", "{}", method.name);
        let explain = answer.json()["explain"].as_str().unwrap_or_default().to_owned();
        for field in required {
            assert!(explain.contains(&field), "{}: {field} is not named in {explain}", method.name);
        }
    }
}

#[tokio::test]
async fn json_and_transit_refuse_alike() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let empty = transit::value::Value::Map(vec![]);
    for method in ALL.iter().filter(|m| !required_fields(m.name).is_empty()) {
        let json = ana.call(method.name, json!({})).await;
        let transit = ana.call_transit(method.name, &empty).await;
        assert_eq!(json.status, transit.status, "{}", method.name);
        assert_eq!(transit.header("content-type"), "application/transit+json", "{}", method.name);
        assert_eq!(transit.transit().to_json()["code"], json.json()["code"], "{}", method.name);
    }
}

/// Made once: it is large.
static DOCUMENT: LazyLock<Json> = LazyLock::new(api::openapi::document);

/// What the document says a method must be given.
fn required_fields(name: &str) -> Vec<String> {
    let document = &*DOCUMENT;
    let body = &document["paths"][format!("/{name}")]["post"]["requestBody"]["content"];
    let schema = ["application/json", "multipart/form-data"]
        .iter()
        .map(|kind| &body[*kind]["schema"])
        .find(|s| !s.is_null());
    let Some(schema) = schema else { return vec![] };
    let schema = match schema["$ref"].as_str() {
        Some(path) => document.pointer(path.trim_start_matches('#')).expect("a schema"),
        None => schema,
    };
    let fields = schema["required"].as_array().cloned().unwrap_or_default();
    fields.iter().filter_map(|f| f.as_str().map(str::to_owned)).collect()
}
