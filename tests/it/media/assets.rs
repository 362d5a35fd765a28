//! Serving bytes without a front server.

use tests::{app::TestApp, picture};

#[tokio::test]
async fn bytes_ranges_and_conditions() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let bytes = picture::png(90, 90, 5);
    let media = ana.upload_picture(&file["id"], "a.png", "image/png", bytes.clone()).await.ok();
    let path = format!("/assets/by-id/{}", media["mediaId"].as_str().expect("id"));

    let whole = ana.get(&path).await;
    assert_eq!((whole.status.as_u16(), whole.bytes == bytes), (200, true));
    assert_eq!(whole.header("content-length"), bytes.len().to_string());
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    let age: u64 =
        whole.header("cache-control").split("max-age=").nth(1).expect("max-age").parse().expect("seconds");
    assert!((60..=31_536_000).contains(&age), "{age} s");

    let tag = whole.header("etag").to_owned();
    for (name, value, status, length) in [
        ("range", "bytes=0-9", 206, 10),
        ("range", "bytes=-5", 206, 5),
        ("range", "bytes=10-", 206, bytes.len() - 10),
        ("range", "bytes=999999-", 416, 0),
        ("if-none-match", tag.as_str(), 304, 0),
        ("if-none-match", "\"other\"", 200, bytes.len()),
    ] {
        let request = ana.request(reqwest::Method::GET, &path).header(name, value);
        let answer = tests::client::Answer::of(request.send().await.expect("an answer")).await;
        assert_eq!((answer.status.as_u16(), answer.bytes.len()), (status, length), "{name}: {value}");
    }
    let head = ana.request(reqwest::Method::HEAD, &path).send().await.expect("an answer");
    assert_eq!(head.status().as_u16(), 200);
}

#[tokio::test]
async fn what_is_not_there() {
    let app = TestApp::start().await;
    let nobody = app.anonymous();
    for path in [
        "/assets/by-id/not-a-uuid",
        "/assets/by-id/6b6c7d1e-0000-4000-8000-000000000000",
        "/assets/by-file-media-id/6b6c7d1e-0000-4000-8000-000000000000",
        "/assets/by-file-media-id/6b6c7d1e-0000-4000-8000-000000000000/thumbnail",
        "/assets/../secret",
    ] {
        assert_eq!(nobody.get(path).await.status.as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn health_and_metrics() {
    let app = TestApp::start().await;
    let nobody = app.anonymous();
    let ready = nobody.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.text().as_str()), (200, "OK"));
    nobody.call("get-profile", serde_json::json!({})).await.ok();
    let metrics = nobody.get("/metrics").await.text();
    assert!(metrics.contains("penpot_rpc_main_timing") && metrics.contains("get-profile"), "{metrics}");
}
