//! Comparing everything that is stored with its rows, and putting right what was asked for.

use chrono::Duration;
use domain::storage::scrub::{self, Finding, Kind, Repair};
use entities::ids::StorageObjectId;
use jobs::{
    Enqueue,
    all::{storage_gc_deleted::StorageGcDeleted, storage_scrub::StorageScrub},
    read::State,
};
use platform::storage::Blobs;
use serde_json::Value as Json;
use std::path::PathBuf;
use tests::{
    app::{Settings, TestApp, operator},
    person::Person,
    picture,
    s3::S3Server,
};
use uuid::Uuid;

async fn upload(ana: &Person, file: &Json, seed: u8) -> StorageObjectId {
    let media = ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(20, 20, seed)).await.ok();
    media["mediaId"].as_str().expect("an id").parse().expect("a uuid")
}

fn place(app: &TestApp, id: StorageObjectId) -> PathBuf {
    app.directory().join("assets").join(Blobs::path(id.0))
}

/// Scrubs now, as if `later` had passed; what was found.
async fn scrub(app: &TestApp, job: StorageScrub, later: Duration) -> Vec<Finding> {
    let options = Enqueue { clock_shift: later, ..Enqueue::default() };
    let id = jobs::enqueue(&app.app.db, &operator(), &job, options).await.expect("enqueues").expect("is new");
    app.run_jobs().await;
    let shown = jobs::read::show(&app.app.pool, id).await.expect("reads").expect("is known");
    assert_eq!(shown.state, State::Done, "{:?}", shown.errors);
    let done = scrub::latest(&app.app.db, Some(id)).await.expect("reads").expect("is known");
    assert!(done.is_done() && done.finished_at.is_some(), "{done:?}");
    scrub::findings(&app.app.db, id, None, 100).await.expect("reads")
}

fn deep(repair: &[Kind]) -> StorageScrub {
    StorageScrub { deep: true, repair: repair.to_vec(), ..StorageScrub::default() }
}

fn kinds(found: &[Finding]) -> Vec<(StorageObjectId, &str)> {
    found.iter().map(|one| (StorageObjectId(one.object_id), one.kind.as_str())).collect()
}

#[tokio::test]
async fn a_sound_house_has_no_findings() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    for seed in 0..20 {
        upload(&ana, &file, seed).await;
    }
    assert_eq!(scrub(&app, deep(Kind::ALL), Duration::days(2)).await, []);
    let last = scrub::latest(&app.app.db, None).await.expect("reads").expect("is known");
    assert_eq!((last.rows_seen, last.blobs_seen), (20, 20));
    assert!(last.bytes_seen > 0);
}

#[tokio::test]
async fn each_fault_is_found_and_nothing_is_touched_unasked() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let mut ids = vec![];
    for seed in 0..4 {
        ids.push(upload(&ana, &file, seed).await);
    }
    std::fs::remove_file(place(&app, ids[0])).expect("loses");
    std::fs::write(place(&app, ids[1]), b"short").expect("cuts");
    let mut bytes = std::fs::read(place(&app, ids[2])).expect("reads");
    bytes[30] ^= 1;
    std::fs::write(place(&app, ids[2]), &bytes).expect("flips a bit");
    let stray = StorageObjectId(Uuid::from_u128(0xab));
    std::fs::create_dir_all(place(&app, stray).parent().expect("a folder")).expect("makes");
    std::fs::write(place(&app, stray), b"whose?").expect("writes");
    let untouched = "UPDATE storage_object SET touched_at = NULL WHERE id = $1";
    sqlx::query(untouched).bind(ids[3].0).execute(&app.app.pool).await.expect("freezes");
    let unused = "DELETE FROM file_media_object WHERE media_id = $1";
    sqlx::query(unused).bind(ids[3].0).execute(&app.app.pool).await.expect("forgets");

    let mut expected =
        vec![(ids[0], "missing"), (ids[1], "size"), (ids[2], "hash"), (ids[3], "unused"), (stray, "stray")];
    expected.sort_unstable();
    let before = app.blobs();
    let found = scrub(&app, deep(&[]), Duration::days(2)).await;
    assert_eq!(kinds(&found), expected);
    assert!(found.iter().all(|one| one.repair.is_none()), "{found:?}");
    assert_eq!(app.blobs(), before);
    let shallow = scrub(&app, StorageScrub::default(), Duration::days(2)).await;
    expected.retain(|(_, kind)| *kind != "hash");
    assert_eq!(kinds(&shallow), expected, "a flipped bit is seen by reading only");
    let young = scrub(&app, deep(&[Kind::Stray]), Duration::zero()).await;
    assert!(!kinds(&young).contains(&(stray, "stray")), "young bytes may belong to something that begins");
}

#[tokio::test]
async fn what_was_asked_for_is_put_right() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let (lost, alone) = (upload(&ana, &file, 1).await, upload(&ana, &file, 2).await);
    // The same content in another bucket.
    let bytes = picture::png(20, 20, 1);
    let wanted = domain::storage::put::NewBlob {
        bucket: &domain::storage::bucket::TEMPFILE,
        content_type: "image/png".to_owned(),
        expired_at: None,
        metadata: None,
    };
    let now = app.app.now();
    let bytes = bytes::Bytes::from(bytes);
    domain::storage::put::put(&app.app, bytes.clone(), wanted, now).await.expect("stores");
    for id in [lost, alone] {
        std::fs::remove_file(place(&app, id)).expect("loses");
    }
    let stray = StorageObjectId(Uuid::from_u128(0xff << 120));
    std::fs::create_dir_all(place(&app, stray).parent().expect("a folder")).expect("makes");
    std::fs::write(place(&app, stray), b"whose?").expect("writes");

    let found = scrub(&app, deep(Kind::ALL), Duration::days(2)).await;
    let repairs: std::collections::BTreeMap<_, _> = found
        .iter()
        .map(|one| (StorageObjectId(one.object_id), one.repair.as_deref().and_then(Repair::parse)))
        .collect();
    assert!(matches!(repairs[&lost], Some(Repair::FromBlob(_))), "{found:?}");
    assert_eq!(repairs[&alone], Some(Repair::NowhereElse), "{found:?}");
    assert_eq!(repairs[&stray], Some(Repair::GivenToSweep), "{found:?}");
    assert_eq!(std::fs::read(place(&app, lost)).expect("is back"), bytes);
    app.run_job_later(StorageGcDeleted {}, Duration::days(2)).await;
    assert!(!place(&app, stray).exists());
    assert_eq!(kinds(&scrub(&app, deep(&[]), Duration::days(2)).await), [(alone, "missing")]);
}

#[tokio::test]
async fn a_scrub_goes_on_where_it_was_and_finds_nothing_twice() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    for seed in 0..40 {
        upload(&ana, &file, seed).await;
    }
    let sql = "SELECT id FROM storage_object ORDER BY id";
    let ids: Vec<Uuid> = sqlx::query_scalar(sql).fetch_all(&app.app.pool).await.expect("reads");
    std::fs::remove_file(place(&app, StorageObjectId(ids[2]))).expect("loses");
    let now = app.app.now();
    let mut first = scrub::begin(&app.app, 1, true, &[], now).await.expect("begins");
    scrub::step(&app.app, Some(&operator()), &mut first, now).await.expect("goes on");
    assert!(first.rows_seen > 0 && first.rows_seen < 40, "{first:?}");
    // The process that did this is gone; its last step is done again.
    let sql = "UPDATE storage_scrub SET place = '', rows_seen = 0, bytes_seen = 0";
    sqlx::query(sql).execute(&app.app.pool).await.expect("forgets a step");
    let mut second = scrub::begin(&app.app, 1, false, Kind::ALL, now).await.expect("goes on");
    assert!(second.is_deep && second.repairs.is_empty(), "as it began: {second:?}");
    while !second.is_done() {
        scrub::step(&app.app, Some(&operator()), &mut second, now).await.expect("goes on");
    }
    assert_eq!((second.rows_seen, second.blobs_seen), (40, 39));
    assert_eq!(scrub::findings(&app.app.db, 1, None, 100).await.expect("reads").len(), 1);
}

#[tokio::test]
async fn buckets_and_tables_are_looked_through_too() {
    let server = S3Server::start().await;
    let settings = Settings::default().in_bucket(&server);
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let id = upload(&ana, &file, 1).await;
    let strays: Vec<(Uuid, &str)> = vec![(Uuid::from_u128(1), "s3"), (Uuid::from_u128(2), "db")];
    for (id, backend) in &strays {
        app.app.blobs.put(backend, *id, vec![1, 2, 3].into(), 3).await.expect("stores");
    }
    let found = scrub(&app, deep(&[Kind::Stray]), Duration::days(2)).await;
    let seen: Vec<(Uuid, &str)> = found.iter().map(|one| (one.object_id, one.backend.as_str())).collect();
    assert_eq!(seen, strays);
    app.run_job_later(StorageGcDeleted {}, Duration::days(2)).await;
    assert_eq!(server.count(), 1);
    app.app.blobs.delete("s3", id.0).await.expect("loses");
    assert_eq!(kinds(&scrub(&app, deep(&[]), Duration::days(2)).await), [(id, "missing")]);
}
