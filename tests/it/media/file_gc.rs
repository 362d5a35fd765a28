//! Pictures that nothing in their file uses.

use chrono::Duration;
use jobs::all::{file_gc_scheduler::FileGcScheduler, objects_gc::ObjectsGc};
use serde_json::{Value as Json, json};
use tests::{
    app::{TestApp, operator},
    document::{keep_page, pack},
    picture,
};
use transit::value::Value;
use uuid::Uuid;

fn uuid(json: &Json) -> Uuid {
    json.as_str().expect("an id").parse().expect("a uuid")
}

/// Makes the root of the file's page show these pictures, as far as the index of pictures goes.
async fn draw(app: &TestApp, file: &Json, pictures: &[&Json]) {
    let media: Vec<Uuid> = pictures.iter().map(|media| uuid(&media["id"])).collect();
    let sql = "UPDATE file_part SET media = $2
                WHERE kind = 2 AND container_id IN (SELECT id FROM file_container WHERE file_id = $1)";
    let query = sqlx::query(sql).bind(uuid(&file["id"])).bind(media);
    assert_eq!(query.execute(&app.app.pool).await.expect("draws").rows_affected(), 1);
}

async fn marked(app: &TestApp) -> i64 {
    app.count("SELECT count(*) FROM file_media_object WHERE deleted_at IS NOT NULL").await
}

/// What has to happen again before a file is looked at: it changes.
async fn change(app: &TestApp) {
    let sql = "UPDATE file SET has_media_trimmed = false, revn = revn + 1";
    sqlx::query(sql).execute(&app.app.pool).await.expect("changes");
}

#[tokio::test]
async fn what_no_document_shows_is_marked_and_comes_back_when_one_does() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let mut media = vec![];
    for seed in 0..3 {
        media.push(
            ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(20, 20, seed)).await.ok(),
        );
    }
    draw(&app, &file, &[&media[1]]).await;
    keep_page(&app.app.pool, uuid(&file["id"])).await;
    draw(&app, &file, &[&media[0]]).await;
    app.run_job_later(FileGcScheduler {}, Duration::hours(47)).await;
    assert_eq!(marked(&app).await, 0, "two days are not over");

    app.run_job_later(FileGcScheduler {}, Duration::hours(49)).await;
    assert_eq!(marked(&app).await, 1, "the one that neither file nor snapshot shows");
    let gone = format!("/assets/by-file-media-id/{}", media[2]["id"].as_str().expect("an id"));
    assert_eq!(ana.get(&gone).await.status.as_u16(), 404);
    assert_eq!(app.count("SELECT count(*) FROM file WHERE has_media_trimmed").await, 1);

    // Somebody took the deletion back in the drawing.
    draw(&app, &file, &[&media[0], &media[2]]).await;
    change(&app).await;
    app.run_job_later(FileGcScheduler {}, Duration::hours(98)).await;
    assert_eq!(marked(&app).await, 0);
    assert_eq!(ana.get(&gone).await.status.as_u16(), 200);

    draw(&app, &file, &[&media[0]]).await;
    change(&app).await;
    app.run_job_later(FileGcScheduler {}, Duration::hours(98)).await;
    app.run_job_later(ObjectsGc {}, Duration::days(20)).await;
    assert_eq!(app.count("SELECT count(*) FROM file_media_object").await, 2, "its time of grace was over");
    let touched = "SELECT count(*) FROM storage_object WHERE touched_by = 'file-media-object-purged'";
    assert_eq!(app.count(touched).await, 1);
}

#[tokio::test]
async fn libraries_deleted_files_and_those_that_changed_are_left_alone() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let library = ana
        .call(
            "create-file",
            json!({"projectId": ana.profile["defaultProjectId"], "name": "L", "isShared": true}),
        )
        .await
        .ok();
    let gone = ana.file("Gone").await;
    for file in [&library, &gone] {
        ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(20, 20, 1)).await.ok();
    }
    ana.call("delete-file", json!({"id": gone["id"]})).await.ok();
    app.run_jobs().await;
    assert_eq!(marked(&app).await, 1, "that of the deleted file");
    app.run_job_later(FileGcScheduler {}, Duration::hours(49)).await;
    assert_eq!(marked(&app).await, 1);

    let file = ana.file("Sketch").await;
    ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(20, 20, 1)).await.ok();
    let stale = jobs::all::file_gc::FileGc { file_id: uuid(&file["id"]), revn: 7 };
    app.run_job_later(stale, Duration::hours(49)).await;
    assert_eq!(marked(&app).await, 1, "it is at another revision");
}

#[tokio::test]
async fn a_document_that_is_no_rows_yet_counts_with_every_id_in_it() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let mut media = vec![];
    for seed in 0..2 {
        let png = picture::png(20, 20, seed);
        media.push(ana.upload_picture(&file["id"], "a.png", "image/png", png).await.ok());
    }
    let data = Value::map([("odd", Value::Uuid(uuid(&media[0]["id"])))]);
    pack(&app.app.pool, uuid(&file["id"]), &data).await;
    app.run_job_later(FileGcScheduler {}, Duration::hours(49)).await;
    let left = "SELECT count(*) FROM file_media_object WHERE deleted_at IS NULL AND id = $1";
    let left = sqlx::query_scalar(left).bind(uuid(&media[0]["id"])).fetch_one(&app.app.pool).await;
    assert_eq!((left.ok(), marked(&app).await), (Some(1_i64), 1));
}

#[tokio::test]
async fn a_document_that_cannot_be_read_keeps_everything() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(20, 20, 1)).await.ok();
    pack(&app.app.pool, uuid(&file["id"]), &Value::map([])).await;
    let sql = "UPDATE file_data SET data = NULL, backend = 'storage', metadata = '{}'";
    sqlx::query(sql).execute(&app.app.pool).await.expect("loses it");
    let job = jobs::all::file_gc::FileGc { file_id: uuid(&file["id"]), revn: 0 };
    let options = jobs::Enqueue { clock_shift: Duration::hours(49), ..Default::default() };
    let id = jobs::enqueue(&app.app.db, &operator(), &job, options).await.expect("enqueues").expect("is new");
    app.run_jobs().await;
    let shown = jobs::read::show(&app.app.pool, id).await.expect("reads").expect("is known");
    assert!(shown.errors[0].error.contains("cannot be read"), "{shown:?}");
    assert_eq!(marked(&app).await, 0);
    app.leaves_jobs(["file-gc"]);
}
