//! Fonts that come in pieces.

use super::scene::{assemble, bytes, params, sent};
use chrono::Duration;
use jobs::all::{storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched};
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    font,
};
use uuid::Uuid;

#[tokio::test]
async fn pieces_become_a_variant_and_are_gone() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let (ttf, woff2) = (font::ttf("Inky"), font::woff2(&font::ttf("Inky")));
    let uploads = json!({"font/ttf": sent(&ana, &ttf, 3).await, "font/woff2": sent(&ana, &woff2, 2).await});
    let variant = assemble(&ana, &team, uploads.clone()).await.ok();
    assert!(bytes(&ana, &variant["ttfFileId"]).await == ttf);
    assert!(bytes(&ana, &variant["woff2FileId"]).await == woff2);
    let again = assemble(&ana, &team, uploads).await;
    assert_eq!(again.failure(), "404 not-found/object-not-found", "the uploads are over");

    app.run_job_later(StorageGcTouched {}, Duration::hours(3)).await;
    app.run_job_later(StorageGcDeleted {}, Duration::hours(6)).await;
    app.is_sound("pieces are gone").await;
    assert_eq!(app.blobs().len(), 3, "TTF, WOFF and WOFF 2");
}

#[tokio::test]
async fn an_upload_that_is_refused_can_be_used_again() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    let session = sent(&ana, &font::ttf("Inky"), 2).await;
    let mistaken = assemble(&ana, &team, json!({"font/woff": session})).await;
    assert_eq!(mistaken.failure(), "400 validation/media-type-mismatch");
    let his = bo.team("Oil").await;
    let missing = "404 not-found/object-not-found";
    assert_eq!(assemble(&bo, &his, json!({"font/ttf": session})).await.failure(), missing, "hers");
    assert_eq!(assemble(&bo, &team, json!({"font/ttf": session})).await.failure(), missing, "her team");
    let begun = ana.call("create-upload-session", json!({"totalChunks": 2})).await.ok();
    let early = assemble(&ana, &team, json!({"font/ttf": begun["sessionId"]})).await;
    assert_eq!(early.failure(), "400 validation/missing-chunks");
    assemble(&ana, &team, json!({"font/ttf": session})).await.ok();
}

#[tokio::test]
async fn what_is_asked_for_is_one_of_both() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let file = json!({"font/ttf": font::base64(&font::ttf("Inky"))});
    let both = json!({"data": file, "uploads": {"font/ttf": Uuid::from_u128(1)}});
    for wrong in [json!({}), both, json!({"data": {}}), json!({"uploads": {}})] {
        let mut params = params(&team);
        params.as_object_mut().expect("a map").extend(wrong.as_object().expect("a map").clone());
        let refused = ana.call("create-font-variant", params).await;
        assert_eq!(refused.failure(), "400 validation/params-validation", "{wrong}");
        assert!(refused.text().contains("data or uploads"), "{}", refused.text());
    }
}

#[tokio::test]
async fn a_font_may_be_larger_than_a_picture() {
    let settings = Settings::default()
        .set("PENPOT_MEDIA_MAX_FILE_SIZE", "1024")
        .set("PENPOT_FONT_MAX_FILE_SIZE", "3000");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let ttf = font::ttf("Inky");
    assert!((1025..3000).contains(&ttf.len()), "{}", ttf.len());
    assemble(&ana, &team, json!({"font/ttf": sent(&ana, &ttf, 1).await})).await.ok();
    let large = font::large_ttf(60, 0);
    assert!((3000..6000).contains(&large.len()), "{}", large.len());
    let session = sent(&ana, &large, 2).await;
    let refused = assemble(&ana, &team, json!({"font/ttf": session})).await;
    assert_eq!(refused.failure(), "400 restriction/font-max-file-size-reached");
}
