//! The whole idea, once: sign up, draw, delete, and durable jobs do the rest until the bytes are gone.

use chrono::Duration;
use jobs::all::{
    objects_gc::ObjectsGc, storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched,
};
use serde_json::json;
use tests::{app::TestApp, picture};

#[tokio::test]
async fn a_picture_lives_and_its_bytes_end() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Poster").await;
    let file = ana.file_in(&project["id"], "Sketch").await;

    let media =
        ana.upload_picture(&file["id"], "photo.jpg", "image/jpeg", picture::jpeg(640, 480, 1)).await.ok();
    assert_eq!((media["width"].as_i64(), media["height"].as_i64()), (Some(640), Some(480)));
    assert_eq!(app.blobs().len(), 2, "the picture and its thumbnail");

    let thumbnail = ana.get(&format!("/assets/by-file-media-id/{}/thumbnail", text(&media["id"]))).await;
    assert_eq!((thumbnail.status.as_u16(), thumbnail.header("content-type")), (200, "image/jpeg"));
    let small = image::load_from_memory(&thumbnail.bytes).expect("a picture");
    assert_eq!((small.width(), small.height()), (100, 75));

    ana.call("delete-file", json!({"id": file["id"]})).await.ok();
    assert_eq!(
        ana.call("get-file", json!({"id": file["id"]})).await.failure(),
        "404 not-found/object-not-found"
    );
    app.run_jobs().await;
    assert_eq!(app.blobs().len(), 2, "a deleted file can be restored until its purge");

    // Nothing is due yet: today's sweeps must leave it alone.
    sweep(&app, Duration::zero()).await;
    assert_eq!(app.blobs().len(), 2);
    // The file's week passes; its pictures are found unused a day later; then their own week passes.
    for days in [8, 9, 17] {
        sweep(&app, Duration::days(days)).await;
    }
    assert_eq!(app.blobs(), Vec::<String>::new(), "no byte is left");
    assert_eq!(app.count("SELECT count(*) FROM storage_object").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM file").await, 0);
}

/// All sweeps, as if this much time had passed.
async fn sweep(app: &TestApp, later: Duration) {
    app.run_job_later(ObjectsGc {}, later).await;
    app.run_job_later(StorageGcTouched {}, later).await;
    app.run_job_later(StorageGcDeleted {}, later).await;
}

#[tokio::test]
async fn equal_pictures_are_stored_once_and_live_as_long_as_one_is_used() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let first = ana.file("One").await;
    let second = ana.file("Two").await;
    let bytes = picture::png(300, 200, 7);
    let one = ana.upload_picture(&first["id"], "a.png", "image/png", bytes.clone()).await.ok();
    let two = ana.upload_picture(&second["id"], "b.png", "image/png", bytes.clone()).await.ok();
    assert_eq!(one["mediaId"], two["mediaId"], "equal content, one object");
    assert_eq!(app.blobs().len(), 2);

    ana.call("delete-file", json!({"id": first["id"]})).await.ok();
    app.run_jobs().await;
    for days in [8, 9, 17] {
        sweep(&app, Duration::days(days)).await;
    }
    let still = ana.get(&format!("/assets/by-file-media-id/{}", text(&two["id"]))).await;
    assert_eq!(still.bytes, bytes, "the other file still shows it");
}

fn text(value: &serde_json::Value) -> &str {
    value.as_str().expect("text")
}
