//! What becomes of snapshots and changes in time, and of what only they showed.

use super::past::{Past, id};
use super::scene::{Scene, answered};
use chrono::Duration;
use jobs::all::{
    file_change_gc::FileChangeGc, file_gc_scheduler::FileGcScheduler, file_snapshot_gc::FileSnapshotGc,
    objects_gc::ObjectsGc,
};
use serde_json::{Value as Json, json};
use tests::{app::Settings, drawing, picture};
use transit::value::Value;
use uuid::Uuid;

const ARCHIVED: &str = "SELECT count(*) FROM file_part_archive";

fn gone(scene: &Scene, shape: u128) -> Value {
    let page = Value::Uuid(scene.drawing.page);
    drawing::change("del-obj", [("page-id", page), ("id", Value::Uuid(Uuid::from_u128(shape)))])
}

#[tokio::test]
async fn pictures_that_a_snapshot_shows_stay_as_long_as_it() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, scene.drawing);
    let past = Past(drawing);
    let own =
        ana.upload_picture(&json!(drawing.file), "a.png", "image/png", picture::png(20, 20, 1)).await.ok();
    let fill = [
        ("id", Value::Uuid(id(&own))),
        ("width", Value::Int(20)),
        ("height", Value::Int(20)),
        ("mtype", Value::text("image/png")),
    ];
    let fill = Value::map([("fill-image", Value::map(fill)), ("fill-opacity", Value::Int(1))]);
    let drawn = vec![drawing.add(10, Uuid::nil(), "rect"), drawing.set(10, "fills", Value::Vec(vec![fill]))];
    past.draw(ana, drawn).await;
    let snapshot = past.make(ana, "Then").await;
    past.draw(ana, vec![gone(&scene, 10)]).await;
    let marked = "SELECT count(*) FROM file_media_object WHERE deleted_at IS NOT NULL";
    scene.app.run_job_later(FileGcScheduler {}, Duration::hours(49)).await;
    assert_eq!(
        scene.app.count("SELECT count(*) FROM file WHERE has_media_trimmed").await,
        1,
        "it was looked at"
    );
    assert_eq!(scene.app.count(marked).await, 0, "the snapshot shows it");

    ana.call("delete-file-snapshot", json!({"id": snapshot})).await.ok();
    scene.app.run_job_later(FileSnapshotGc {}, Duration::days(6)).await;
    assert!(scene.app.count(ARCHIVED).await > 0, "the time of grace is not over");
    scene.app.run_job_later(FileSnapshotGc {}, Duration::days(8)).await;
    assert_eq!(scene.app.count(ARCHIVED).await, 0);
    assert_eq!(scene.app.count("SELECT pinned_revn FROM file").await, -1);
    scene.app.run_job_later(FileGcScheduler {}, Duration::days(8)).await;
    assert_eq!(scene.app.count(marked).await, 1, "nobody changed the file, and it is found all the same");
}

#[tokio::test]
async fn a_page_that_a_snapshot_shows_comes_back_and_goes_with_it() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, scene.drawing);
    let past = Past(drawing);
    let add_page = |id: u128| {
        drawing::change("add-page", [("id", Value::Uuid(Uuid::from_u128(id))), ("name", Value::text("B"))])
    };
    past.draw(ana, vec![drawing.add(10, Uuid::nil(), "rect"), add_page(50)]).await;
    let (then, first) = (drawing.read(ana).await, past.make(ana, "Then").await);
    // A page that no snapshot shows goes at once, one that a snapshot shows stays where it is.
    let del_page = |page: Uuid| drawing::change("del-page", [("id", Value::Uuid(page))]);
    past.draw(ana, vec![add_page(60)]).await;
    past.draw(ana, vec![del_page(Uuid::from_u128(60)), del_page(drawing.page)]).await;
    let dead = "SELECT count(*) FROM file_container WHERE file_id IS NULL";
    let own = "SELECT count(*) FROM file_container WHERE file_id IS NOT NULL";
    assert_eq!((scene.app.count(dead).await, scene.app.count(own).await), (1, 3));
    scene.app.run_job_later(FileSnapshotGc {}, Duration::zero()).await;
    scene.app.run_job_later(ObjectsGc {}, Duration::zero()).await;
    assert!(past.document(ana, first).await.same(&then));
    past.restore(ana, first).await.ok();
    assert!(drawing.read(ana).await.same(&then));

    past.draw(ana, vec![del_page(drawing.page)]).await;
    let left = drawing.read(ana).await;
    ana.call("delete-file-snapshot", json!({"id": first})).await.ok();
    scene.app.run_job_later(FileSnapshotGc {}, Duration::days(8)).await;
    assert_eq!((scene.app.count(dead).await, scene.app.count(own).await), (1, 2), "the root, and page B");
    scene.app.run_job_later(ObjectsGc {}, Duration::zero()).await;
    assert_eq!(scene.app.count("SELECT count(*) FROM file_container").await, 2);
    assert!(drawing.read(ana).await.same(&left));
    assert_eq!(past.list(ana).await, Vec::<Json>::new());
}

#[tokio::test]
async fn with_the_flag_there_is_one_before_changes_now_and_then() {
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-auto-file-snapshot disable-secure-session-cookies")
        .set("PENPOT_AUTO_FILE_SNAPSHOT_EVERY", "2");
    let scene = Scene::with(settings).await;
    let (ana, drawing) = (&scene.ana, scene.drawing);
    let past = Past(drawing);
    let mut documents = vec![drawing.read(ana).await];
    for n in 10..14 {
        past.draw(ana, vec![drawing.add(n, Uuid::nil(), "rect")]).await;
        documents.push(drawing.read(ana).await);
    }
    // A refused batch makes none.
    let refused = past.send(ana, (4, 0), vec![drawing.set(10, "opacity", Value::text("much"))]).await;
    assert_eq!(refused.status.as_u16(), 400);
    let listed = past.of_system(ana).await;
    let facts: Vec<(&Json, &Json)> = listed.iter().map(|one| (&one["label"], &one["revn"])).collect();
    let label = |revn: u32| json!(format!("internal/snapshot/{revn}"));
    assert_eq!(facts, [(&label(2), &json!(2)), (&label(0), &json!(0))]);
    for (snapshot, revn) in listed.iter().zip([2, 0]) {
        assert!(past.document(ana, id(snapshot)).await.same(&documents[revn]), "{revn}");
    }
    // After a rest too, whatever the revision.
    past.draw(ana, vec![drawing.add(20, Uuid::nil(), "rect")]).await;
    sqlx::query("UPDATE file SET modified_at = now() - interval '4 hours'")
        .execute(&scene.app.app.pool)
        .await
        .expect("rests");
    past.draw(ana, vec![drawing.add(21, Uuid::nil(), "rect")]).await;
    assert_eq!(past.of_system(ana).await[0]["label"], label(5));
    // One that somebody gives a name stays.
    let kept = &listed[1]["id"];
    ana.call("update-file-snapshot", json!({"id": kept, "label": "Start"})).await.ok();
    scene.app.run_job_later(FileSnapshotGc {}, Duration::days(8)).await;
    let left = past.list(ana).await;
    assert_eq!(left.iter().map(|one| &one["label"]).collect::<Vec<_>>(), [&json!("Start")]);
    assert!(past.document(ana, id(&left[0])).await.same(&documents[0]));
    past.restore(ana, id(&left[0])).await.ok();
    assert!(drawing.read(ana).await.same(&documents[0]));
}

#[tokio::test]
async fn many_parts_are_forgotten_in_portions_and_a_sweep_that_was_stopped_goes_on() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, scene.drawing);
    let past = Past(drawing);
    past.draw(ana, (1000..4000).map(|n| drawing.add(n, Uuid::nil(), "rect")).collect()).await;
    let (then, first) = (drawing.read(ana).await, past.make(ana, "First").await);
    past.draw(ana, (1000..4000).map(|n| gone(&scene, n)).collect()).await;
    let second = past.make(ana, "Second").await;
    past.restore(ana, first).await.ok();
    let third = past.make(ana, "Third").await;
    past.draw(ana, (1000..4000).map(|n| gone(&scene, n)).collect()).await;
    for snapshot in [first, second, third] {
        ana.call("delete-file-snapshot", json!({"id": snapshot})).await.ok();
    }
    assert!(scene.app.count(ARCHIVED).await > 6000);
    let (file, later) = (entities::ids::FileId(drawing.file), scene.app.app.now() + Duration::days(8));
    let step = || domain::file::snapshot::sweep::sweep_batch(&scene.app.app, file, later);
    let begun = step().await.expect("sweeps");
    assert_eq!((begun.snapshots, begun.parts), (4, 5000), "with the backup");
    assert_eq!(scene.app.count("SELECT count(*) FROM file WHERE unswept_since IS NOT NULL").await, 1);
    scene.app.run_job_later(FileSnapshotGc {}, Duration::zero()).await;
    assert_eq!(scene.app.count(ARCHIVED).await, 0);
    assert_eq!(scene.app.count("SELECT count(*) FROM file WHERE unswept_since IS NOT NULL").await, 0);
    assert!(!drawing.read(ana).await.same(&then));
}

#[tokio::test]
async fn a_purged_file_takes_its_snapshots_along() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, scene.drawing);
    let past = Past(drawing);
    past.draw(ana, vec![drawing.add(10, Uuid::nil(), "rect")]).await;
    let first = past.make(ana, "Then").await;
    past.draw(ana, vec![gone(&scene, 10)]).await;
    past.restore(ana, first).await.ok();
    ana.call("delete-file", json!({"id": drawing.file})).await.ok();
    scene.app.run_jobs().await;
    let snapshots = "SELECT count(*) FROM file_snapshot";
    scene.app.run_job_later(FileSnapshotGc {}, Duration::days(6)).await;
    scene.app.run_job_later(ObjectsGc {}, Duration::days(6)).await;
    assert_eq!(scene.app.count(snapshots).await, 2, "it may come back");
    scene.app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    for table in [snapshots, ARCHIVED, "SELECT count(*) FROM file_part", "SELECT count(*) FROM file"] {
        assert_eq!(scene.app.count(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn changes_are_remembered_for_two_hours() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, scene.drawing);
    let (session, commit) = (Uuid::from_u128(1), Uuid::from_u128(99));
    let add = vec![drawing.add(10, Uuid::nil(), "rect")];
    let first = drawing.send_named(ana, session, 0, commit, add.clone()).await;
    assert_eq!(answered(&first), (0, vec![1]));
    for n in 11..20 {
        drawing
            .send(ana, session, n - 10, vec![drawing.add(n.unsigned_abs().into(), Uuid::nil(), "rect")])
            .await;
    }
    scene.app.run_job_later(FileChangeGc {}, Duration::minutes(105)).await;
    assert_eq!(scene.app.count("SELECT count(*) FROM file_change").await, 10);
    let again = drawing.send_named(ana, session, 0, commit, add).await;
    assert_eq!(again.bytes, first.bytes, "however busy the file was");
    scene.app.run_job_later(FileChangeGc {}, Duration::minutes(135)).await;
    assert_eq!(scene.app.count("SELECT count(*) FROM file_change").await, 0);
    let other = vec![drawing.add(30, Uuid::nil(), "rect")];
    let later = drawing.send_named(ana, session, 0, commit, other).await;
    assert_eq!(answered(&later), (10, vec![11]), "its name is free, and nothing lags behind");
}
