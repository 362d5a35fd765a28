//! Pictures fetched from the web, and what must never be fetched.

use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::Answer,
    person::Person,
    picture,
    web::WebServer,
};

async fn fetch(person: &Person, file: &Json, url: &str) -> Answer {
    let params = json!({"fileId": file["id"], "isLocal": true, "url": url});
    person.call("create-file-media-object-from-url", params).await
}

#[tokio::test]
async fn a_picture_comes_from_the_web_and_ends_where_it_ends() {
    let web = WebServer::start().await;
    let app = TestApp::with(Settings::default().set("PENPOT_SSRF_ALLOWED_HOSTS", web.host())).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let bytes = picture::png(200, 100, 1);
    let url = web.serve("image/png", &[bytes.as_slice(), b"<script>alert(1)</script>"].concat());
    let media = fetch(&ana, &file, &url).await.ok();
    assert_eq!((&media["width"], &media["name"]), (&json!(200), &json!("unknown")));
    let seen = ana.get(&format!("/assets/by-file-media-id/{}", media["id"].as_str().expect("an id"))).await;
    assert!(seen.bytes == bytes, "what followed the picture is gone");

    let drawing =
        web.serve("image/svg+xml", b"<svg width='9' height='8'><script>alert(1)</script><g/></svg>");
    let media = fetch(&ana, &file, &drawing).await.ok();
    let seen = ana.get(&format!("/assets/by-file-media-id/{}", media["id"].as_str().expect("an id"))).await;
    assert!(!seen.text().contains("alert"), "{}", seen.text());
}

#[tokio::test]
async fn what_is_no_picture_is_refused_by_name() {
    let web = WebServer::start().await;
    let settings = Settings::default()
        .set("PENPOT_SSRF_ALLOWED_HOSTS", web.host())
        .set("PENPOT_MEDIA_MAX_FILE_SIZE", "4096");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    for (mtype, bytes, failure) in [
        ("text/html", b"<html/>".to_vec(), "400 validation/media-type-not-allowed"),
        ("image/png", b"no picture".to_vec(), "400 validation/invalid-image"),
        ("image/png", picture::jpeg(20, 20, 1), "400 validation/media-type-mismatch"),
        ("image/png", picture::png(20, 20, 1)[..60].to_vec(), "400 validation/invalid-image"),
        ("image/png", vec![0; 5000], "400 restriction/media-max-file-size-reached"),
    ] {
        let url = web.serve(mtype, &bytes);
        assert_eq!(fetch(&ana, &file, &url).await.failure(), failure, "{mtype}");
    }
    let gone = format!("http://{}/nothing-there", web.host());
    assert_eq!(fetch(&ana, &file, &gone).await.failure(), "400 validation/unable-to-download-image");
    assert_eq!(app.blobs().len(), 0, "nothing of them is kept");
}

#[tokio::test]
async fn our_own_network_is_out_of_reach() {
    let web = WebServer::start().await;
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let port = web.host().rsplit(':').next().expect("a port").to_owned();
    for url in [
        web.serve("image/png", &picture::png(20, 20, 1)),
        format!("http://localhost:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "ftp://127.0.0.1/x.png".to_owned(),
    ] {
        assert_eq!(fetch(&ana, &file, &url).await.failure(), "400 validation/ssrf-blocked-target", "{url}");
    }
    assert_eq!(web.requests(), 0, "nobody was asked");
    let bo = app.person("bo").await;
    let stranger = fetch(&bo, &file, &web.serve("image/png", &picture::png(20, 20, 1))).await;
    assert_eq!(stranger.failure(), "404 not-found/object-not-found");
}
