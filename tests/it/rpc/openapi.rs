//! The document: valid to others, complete, and good enough to generate a client from.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use tests::{app::TestApp, node, person::PASSWORD};

#[tokio::test]
async fn the_document_is_valid_and_lists_every_method() {
    let app = TestApp::start().await;
    let document = app.anonymous().get("/api/main/doc/openapi.json").await.ok();
    for method in api::methods::ALL {
        let operation = &document["paths"][format!("/{}", method.name)]["post"];
        assert!(operation["summary"].is_string(), "{} has no summary", method.name);
        let ok = &operation["responses"];
        assert!(ok["200"].is_object() || ok["204"].is_object(), "{} has no result", method.name);
    }
    let file = write(&app, &document);
    let said = node::run("openapi/validate.mjs", &[&file.display().to_string()]).await;
    assert!(said.starts_with("valid 3.0"), "{said}");
}

#[tokio::test]
async fn every_field_is_described() {
    let document = api::openapi::document();
    let mut bare = vec![];
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        for (field, shape) in schema["properties"].as_object().into_iter().flatten() {
            if !described(shape) {
                bare.push(format!("{name}.{field}"));
            }
        }
    }
    assert!(bare.is_empty(), "fields without a description: {bare:?}");
}

fn described(shape: &Json) -> bool {
    shape["description"].is_string()
        || shape["allOf"].as_array().is_some_and(|all| all.iter().any(|s| s["description"].is_string()))
}

#[tokio::test]
async fn a_generated_client_compiles_and_logs_in() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let document = app.anonymous().get("/api/main/doc/openapi.json").await.ok();
    let file = write(&app, &document);
    // Beside the node modules, so that imports resolve; a folder per run, so that runs do not meet.
    let folder = tempfile::tempdir_in(node::directory().join("openapi")).expect("a folder");
    let schema = folder.path().join("schema.d.ts");
    node::tool("openapi-typescript", &[path(&file), "--output".to_owned(), path(&schema)]).await;
    for name in ["login.ts", "tsconfig.json"] {
        std::fs::copy(node::directory().join("openapi").join(name), folder.path().join(name))
            .expect("copies");
    }
    node::tool("tsc", &["-p".to_owned(), path(folder.path())]).await;
    let script = path(&folder.path().join("login.js"));
    let said = node::run(&script, &[&app.base, &ana.email, PASSWORD]).await;
    assert_eq!(said.trim(), "ana");
}

fn write(app: &TestApp, document: &Json) -> PathBuf {
    let file = app.directory().join("openapi.json");
    std::fs::write(&file, document.to_string()).expect("writes");
    file
}

fn path(path: &Path) -> String {
    path.display().to_string()
}
