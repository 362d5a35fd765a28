//! The life of a picture on each backend, through the front door; and handing it to a front server.

use chrono::Duration;
use jobs::all::{
    objects_gc::ObjectsGc, storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched,
};
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    picture,
    s3::S3Server,
};

/// Uploaded, served, deleted, swept; tells how many rows of blobs are left.
async fn lives_and_ends(app: &TestApp) -> i64 {
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let bytes = picture::png(300, 200, 1);
    let media = ana.upload_picture(&file["id"], "a.png", "image/png", bytes.clone()).await.ok();
    let path = format!("/assets/by-file-media-id/{}", media["id"].as_str().expect("id"));
    assert_eq!(ana.get(&path).await.bytes, bytes);
    let part = ana
        .request(reqwest::Method::GET, &path)
        .header("range", "bytes=10-19")
        .send()
        .await
        .expect("answers");
    assert_eq!(part.status().as_u16(), 206);
    assert_eq!(part.bytes().await.expect("a body"), bytes[10..20]);
    assert_eq!(ana.get(&format!("{path}/thumbnail")).await.header("content-type"), "image/jpeg");
    ana.call("delete-file", json!({"id": file["id"]})).await.ok();
    assert_eq!(ana.get(&path).await.status.as_u16(), 404, "hidden at once");
    app.run_jobs().await;
    for days in [8, 9, 17] {
        app.run_job_later(ObjectsGc {}, Duration::days(days)).await;
        app.run_job_later(StorageGcTouched {}, Duration::days(days)).await;
        app.run_job_later(StorageGcDeleted {}, Duration::days(days)).await;
    }
    app.count("SELECT count(*) FROM storage_object").await
}

#[tokio::test]
async fn in_a_bucket() {
    let server = S3Server::start().await;
    let app = TestApp::with(Settings::default().in_bucket(&server)).await;
    assert_eq!(lives_and_ends(&app).await, 0);
    assert_eq!(server.count(), 0, "no object is left in the bucket");
}

#[tokio::test]
async fn in_the_database() {
    let app = TestApp::with(Settings::default().set("PENPOT_ASSETS_STORAGE_BACKEND", "assets-db")).await;
    assert_eq!(lives_and_ends(&app).await, 0);
    assert_eq!(app.count("SELECT count(*) FROM storage_blob").await, 0);
}

#[tokio::test]
async fn a_front_server_is_told_where_the_bytes_are() {
    let front = |settings: Settings| settings.set("PENPOT_ASSETS_PATH", "/internal/assets/");
    let app = TestApp::with(front(Settings::default())).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let media = ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(9, 9, 1)).await.ok();
    let path = format!("/assets/by-id/{}", media["mediaId"].as_str().expect("id"));
    let answer = ana.get(&path).await;
    let place =
        answer.header("x-accel-redirect").strip_prefix("/internal/assets/").expect("a place").to_owned();
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (204, "image/png"));
    assert_eq!(answer.header("cache-control"), "private, max-age=86400");
    assert_eq!(app.blobs(), [place]);

    let server = S3Server::start().await;
    let app = TestApp::with(front(Settings::default().in_bucket(&server))).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let media = ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(9, 9, 1)).await.ok();
    let answer = ana.get(&format!("/assets/by-id/{}", media["mediaId"].as_str().expect("id"))).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-mtype")), (307, "image/png"));
    assert!(server.endpoint.ends_with(answer.header("x-host")), "{}", answer.header("x-host"));
    let followed = reqwest::get(answer.header("location")).await.expect("answers");
    assert_eq!(followed.bytes().await.expect("a body"), picture::png(9, 9, 1));
}
