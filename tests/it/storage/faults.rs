//! A bucket that refuses, is slow, or breaks off; a disk that takes no more. What is left is swept, and no row lacks
//! its bytes.

use std::time::Duration;

use entities::ids::StorageObjectId;
use jobs::all::{storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched};
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp, operator},
    client::{Answer, FilePart},
    faults::{Fault, FaultProxy},
    person::Person,
    picture,
    s3::S3Server,
};

/// A bucket behind a proxy, and somebody with a file.
struct House {
    server: S3Server,
    proxy: FaultProxy,
    app: TestApp,
    ana: Person,
    file: Json,
}

impl House {
    async fn new() -> House {
        let server = S3Server::start().await;
        let proxy = FaultProxy::before(&server.endpoint).await;
        let settings = Settings::default().in_bucket_at(&server, &proxy.endpoint);
        let app = TestApp::with(settings).await;
        let ana = app.person("ana").await;
        let file = ana.file("Sketch").await;
        House { server, proxy, app, ana, file }
    }

    async fn upload(&self, seed: u8) -> Answer {
        self.ana.upload_picture(&self.file["id"], "a.png", "image/png", picture::png(20, 20, seed)).await
    }

    /// After the sweeps, rows and bytes are the same, and there are so many.
    async fn is_whole(&self, blobs: usize) {
        self.proxy.heal();
        self.app.is_sound("a bucket").await;
        assert_eq!(self.server.count(), blobs, "bytes");
    }
}

#[tokio::test]
async fn a_bucket_that_fails_now_and_then_is_asked_again() {
    let house = House::new().await;
    house.proxy.break_next("PUT", 2, Fault::Status(500));
    house.proxy.break_next("HEAD", 1, Fault::Status(503));
    let media = house.upload(1).await.ok();
    house.proxy.break_next("GET", 1, Fault::Status(500));
    house.proxy.break_next("GET", 1, Fault::Cut(300));
    let path = format!("/assets/by-id/{}", media["mediaId"].as_str().expect("an id"));
    let seen = house.ana.get(&path).await;
    assert_eq!((seen.status.as_u16(), seen.bytes == picture::png(20, 20, 1)), (200, true));
    house.is_whole(1).await;
}

#[tokio::test]
async fn what_a_bucket_will_not_take_leaves_nothing() {
    for fault in [Fault::Status(500), Fault::Status(403), Fault::Cut(10)] {
        let house = House::new().await;
        house.proxy.break_next("PUT", 99, fault);
        let failure = house.upload(1).await;
        assert_eq!(failure.failure(), "500 server-error/unexpected", "{fault:?}");
        assert!(!failure.text().contains("127.0.0.1"), "{}", failure.text());
        assert_eq!(house.app.count("SELECT count(*) FROM file_media_object").await, 0);
        assert_eq!(house.app.count("SELECT count(*) FROM storage_object WHERE state = 'valid'").await, 0);
        house.is_whole(0).await;
        house.upload(1).await.ok();
        house.is_whole(1).await;
    }
}

#[tokio::test]
async fn a_slow_bucket_is_waited_for() {
    let house = House::new().await;
    house.proxy.break_next("PUT", 1, Fault::Slow(Duration::from_millis(1500)));
    house.proxy.break_next("HEAD", 1, Fault::Slow(Duration::from_millis(500)));
    house.upload(1).await.ok();
    house.is_whole(1).await;
}

#[tokio::test]
async fn bytes_that_break_off_are_never_taken_for_whole() {
    let house = House::new().await;
    let media = house.upload(1).await.ok();
    house.proxy.break_next("GET", 99, Fault::Cut(350));
    let path = format!("/assets/by-id/{}", media["mediaId"].as_str().expect("an id"));
    let request = house.ana.request(reqwest::Method::GET, &path).send().await;
    let is_whole = match request {
        Ok(answer) if answer.status().is_success() => answer.bytes().await.is_ok(),
        _ => false,
    };
    assert!(!is_whole);
    house.is_whole(1).await;
}

#[tokio::test]
async fn a_bucket_that_will_not_delete_is_asked_again_later() {
    let house = House::new().await;
    house.upload(1).await.ok();
    let sql = "DELETE FROM file_media_object";
    sqlx::query(sql).execute(&house.app.app.pool).await.expect("forgets");
    house.app.run_job_later(StorageGcTouched {}, chrono::Duration::hours(3)).await;
    // Deleting is a DELETE, or a POST of several.
    house.proxy.break_next("DELETE", 99, Fault::Status(500));
    house.proxy.break_next("POST", 99, Fault::Status(500));
    let options = jobs::Enqueue { clock_shift: chrono::Duration::days(8), ..Default::default() };
    jobs::enqueue(&house.app.app.db, &operator(), &StorageGcDeleted {}, options).await.expect("enqueues");
    house.app.run_jobs().await;
    assert_eq!(house.app.count("SELECT count(*) FROM storage_object WHERE state = 'deleting'").await, 1);
    assert_eq!(house.server.count(), 1);
    let again = "DELETE FROM queue.job";
    sqlx::query(again).execute(&house.app.app.pool).await.expect("forgets the waiting run");
    house.is_whole(0).await;
    assert_eq!(house.app.count("SELECT count(*) FROM storage_object").await, 0);
}

#[tokio::test]
async fn what_a_move_cannot_bring_stays_where_it_is() {
    let house = House::new().await;
    let id: StorageObjectId =
        house.upload(1).await.ok()["mediaId"].as_str().expect("an id").parse().expect("a uuid");
    let bytes = house.app.app.blobs.read_all("s3", id.0, 1 << 20).await.expect("reads");
    let size = bytes.len() as u64;
    house.app.app.blobs.put("db", id.0, bytes.into(), size).await.expect("stores");
    house.app.app.blobs.delete("s3", id.0).await.expect("deletes");
    let sql = "UPDATE storage_object SET backend = 'db'";
    sqlx::query(sql).execute(&house.app.app.pool).await.expect("turns over");
    for fault in [Fault::Status(500), Fault::Status(403), Fault::Cut(20)] {
        house.proxy.break_next("PUT", 99, fault);
        let order =
            domain::storage::migrate::Order { from: "db".to_owned(), to: "s3".to_owned(), bucket: None };
        let mut after = StorageObjectId(uuid::Uuid::nil());
        let now = house.app.app.now();
        let moved =
            domain::storage::migrate::move_batch(&house.app.app, &operator(), &order, &mut after, now).await;
        assert_eq!(moved.expect("goes on").failed, 1, "{fault:?}");
        house.proxy.heal();
        let path = format!("/assets/by-id/{id}");
        assert_eq!(house.ana.get(&path).await.status.as_u16(), 200, "{fault:?}");
    }
    house.is_whole(0).await;
    assert_eq!(house.app.count("SELECT count(*) FROM storage_blob").await, 1);
}

/// A process that may write files of 8 KiB at most, as a disk that is nearly full lets it: the upload itself fits, its
/// photo does not.
#[tokio::test]
async fn a_full_disk_is_told_and_leaves_nothing() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let api = tests::process::start_limited(
        &["api", "--port", "0"],
        &[
            ("PENPOT_DATABASE_URI", app.database.uri.as_str()),
            ("ATELIER_DATA_DIR", &app.directory().display().to_string()),
            ("PENPOT_SECRET_KEY", "a secret that only tests have"),
            ("PENPOT_FLAGS", "enable-access-tokens disable-secure-session-cookies"),
        ],
        8,
    )
    .await;
    let mut through = tests::client::Client::new(api.address());
    through.cookie.clone_from(&ana.cookie);
    let photo = |bytes| FilePart { field: "file", name: "photo", mtype: "image/png", bytes };
    let answer = through.upload("update-profile-photo", &[], photo(noise())).await;
    assert_eq!(answer.failure(), "500 server-error/unexpected");
    assert!(through.call("get-profile", json!({})).await.ok()["photoId"].is_null());
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE state = 'valid'").await, 0);
    api.kill().await;
    app.is_sound("a disk").await;
    assert_eq!(app.blobs(), Vec::<String>::new());
    ana.upload("update-profile-photo", &[], photo(noise())).await.ok();
    app.is_sound("a disk").await;
    assert_eq!(app.blobs().len(), 1);
}

/// A small PNG whose photo is a large JPEG: dots of black and white.
fn noise() -> Vec<u8> {
    let mut seed = 9_u32;
    let picture = image::GrayImage::from_fn(150, 150, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Luma([if seed >> 31 == 0 { 0 } else { 255 }])
    });
    let mut bytes = std::io::Cursor::new(vec![]);
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("encodes");
    bytes.into_inner()
}
