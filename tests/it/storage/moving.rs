//! Moving blobs between backends while they are used.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use chrono::Duration;
use domain::storage::migrate::{self, Order};
use entities::ids::StorageObjectId;
use jobs::{
    Enqueue,
    admin::{self, Scope},
    all::{storage_gc_deleted::StorageGcDeleted, storage_migrate::StorageMigrate},
    read::{Shown, State},
};
use serde_json::Value as Json;
use tests::{
    app::{Settings, TestApp, operator},
    person::Person,
    picture,
    s3::S3Server,
};
use uuid::Uuid;

fn order(from: &str, to: &str) -> StorageMigrate {
    StorageMigrate { from: from.to_owned(), to: to.to_owned(), bucket: None }
}

async fn run(app: &TestApp, job: StorageMigrate) -> Shown {
    let id = jobs::enqueue(&app.app.db, &operator(), &job, Enqueue::default())
        .await
        .expect("enqueues")
        .expect("is new");
    app.run_jobs().await;
    jobs::read::show(&app.app.pool, id).await.expect("reads").expect("is known")
}

async fn upload(ana: &Person, file: &Json, seed: u8) -> (String, Vec<u8>) {
    let bytes = picture::png(40, 40, seed);
    let media = ana.upload_picture(&file["id"], "a.png", "image/png", bytes.clone()).await.ok();
    (format!("/assets/by-id/{}", media["mediaId"].as_str().expect("an id")), bytes)
}

/// Puts the row's bytes where a process with another default would have put them.
async fn on(app: &TestApp, backend: &str) {
    let rows: Vec<(Uuid, String)> = sqlx::query_as("SELECT id, backend FROM storage_object")
        .fetch_all(&app.app.pool)
        .await
        .expect("reads");
    for (id, from) in rows {
        let bytes = app.app.blobs.read_all(&from, id, 1 << 20).await.expect("reads");
        let size = bytes.len() as u64;
        app.app.blobs.put(backend, id, bytes.into(), size).await.expect("stores");
        app.app.blobs.delete(&from, id).await.expect("deletes");
    }
    let sql = "UPDATE storage_object SET backend = $1";
    sqlx::query(sql).bind(backend).execute(&app.app.pool).await.expect("turns over");
}

#[tokio::test]
async fn readers_notice_nothing_and_nothing_is_left_behind() {
    let server = S3Server::start().await;
    let app = TestApp::with(Settings::default().in_bucket(&server)).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let mut pictures = vec![];
    for seed in 0..60 {
        pictures.push(upload(&ana, &file, seed).await);
    }
    on(&app, "db").await;
    assert_eq!(server.count(), 0);
    let (done, reads) = (AtomicBool::new(false), AtomicU64::new(0));
    let reading = async {
        while !done.load(Relaxed) {
            for (path, bytes) in &pictures {
                let answer = ana.get(path).await;
                assert!(answer.status.as_u16() == 200 && answer.bytes == *bytes, "{path}: {}", answer.status);
                reads.fetch_add(1, Relaxed);
            }
        }
    };
    let moving = async {
        let job = run(&app, order("db", "s3")).await;
        done.store(true, Relaxed);
        job
    };
    let ((), job) = tokio::join!(reading, moving);
    assert_eq!(job.state, State::Done, "{:?}", job.errors);
    assert!(reads.load(Relaxed) >= 60);
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE backend = 's3'").await, 60);
    assert_eq!(
        (server.count(), app.count("SELECT count(*) FROM storage_blob").await),
        (60, 60),
        "for late readers"
    );
    app.run_job_later(StorageGcDeleted {}, Duration::hours(3)).await;
    assert_eq!((server.count(), app.count("SELECT count(*) FROM storage_blob").await), (60, 0));
    assert_eq!(app.count("SELECT count(*) FROM storage_copy").await, 0);
}

#[tokio::test]
async fn there_and_back_again() {
    let app = TestApp::with(Settings::default().set("PENPOT_OBJECTS_STORAGE_BACKEND", "db")).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    std::fs::create_dir_all(app.directory().join("assets")).expect("makes");
    let (path, bytes) = upload(&ana, &file, 1).await;
    let now = app.app.now();
    // The directory is not configured in this process, and the default is not left.
    let refused = run(&app, order("fs", "db")).await;
    assert!(refused.errors[0].error.contains("fs is not configured"), "{refused:?}");
    app.leaves_dead_jobs(["storage-migrate"]);
    let other = TestApp::with(Settings::default()).await;
    let refused = run(&other, order("fs", "db")).await;
    assert!(refused.errors[0].error.contains("new blobs still go to fs"), "{refused:?}");
    assert_eq!(refused.state, State::Dead);
    other.leaves_dead_jobs(["storage-migrate"]);

    let settings = Settings::default().set("PENPOT_OBJECTS_STORAGE_BACKEND", "fs");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let (path2, bytes2) = upload(&ana, &file, 1).await;
    assert_eq!((bytes.clone(), path.is_empty()), (bytes2, false));
    let there = Order { from: "fs".to_owned(), to: "db".to_owned(), bucket: None };
    let back = Order { from: "db".to_owned(), to: "fs".to_owned(), bucket: None };
    for order in [&there, &back, &there, &back] {
        let mut after = StorageObjectId(Uuid::nil());
        let moved = migrate::move_batch(&app.app, &operator(), order, &mut after, now).await.expect("moves");
        assert_eq!((moved.moved, moved.failed, moved.skipped), (1, 0, 0), "{order:?}");
        assert_eq!(ana.get(&path2).await.bytes, bytes);
    }
    // What the first move left on fs is the row's own again, and stays.
    app.run_job_later(StorageGcDeleted {}, Duration::days(2)).await;
    assert_eq!((app.blobs().len(), app.count("SELECT count(*) FROM storage_blob").await), (1, 0));
    assert_eq!(ana.get(&path2).await.bytes, bytes);
}

#[tokio::test]
async fn damaged_bytes_are_not_moved_on_and_the_others_are() {
    let server = S3Server::start().await;
    let app = TestApp::with(Settings::default().in_bucket(&server)).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    for seed in 0..3 {
        upload(&ana, &file, seed).await;
    }
    on(&app, "db").await;
    let sql = "UPDATE storage_blob SET data = set_byte(data, 30, 255 - get_byte(data, 30))
                WHERE id = (SELECT min(id::text)::uuid FROM storage_blob)";
    sqlx::query(sql).execute(&app.app.pool).await.expect("flips");
    let job = run(&app, order("db", "s3")).await;
    assert!(job.errors[0].error.contains("1 blobs could not be moved"), "{job:?}");
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE backend = 'db'").await, 1);
    app.run_job_later(StorageGcDeleted {}, Duration::hours(3)).await;
    assert_eq!(server.count(), 2, "nothing of the damaged one stays there");
    app.leaves_jobs(["storage-migrate"]);
}

#[tokio::test]
async fn equal_content_that_came_meanwhile_makes_a_twin() {
    let server = S3Server::start().await;
    let app = TestApp::with(Settings::default().in_bucket(&server)).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let (old, bytes) = upload(&ana, &file, 1).await;
    on(&app, "db").await;
    let (new, _) = upload(&ana, &file, 1).await;
    assert_ne!(old, new);
    assert_eq!(run(&app, order("db", "s3")).await.state, State::Done);
    for path in [&old, &new] {
        assert_eq!(ana.get(path).await.bytes, bytes);
    }
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE is_twin AND backend = 's3'").await, 1);
}

#[tokio::test]
async fn a_paused_move_stands_still_and_goes_on() {
    let app = TestApp::with(Settings::default().set("PENPOT_OBJECTS_STORAGE_BACKEND", "fs")).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    for seed in 0..3 {
        upload(&ana, &file, seed).await;
    }
    on(&app, "db").await;
    let kind = Scope::Kind("storage-migrate".to_owned());
    let entry = jobs::entry("storage-migrate").expect("is known");
    let id = jobs::enqueue(&app.app.db, &operator(), &order("db", "fs"), Enqueue::default())
        .await
        .expect("enqueues");
    let id = id.expect("is new");
    admin::pause(&app.app.pool, &kind, "eve").await.expect("pauses");
    app.run_jobs().await;
    assert_eq!(
        app.count("SELECT count(*) FROM storage_object WHERE backend = 'db'").await,
        3,
        "{}",
        entry.name
    );
    admin::resume(&app.app.pool, &kind, "eve").await.expect("resumes");
    app.run_jobs().await;
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE backend = 'db'").await, 0);
    let shown = jobs::read::show(&app.app.pool, id).await.expect("reads").expect("is known");
    assert_eq!((shown.state, shown.attempt), (State::Done, 1), "{shown:?}");
}
