//! Templates of an installation.

use serde_json::json;
use tests::app::{Settings, TestApp};

#[tokio::test]
async fn templates_are_the_archives_of_a_directory() {
    let directory = tempfile::tempdir().expect("a directory");
    for name in ["wireframing-kit.penpot", "avataaars.penpot", "notes.txt", "Odd Name.penpot", ".penpot"] {
        std::fs::write(directory.path().join(name), b"PK").expect("writes");
    }
    std::fs::create_dir(directory.path().join("folder.penpot")).expect("makes");
    let path = directory.path().display().to_string();
    let app = TestApp::with(Settings::default().set("ATELIER_TEMPLATES_DIRECTORY", &path)).await;
    let ana = app.person("ana").await;
    let listed = ana.call("get-builtin-templates", json!({})).await.ok();
    let wanted = json!([
        {"id": "avataaars", "name": "Avataaars"},
        {"id": "wireframing-kit", "name": "Wireframing kit"},
    ]);
    assert_eq!(listed, wanted);
    let checked = async || {
        let checks = app.app.examine(true).await;
        checks.into_iter().find(|check| check.name == "templates").expect("is looked at").result
    };
    assert_eq!(checked().await, Ok(path));
    // A page should not go because a directory did; whoever runs it is told.
    drop(directory);
    assert!(checked().await.is_err());
    assert_eq!(ana.call("get-builtin-templates", json!({})).await.ok(), json!([]));
}

#[tokio::test]
async fn without_a_directory_there_are_none() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    assert_eq!(ana.call("get-builtin-templates", json!({})).await.ok(), json!([]));
}
