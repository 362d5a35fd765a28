//! Pictures of every kind we take.

use image::ImageFormat;
use tests::{app::TestApp, picture};

#[tokio::test]
async fn every_format() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    for (mtype, format) in [
        ("image/jpeg", ImageFormat::Jpeg),
        ("image/png", ImageFormat::Png),
        ("image/webp", ImageFormat::WebP),
        ("image/gif", ImageFormat::Gif),
    ] {
        let bytes = picture::draw(220, 110, format, 9);
        let media = ana.upload_picture(&file["id"], "picture", mtype, bytes.clone()).await.ok();
        assert_eq!(media["mtype"], mtype);
        assert_eq!((media["width"].as_i64(), media["height"].as_i64()), (Some(220), Some(110)), "{mtype}");
        let id = media["id"].as_str().expect("id");
        let served = ana.get(&format!("/assets/by-file-media-id/{id}")).await;
        assert_eq!((served.header("content-type"), served.bytes == bytes), (mtype, true));
        assert!(media["thumbnailId"].is_string(), "{mtype}");
    }
    let small = ana.upload_picture(&file["id"], "dot", "image/png", picture::png(20, 20, 2)).await.ok();
    assert!(
        small.get("thumbnailId").is_none_or(serde_json::Value::is_null),
        "a small picture is its own thumbnail"
    );
    let id = small["id"].as_str().expect("id");
    let thumbnail = ana.get(&format!("/assets/by-file-media-id/{id}/thumbnail")).await;
    assert_eq!(thumbnail.header("content-type"), "image/png");
}

#[tokio::test]
async fn two_uploads_at_once_of_one_content_end_in_one_object() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let bytes = picture::png(50, 50, 4);
    let upload = || ana.upload_picture(&file["id"], "same.png", "image/png", bytes.clone());
    let (a, b, c, d) = tokio::join!(upload(), upload(), upload(), upload());
    let ids: std::collections::BTreeSet<String> =
        [a, b, c, d].iter().map(|answer| answer.ok()["mediaId"].as_str().expect("id").to_owned()).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE state = 'valid'").await, 1);
    for id in ids {
        assert_eq!(ana.get(&format!("/assets/by-id/{id}")).await.bytes, bytes);
    }
}
