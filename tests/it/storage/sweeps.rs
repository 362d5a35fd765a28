//! The sweeps of blobs when something is not as it should be. The ordinary way is part of the story.

use chrono::Duration;
use entities::ids::StorageObjectId;
use jobs::{
    Enqueue, Job,
    all::{storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched},
    read::{Shown, State},
};
use platform::storage::Blobs;
use serde_json::Value as Json;
use tests::{
    app::{TestApp, operator},
    picture,
};

async fn sql(app: &TestApp, statement: &'static str, id: &Json) {
    let id = uuid::Uuid::parse_str(id.as_str().expect("an id")).expect("a uuid");
    let done = sqlx::query(statement).bind(id).execute(&app.app.pool).await;
    assert!(done.unwrap_or_else(|e| panic!("{statement}: {e}")).rows_affected() > 0, "{statement}");
}

/// Runs a sweep now, as if `later` had passed, however it ends.
async fn sweep(app: &TestApp, job: impl Job, later: Duration) -> Shown {
    let options = Enqueue { clock_shift: later, ..Enqueue::default() };
    let id = jobs::enqueue(&app.app.db, &operator(), &job, options).await.expect("enqueues").expect("is new");
    app.run_jobs().await;
    jobs::read::show(&app.app.pool, id).await.expect("reads").expect("is known")
}

async fn two_pictures(app: &TestApp) -> (Json, Json) {
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    // Small ones, which have no thumbnails.
    let one = ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(20, 20, 1)).await.ok();
    let two = ana.upload_picture(&file["id"], "b.png", "image/png", picture::png(20, 20, 2)).await.ok();
    (one, two)
}

const DUE: &str =
    "UPDATE storage_object SET deleted_at = now() - interval '1 hour', touched_at = NULL WHERE id = $1";
const UNUSED: &str = "DELETE FROM file_media_object WHERE id = $1";

#[tokio::test]
async fn what_is_used_after_all_is_brought_back() {
    let app = TestApp::start().await;
    let (used, unused) = two_pictures(&app).await;
    sql(&app, DUE, &used["mediaId"]).await;
    sql(&app, DUE, &unused["mediaId"]).await;
    sql(&app, UNUSED, &unused["id"]).await;
    assert_eq!(sweep(&app, StorageGcDeleted {}, Duration::zero()).await.state, State::Done);
    assert_eq!(app.blobs().len(), 1);
    let kept = "SELECT count(*) FROM storage_object WHERE state = 'valid' AND deleted_at IS NULL";
    assert_eq!(app.count(kept).await, 1);
}

#[tokio::test]
async fn one_that_will_not_go_holds_up_nobody_and_is_tried_again() {
    let app = TestApp::start().await;
    let (stuck, gone) = two_pictures(&app).await;
    // As a crash of an older release could leave it: decided, and still referred to.
    sql(&app, "UPDATE storage_object SET state = 'deleting' WHERE id = $1", &stuck["mediaId"]).await;
    sql(&app, DUE, &stuck["mediaId"]).await;
    sql(&app, DUE, &gone["mediaId"]).await;
    sql(&app, UNUSED, &gone["id"]).await;
    let job = sweep(&app, StorageGcDeleted {}, Duration::zero()).await;
    assert_eq!(job.state, State::Scheduled, "not done: it comes back: {job:?}");
    assert_eq!(app.count("SELECT count(*) FROM storage_object").await, 1, "the other one went");
    app.leaves_jobs(["storage-gc-deleted"]);
}

#[tokio::test]
async fn bytes_that_cannot_be_deleted_keep_their_row() {
    let app = TestApp::start().await;
    let (one, _) = two_pictures(&app).await;
    sql(&app, DUE, &one["mediaId"]).await;
    sql(&app, UNUSED, &one["id"]).await;
    let id: StorageObjectId = one["mediaId"].as_str().expect("an id").parse().expect("a uuid");
    let path = app.directory().join("assets").join(Blobs::path(id.0));
    std::fs::remove_file(&path).expect("removes");
    std::fs::create_dir_all(path.join("not empty")).expect("stands in the way");
    let job = sweep(&app, StorageGcDeleted {}, Duration::zero()).await;
    assert_eq!(job.state, State::Scheduled, "{job:?}");
    assert!(job.progress.expect("told").to_string().contains("failed: 1"));
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE state = 'deleting'").await, 1);

    std::fs::remove_dir_all(&path).expect("clears the way");
    assert_eq!(sweep(&app, StorageGcDeleted {}, Duration::hours(2)).await.state, State::Done);
    assert_eq!(app.count("SELECT count(*) FROM storage_object").await, 1);
    app.leaves_jobs(["storage-gc-deleted"]);
}

#[tokio::test]
async fn buckets_of_a_newer_release_are_left_alone() {
    let app = TestApp::start().await;
    let (one, _) = two_pictures(&app).await;
    sql(&app, "UPDATE storage_object SET bucket = 'holograms' WHERE id = $1", &one["mediaId"]).await;
    sql(&app, UNUSED, &one["id"]).await;
    for _ in 0..2 {
        sql(
            &app,
            "UPDATE storage_object SET touched_at = now() - interval '1 day' WHERE id = $1",
            &one["mediaId"],
        )
        .await;
        assert_eq!(sweep(&app, StorageGcTouched {}, Duration::days(1)).await.state, State::Done);
        sql(&app, DUE, &one["mediaId"]).await;
        assert_eq!(sweep(&app, StorageGcDeleted {}, Duration::zero()).await.state, State::Done);
    }
    assert_eq!(app.blobs().len(), 2);
}

#[tokio::test]
async fn a_backend_of_a_newer_release_holds_up_nobody() {
    let app = TestApp::start().await;
    let (one, two) = two_pictures(&app).await;
    sql(&app, "UPDATE storage_object SET backend = 'tape' WHERE id = $1", &one["mediaId"]).await;
    for picture in [&one, &two] {
        sql(&app, UNUSED, &picture["id"]).await;
        sql(&app, DUE, &picture["mediaId"]).await;
    }
    let job = sweep(&app, StorageGcDeleted {}, Duration::zero()).await;
    assert_eq!(job.state, State::Scheduled, "somebody may configure it: {job:?}");
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE backend = 'tape'").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM storage_object").await, 1, "the other one went");
    app.leaves_jobs(["storage-gc-deleted"]);
}

#[tokio::test]
async fn an_upload_that_never_ended_is_given_up() {
    let app = TestApp::start().await;
    let (one, _) = two_pictures(&app).await;
    sql(&app, UNUSED, &one["id"]).await;
    let begun = "UPDATE storage_object SET state = 'pending', touched_at = now() WHERE id = $1";
    sql(&app, begun, &one["mediaId"]).await;
    for later in [Duration::hours(1), Duration::hours(3)] {
        assert_eq!(sweep(&app, StorageGcTouched {}, later).await.state, State::Done);
        assert_eq!(sweep(&app, StorageGcDeleted {}, later).await.state, State::Done);
        let left = if later > Duration::hours(2) { 1 } else { 2 };
        assert_eq!(app.blobs().len(), left, "after {later}");
    }
}
