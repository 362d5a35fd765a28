//! The main story with transit-js as the client: what we write is what others read.

use chrono::Duration;
use jobs::all::{
    objects_gc::ObjectsGc, storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched,
};
use tests::{app::TestApp, node, person::PASSWORD, picture};

#[tokio::test]
async fn the_story_over_transit() {
    let app = TestApp::start().await;
    let email = "ana@example.com";
    node::run("transit/story.mjs", &["register", &app.base, email, PASSWORD]).await;
    app.run_jobs().await;
    let token = app.mailed_token(email).await;
    let photo = app.directory().join("photo.jpg");
    std::fs::write(&photo, picture::jpeg(400, 300, 2)).expect("writes");
    let photo = photo.display().to_string();
    let said = node::run("transit/story.mjs", &["draw", &app.base, email, PASSWORD, &token, &photo]).await;
    assert!(said.contains("\"media\""), "{said}");
    assert_eq!(app.blobs().len(), 2);

    app.run_jobs().await;
    for days in [8, 9, 17] {
        app.run_job_later(ObjectsGc {}, Duration::days(days)).await;
        app.run_job_later(StorageGcTouched {}, Duration::days(days)).await;
        app.run_job_later(StorageGcDeleted {}, Duration::days(days)).await;
    }
    assert_eq!(app.blobs(), Vec::<String>::new());
}
