//! Uploads in pieces.

use chrono::Duration;
use jobs::all::{
    storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched,
    upload_session_gc::UploadSessionGc,
};
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::{Answer, FilePart},
    person::Person,
    picture,
};

async fn begin(person: &Person, total: i64) -> Json {
    person.call("create-upload-session", json!({"totalChunks": total})).await.ok()["sessionId"].clone()
}

async fn send(person: &Person, session: &Json, index: i64, bytes: &[u8]) -> Answer {
    let fields = [("session-id", session.as_str().expect("an id").to_owned()), ("index", index.to_string())];
    let mtype = "application/octet-stream";
    let part = FilePart { field: "content", name: "part", mtype, bytes: bytes.to_vec() };
    person.upload("upload-chunk", &fields, part).await
}

async fn assemble(person: &Person, session: &Json, file: &Json) -> Answer {
    let params = json!({
        "sessionId": session, "fileId": file["id"], "isLocal": true, "name": "whole.png", "mtype": "image/png",
    });
    person.call("assemble-file-media-object", params).await
}

#[tokio::test]
async fn pieces_in_any_order_become_the_picture() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let bytes = picture::png(400, 300, 7);
    let pieces: Vec<&[u8]> = bytes.chunks(bytes.len().div_ceil(3)).collect();
    let session = begin(&ana, 3).await;
    send(&ana, &session, 2, pieces[2]).await.ok();
    send(&ana, &session, 0, b"wrong at first").await.ok();
    let missing = assemble(&ana, &session, &file).await;
    assert_eq!(missing.failure(), "400 validation/missing-chunks");
    assert_eq!((&missing.json()["expected"], &missing.json()["found"]), (&json!(3), &json!(2)));
    let answer = send(&ana, &session, 0, pieces[0]).await.ok();
    assert_eq!((&answer["sessionId"], &answer["index"]), (&session, &json!(0)));
    send(&ana, &session, 1, pieces[1]).await.ok();

    let media = assemble(&ana, &session, &file).await.ok();
    assert_eq!(
        (&media["width"], &media["height"], &media["name"]),
        (&json!(400), &json!(300), &json!("whole.png"))
    );
    let seen = ana.get(&format!("/assets/by-file-media-id/{}", media["id"].as_str().expect("an id"))).await;
    assert!(seen.bytes == bytes);
    assert_eq!(
        assemble(&ana, &session, &file).await.failure(),
        "404 not-found/object-not-found",
        "it is over"
    );

    // The pieces, the replaced one too, go within hours; the picture and its small version stay.
    app.run_job_later(StorageGcTouched {}, Duration::hours(3)).await;
    app.run_job_later(StorageGcDeleted {}, Duration::hours(6)).await;
    assert_eq!(app.blobs().len(), 2);
}

#[tokio::test]
async fn an_upload_is_its_makers_alone() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let his = bo.file("His").await;
    let session = begin(&ana, 1).await;
    let missing = "404 not-found/object-not-found";
    assert_eq!(send(&bo, &session, 0, b"x").await.failure(), missing);
    send(&ana, &session, 0, &picture::png(30, 30, 1)).await.ok();
    assert_eq!(assemble(&bo, &session, &his).await.failure(), missing);
    assert_eq!(assemble(&ana, &session, &his).await.failure(), missing, "not her file");
}

#[tokio::test]
async fn limits_are_named() {
    let settings = Settings::default()
        .set("PENPOT_QUOTES_UPLOAD_CHUNKS_PER_SESSION", "4")
        .set("PENPOT_FLAGS", "enable-access-tokens disable-secure-session-cookies enable-quotes")
        .set("PENPOT_MEDIA_MAX_FILE_SIZE", "4096");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let refused = ana.call("create-upload-session", json!({"totalChunks": 5})).await;
    assert_eq!(refused.failure(), "400 restriction/max-quote-reached");
    let body = refused.json();
    assert_eq!(
        (&body["target"], &body["quote"], &body["count"]),
        (&json!("upload-chunks-per-session"), &json!(4), &json!(5))
    );
    for none in [0, -1] {
        let refused = ana.call("create-upload-session", json!({"totalChunks": none})).await;
        assert_eq!(refused.failure(), "400 validation/params-validation");
    }
    let session = begin(&ana, 4).await;
    for index in [4, -1, 1 << 40] {
        assert_eq!(send(&ana, &session, index, b"x").await.failure(), "400 validation/invalid-chunk-index");
    }
    for index in 0..4 {
        send(&ana, &session, index, &[0; 2000]).await.ok();
    }
    let file = ana.file("Sketch").await;
    let whole = assemble(&ana, &session, &file).await;
    assert_eq!(whole.failure(), "400 restriction/media-max-file-size-reached", "the pieces together");
    for _ in 1..5 {
        begin(&ana, 1).await;
    }
    let refused = ana.call("create-upload-session", json!({"totalChunks": 1})).await;
    assert_eq!(refused.json()["target"], "upload-sessions-per-profile");
}

#[tokio::test]
async fn an_upload_that_nobody_ends_is_given_up() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let session = begin(&ana, 2).await;
    send(&ana, &session, 0, b"one").await.ok();
    // While it is under way, its pieces are referred to.
    app.run_job_later(UploadSessionGc {}, Duration::minutes(59)).await;
    app.run_job_later(StorageGcTouched {}, Duration::hours(3)).await;
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE deleted_at IS NULL").await, 1);

    app.run_job_later(UploadSessionGc {}, Duration::minutes(61)).await;
    assert_eq!(app.count("SELECT count(*) FROM upload_session").await, 0);
    app.run_job_later(StorageGcTouched {}, Duration::hours(4)).await;
    app.run_job_later(StorageGcDeleted {}, Duration::hours(7)).await;
    assert_eq!((app.blobs().len(), app.count("SELECT count(*) FROM storage_object").await), (0, 0));
}
