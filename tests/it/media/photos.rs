//! Photos of people and teams.

use chrono::Duration;
use domain::role::Role;
use image::ImageFormat;
use jobs::all::{storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched};
use serde_json::json;
use tests::{
    app::TestApp,
    client::{Answer, FilePart},
    person::Person,
    picture,
};

fn part(bytes: Vec<u8>, mtype: &str) -> FilePart<'_> {
    FilePart { field: "file", name: "photo", mtype, bytes }
}

async fn photo(person: &Person, bytes: Vec<u8>, mtype: &str) -> Answer {
    person.upload("update-profile-photo", &[], part(bytes, mtype)).await
}

#[tokio::test]
async fn a_photo_is_cut_to_a_square_and_the_old_one_goes() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let answer = photo(&ana, picture::png(600, 300, 1), "image/png").await;
    assert_eq!((answer.status.as_u16(), answer.bytes.len()), (204, 0));
    let first =
        ana.call("get-profile", json!({})).await.ok()["photoId"].as_str().expect("a photo").to_owned();
    let seen = ana.get(&format!("/assets/by-id/{first}")).await;
    assert_eq!(seen.header("content-type"), "image/jpeg");
    let size = image::load_from_memory(&seen.bytes).expect("a picture");
    assert_eq!((size.width(), size.height()), (256, 256));
    let bo = app.person("bo").await;
    assert_eq!(
        bo.get(&format!("/assets/by-id/{first}")).await.status.as_u16(),
        200,
        "everyone who is signed in"
    );
    assert_eq!(app.anonymous().get(&format!("/assets/by-id/{first}")).await.status.as_u16(), 401);

    photo(&ana, picture::jpeg(300, 300, 2), "image/jpeg").await.ok();
    app.run_job_later(StorageGcTouched {}, Duration::hours(3)).await;
    app.run_job_later(StorageGcDeleted {}, Duration::days(8)).await;
    assert_eq!(app.blobs().len(), 1, "the old one went, the new one stayed");

    for _ in 0..2 {
        assert_eq!(ana.call("delete-profile-photo", json!({})).await.status.as_u16(), 204);
    }
    assert!(ana.call("get-profile", json!({})).await.ok()["photoId"].is_null());
    app.run_job_later(StorageGcTouched {}, Duration::hours(3)).await;
    app.run_job_later(StorageGcDeleted {}, Duration::days(8)).await;
    assert_eq!(app.blobs().len(), 0);
}

#[tokio::test]
async fn the_same_photo_again_stays() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    for _ in 0..2 {
        photo(&ana, picture::png(300, 300, 1), "image/png").await.ok();
    }
    app.run_job_later(StorageGcTouched {}, Duration::hours(3)).await;
    app.run_job_later(StorageGcDeleted {}, Duration::days(8)).await;
    assert_eq!(app.blobs().len(), 1);
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE deleted_at IS NULL").await, 1);
}

#[tokio::test]
async fn wrong_photos_are_refused_by_name() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let gif = picture::draw(300, 300, ImageFormat::Gif, 1);
    for (bytes, mtype, failure) in [
        (gif.clone(), "image/gif", "400 validation/media-type-not-allowed"),
        (gif, "image/png", "400 validation/media-type-mismatch"),
        (b"<svg/>".to_vec(), "image/svg+xml", "400 validation/media-type-not-allowed"),
        (b"no picture".to_vec(), "image/png", "400 validation/invalid-image"),
        (picture::png(300, 300, 1)[..200].to_vec(), "image/png", "400 validation/invalid-image"),
    ] {
        assert_eq!(photo(&ana, bytes, mtype).await.failure(), failure, "{mtype}");
    }
    assert_eq!(app.blobs().len(), 0, "nothing of them is kept");
}

#[tokio::test]
async fn a_team_gets_its_photo_from_those_who_manage_it() {
    let app = TestApp::start().await;
    let (ana, bo, cy) = (app.person("ana").await, app.person("bo").await, app.person("cy").await);
    let team = ana.team("Ink").await;
    app.join(&team, &bo, Role::Editor).await;
    app.join(&team, &cy, Role::Admin).await;
    let fields = [("team-id", team["id"].as_str().expect("an id").to_owned())];
    for (person, failure) in [(&bo, true), (&cy, false), (&ana, false)] {
        let bytes = picture::png(300, 300, u8::from(failure));
        let answer = person.upload("update-team-photo", &fields, part(bytes, "image/png")).await;
        if failure {
            assert_eq!(answer.failure(), "404 not-found/object-not-found");
        } else {
            let answered = answer.ok();
            assert_eq!((&answered["id"], &answered["name"]), (&team["id"], &json!("Ink")));
            assert!(answered["photoId"].is_string(), "{answered}");
        }
    }
    assert_eq!(app.blobs().len(), 1);
}
