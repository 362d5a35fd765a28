//! Drawings: what neither acts nor loads from outside looks as it was drawn, and nothing else is left of them.

use std::{collections::BTreeMap, path::Path};

use platform::config::environment;
use serde_json::Value as Json;
use tests::{app::TestApp, node, person::Person};

use crate::dashboard::browser::chromium;

/// Drawings by their names, as a script prints them.
async fn printed(script: &str) -> BTreeMap<String, String> {
    serde_json::from_str(&node::run(script, &[]).await).expect("drawings by name")
}

/// A drawing as it is served after it was sent, and what its sender was told of it.
async fn through(ana: &Person, file: &Json, drawing: &[u8]) -> (Vec<u8>, Json) {
    let media = ana.upload_picture(&file["id"], "d.svg", "image/svg+xml", drawing.to_vec()).await.ok();
    let served = ana.get(&format!("/assets/by-file-media-id/{}", media["id"].as_str().expect("id"))).await;
    (served.bytes, media["removed"].clone())
}

/// Keeps a drawing as it was sent and as it is served, for the browser.
fn keep(folder: &Path, name: &str, before: &[u8], after: &[u8]) {
    for (side, bytes) in [("before", before), ("after", after)] {
        std::fs::create_dir_all(folder.join(side)).expect("a folder");
        std::fs::write(folder.join(side).join(format!("{name}.svg")), bytes).expect("a file");
    }
}

/// What the browser finds wrong with all that was kept.
async fn seen(mode: &str, folder: &Path) -> String {
    let folder = folder.display().to_string();
    node::run("drawings/draw.mjs", &[mode, &chromium(), &folder]).await.trim().to_owned()
}

#[tokio::test]
async fn what_neither_acts_nor_loads_looks_as_it_was_drawn() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let folder = tempfile::tempdir().expect("a folder");
    for (name, drawing) in printed("drawings/cases.mjs").await {
        let (served, removed) = through(&ana, &file, drawing.as_bytes()).await;
        assert_eq!(String::from_utf8_lossy(&served), drawing, "{name}: {removed}");
        keep(folder.path(), &name, drawing.as_bytes(), &served);
    }
    assert_eq!(seen("same", folder.path()).await, "");
    // `make drawings` installs collections; without them the own ones are what is drawn.
    if let Some(collections) = environment().remove("ATELIER_TEST_DRAWINGS") {
        collections_look_as_they_were_drawn(&ana, &file, Path::new(&collections)).await;
    }
}

#[tokio::test]
async fn nothing_is_left_that_acts_or_loads() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let folder = tempfile::tempdir().expect("a folder");
    for (name, drawing) in printed("drawings/vectors.mjs").await {
        let answer =
            ana.upload_picture(&file["id"], &name, "image/svg+xml", drawing.clone().into_bytes()).await;
        // What a document type adds cannot be taken out of it.
        if name == "handler-attlist" {
            assert_eq!(answer.failure(), "400 validation/unable-to-parse-svg");
            continue;
        }
        let media = answer.ok();
        assert!(media["removed"].as_array().is_some_and(|removed| !removed.is_empty()), "{name}: {media}");
        let path = format!("/assets/by-file-media-id/{}", media["id"].as_str().expect("id"));
        keep(folder.path(), &name, drawing.as_bytes(), &ana.get(&path).await.bytes);
    }
    assert_eq!(seen("acts", folder.path()).await, "");
}

#[tokio::test]
async fn no_handler_that_the_browser_knows_is_left() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let folder = tempfile::tempdir().expect("a folder");
    let handlers = seen("handlers", folder.path()).await;
    assert!(handlers.lines().count() > 100, "{handlers}");
    let attributes: String = handlers.lines().map(|name| format!(" {name}=\"x\"")).collect();
    let drawing = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" one=\"x\"{attributes}/>");
    let (served, _) = through(&ana, &file, drawing.as_bytes()).await;
    // Even a single word goes under these names; under others it is no script.
    let kept = String::from_utf8_lossy(&served).into_owned();
    assert_eq!(kept, "<svg xmlns=\"http://www.w3.org/2000/svg\" one=\"x\"/>");
}

#[tokio::test]
async fn what_went_is_told_to_the_sender_and_to_the_audit_log() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let drawing =
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/><g onload='x()'/><g onload='y()'/>\xc3\xa9</svg>";
    let (served, removed) = through(&ana, &file, drawing).await;
    assert_eq!(String::from_utf8_lossy(&served), "<svg xmlns='http://www.w3.org/2000/svg'><g/><g/>é</svg>");
    assert_eq!(removed, serde_json::json!(["<script>", "onload"]));
    let sql = "SELECT props->'removed' FROM audit_log WHERE name = 'upload-file-media-object'";
    let told: Json = sqlx::query_scalar(sql).fetch_one(&app.app.pool).await.expect("an event");
    assert_eq!(told, serde_json::json!(["1 × <script>", "2 × onload"]));
    let (_, removed) = through(&ana, &file, b"<svg xmlns='http://www.w3.org/2000/svg'/>").await;
    assert_eq!(removed, Json::Null, "nothing is said when all of it stayed");
}

#[tokio::test]
async fn pictures_and_fonts_that_a_drawing_brings_along_are_shown() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let drawing = b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec();
    let media = ana.upload_picture(&file["id"], "d.svg", "image/svg+xml", drawing).await.ok();
    let served = ana.get(&format!("/assets/by-file-media-id/{}", media["id"].as_str().expect("id"))).await;
    let policy = served.header("content-security-policy");
    for part in ["default-src 'none'", "img-src data:;", "font-src data:;", "sandbox"] {
        assert!(policy.contains(part), "{policy}");
    }
}

async fn collections_look_as_they_were_drawn(ana: &Person, file: &Json, collections: &Path) {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut count, mut changed) = (0, Vec::new());
    for entry in std::fs::read_dir(collections).expect("a folder of drawings") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let before = std::fs::read(&path).expect("a drawing");
        let (after, removed) = through(ana, file, &before).await;
        if after != before {
            changed.push(format!("{name}: {removed}"));
        }
        keep(folder.path(), &name, &before, &after);
        count += 1;
    }
    println!("{count} drawings; {} have other bytes: {changed:#?}", changed.len());
    assert!(count >= 300, "{count}");
    assert_eq!(seen("many", folder.path()).await, "");
}
