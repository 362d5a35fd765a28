//! Bad input of every kind: a clear error, and nothing left behind.

use serde_json::json;
use tests::{app::TestApp, client::FilePart, picture};

#[tokio::test]
async fn unknown_method() {
    let app = TestApp::start().await;
    let answer = app.anonymous().call("make-coffee", json!({})).await;
    assert_eq!(answer.status.as_u16(), 404);
    assert_eq!(answer.json()["type"], "not-found");
}

#[tokio::test]
async fn only_reads_answer_get() {
    let app = TestApp::start().await;
    let get = |path: &'static str| {
        let nobody = app.anonymous();
        async move { nobody.get(path).await }
    };
    let refused = get("/api/main/methods/create-team?_fmt=json").await;
    assert_eq!(refused.failure(), "405 restriction/method-not-allowed");
    assert_eq!(refused.header("allow"), "POST");
    let read = get("/api/main/methods/get-profile?_fmt=json").await;
    assert_eq!(read.ok()["fullname"], "Anonymous User");
    assert_eq!(get("/api/rpc/query/get-profile?_fmt=json").await.status.as_u16(), 200);
    assert_eq!(get("/api/rpc/mutation/get-profile?_fmt=json").await.status.as_u16(), 404);
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let app = TestApp::start().await;
    let answer =
        app.anonymous().call("prepare-register-profile", json!({"email": "nobody", "password": 5})).await;
    assert_eq!(answer.failure(), "400 validation/params-validation");
    let body = answer.json();
    let explain = body["explain"].as_str().expect("explain");
    for field in ["fullname", "email", "password"] {
        assert!(explain.contains(field), "{field} is not named in: {explain}");
    }
}

#[tokio::test]
async fn secrets_are_not_repeated() {
    let app = TestApp::start().await;
    let params = json!({"email": "not an address", "password": "x".repeat(600)});
    let answer = app.anonymous().call("login-with-password", params).await;
    assert_eq!(answer.failure(), "400 validation/params-validation");
    assert!(!answer.text().contains("xxx"), "{}", answer.text());
}

#[tokio::test]
async fn broken_bodies() {
    let app = TestApp::start().await;
    let nobody = app.anonymous();
    for (content_type, body, code) in [
        ("application/json", r#"{"email": "a@b.c"#, "malformed-json"),
        ("application/json", r#"{"email": }"#, "malformed-json"),
        ("application/json", "\u{0}\u{1}", "malformed-json"),
        ("application/transit+json", r#"["^ ","~:email""#, "malformed-transit"),
        ("application/transit+json", r#"["^ ","~:email"]"#, "malformed-transit"),
        ("application/transit+json", r#"["^9"]"#, "malformed-transit"),
    ] {
        let answer = nobody.call_raw("login-with-password", content_type, body).await;
        assert_eq!(answer.failure(), format!("400 validation/{code}"), "{body:?}");
    }
    for (content_type, body) in [
        ("application/json", "[1,2]".to_owned()),
        ("application/json", "[".repeat(30_000)),
        ("application/transit+json", "[".repeat(30_000)),
        ("application/transit+json", "\"~:just-a-word\"".to_owned()),
        ("text/plain", "hello".to_owned()),
        ("application/json", String::new()),
    ] {
        let answer = nobody.call_raw("login-with-password", content_type, body.clone()).await;
        assert_eq!(answer.status.as_u16(), 400, "{content_type} {:.20}: {}", body, answer.text());
        assert_eq!(answer.json()["type"], "validation");
    }
}

#[tokio::test]
async fn settings_that_the_database_cannot_hold() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let json = "application/json";
    for (kind, props, code) in [
        (json, r#"{"props":{"a":"b\u0000"}}"#, "params-validation"),
        (json, r#"{"props":{"a\u0000":1}}"#, "params-validation"),
        (json, r#"{"props":{"a":[{"b":{"c\u0000":true}}]}}"#, "params-validation"),
        ("application/transit+json", r#"["^ ","~:props",["^ ","~:a","~:b\u0000"]]"#, "params-validation"),
        (json, r#"{"props":{"a":"\ud800"}}"#, "malformed-json"),
        (json, r#"{"props":{"\udc00a":1}}"#, "malformed-json"),
        ("application/transit+json", r#"["^ ","~:props",["^ ","~:a","\udbff"]]"#, "malformed-transit"),
    ] {
        let answer = ana.call_raw("update-profile-props", kind, props).await;
        assert_eq!(answer.failure(), format!("400 validation/{code}"), "{props}");
        let text = answer.text();
        assert!(
            code != "params-validation" || text.contains("props: free of the character U+0000"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn too_large_a_body() {
    let app =
        TestApp::with(tests::app::Settings::default().set("PENPOT_HTTP_SERVER_MAX_BODY_SIZE", "65536")).await;
    let body = format!(r#"{{"email":"{}"}}"#, "a".repeat(100_000));
    let answer = app.anonymous().call_raw("login-with-password", "application/json", body).await;
    assert_eq!(answer.failure(), "413 validation/request-body-too-large");
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let answer = ana.upload_picture(&file["id"], "big.png", "image/png", vec![7; 100_000]).await;
    assert_eq!(answer.failure(), "413 validation/request-body-too-large");
}

#[tokio::test]
async fn strangers_may_send_little() {
    let app = TestApp::start().await;
    let body = format!(r#"{{"email":"{}"}}"#, "a".repeat(100_000));
    let answer = app.anonymous().call_raw("login-with-password", "application/json", body).await;
    assert_eq!(answer.failure(), "413 validation/request-body-too-large");
    let many = format!("[{}0]", "0,".repeat(5_000));
    let answer = app.anonymous().call_raw("login-with-password", "application/json", many).await;
    assert_eq!(answer.failure(), "413 validation/request-body-too-large");
}

#[tokio::test]
async fn forms_are_read_as_forms() {
    let app = TestApp::start().await;
    let form = "application/x-www-form-urlencoded";
    let answer =
        app.anonymous().call_raw("login-with-password", form, "email=a@b.co&password=two words#x").await;
    assert_eq!(answer.failure(), "400 validation/wrong-credentials", "both fields arrived");
    let answer = app.anonymous().call_raw("login-with-password", form, "a=1&".repeat(300)).await;
    assert_eq!(answer.failure(), "400 validation/params-validation");
    assert!(answer.json()["explain"].as_str().expect("explain").contains("200 fields"));
}

#[tokio::test]
async fn a_part_that_never_begins() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let endless = format!("--b\r\nX: {}", "a".repeat(2 << 20));
    for body in [endless, "no boundary at all".repeat(100_000)] {
        let kind = "multipart/form-data; boundary=b";
        let answer = ana.call_raw("upload-file-media-object", kind, body).await;
        assert_eq!(answer.failure(), "400 validation/malformed-multipart");
    }
}

#[tokio::test]
async fn a_file_that_is_too_long() {
    let app =
        TestApp::with(tests::app::Settings::default().set("PENPOT_MEDIA_MAX_FILE_SIZE", "1048576")).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let answer = ana.upload_picture(&file["id"], "big.png", "image/png", vec![7; 2 << 20]).await;
    assert_eq!(answer.failure(), "400 restriction/media-max-file-size-reached");
    assert_eq!(app.blobs(), Vec::<String>::new());
}

#[tokio::test]
async fn pictures_that_are_none() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let mut cut = picture::png(200, 200, 3);
    cut.truncate(cut.len() / 2);
    for (name, mtype, bytes, failure) in [
        ("notes.jpg", "image/jpeg", b"just a text".to_vec(), "400 validation/invalid-image"),
        ("mislabelled.jpg", "image/jpeg", picture::png(9, 9, 1), "400 validation/media-type-mismatch"),
        ("cut.png", "image/png", cut, "400 validation/invalid-image"),
        ("empty.png", "image/png", vec![], "400 validation/invalid-image"),
        ("notes.txt", "text/plain", b"text".to_vec(), "400 validation/media-type-not-allowed"),
        ("bomb.png", "image/png", pixel_bomb(), "400 validation/invalid-image"),
        ("deep.svg", "image/svg+xml", deep_svg(), "400 validation/unable-to-parse-svg"),
        ("laughs.svg", "image/svg+xml", laughing_svg(), "400 validation/unable-to-parse-svg"),
        ("page.svg", "image/svg+xml", b"<html></html>".to_vec(), "400 validation/unable-to-parse-svg"),
    ] {
        let answer = ana.upload_picture(&file["id"], name, mtype, bytes).await;
        assert_eq!(answer.failure(), failure, "{name}: {}", answer.text());
    }
    assert_eq!(app.blobs(), Vec::<String>::new(), "nothing is left behind");
    assert_eq!(app.count("SELECT count(*) FROM file_media_object").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM storage_object").await, 0);
}

#[tokio::test]
async fn a_script_does_not_survive_in_a_drawing() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20" onload="alert(1)">
        <script>alert(2)</script><a href="javascript:alert(3)"><rect width="9" height="9" onclick="alert(4)"/></a>
        <foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><script>alert(5)</script></body></foreignObject>
        </svg>"#;
    let media = ana.upload_picture(&file["id"], "s.svg", "image/svg+xml", svg.to_vec()).await.ok();
    assert_eq!((media["width"].as_i64(), media["height"].as_i64()), (Some(30), Some(20)));
    let served = ana.get(&format!("/assets/by-file-media-id/{}", media["id"].as_str().expect("id"))).await;
    assert!(served.text().contains("<rect"), "{}", served.text());
    assert!(!served.text().contains("alert"), "{}", served.text());
    assert!(served.header("content-security-policy").contains("sandbox"));
    assert_eq!(served.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn a_file_where_text_is_due_and_text_where_a_file_is_due() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let part = FilePart { field: "name", name: "x", mtype: "image/png", bytes: picture::png(5, 5, 1) };
    let fields = [("file-id", file["id"].as_str().expect("id").to_owned()), ("content", "text".to_owned())];
    let answer = ana.upload("upload-file-media-object", &fields, part).await;
    assert_eq!(answer.failure(), "400 validation/params-validation");
    let explain = answer.json()["explain"].as_str().expect("explain").to_owned();
    for field in ["content", "name", "isLocal"] {
        assert!(explain.contains(field), "{field} is not named in: {explain}");
    }
}

/// A PNG of 144 megapixels in less than a megabyte.
fn pixel_bomb() -> Vec<u8> {
    let side = 12_000;
    let picture = image::GrayImage::new(side, side);
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("encodes");
    let bytes = bytes.into_inner();
    assert!(bytes.len() < 1_500_000, "small on the wire: {}", bytes.len());
    bytes
}

fn deep_svg() -> Vec<u8> {
    let (open, close) = ("<g>".repeat(20_000), "</g>".repeat(20_000));
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{open}{close}</svg>"#)
        .into_bytes()
}

fn laughing_svg() -> Vec<u8> {
    let mut text = String::from("<!DOCTYPE svg [<!ENTITY a \"haha\">");
    for i in 1..12 {
        let before = if i == 1 { "a".to_owned() } else { format!("a{}", i - 1) };
        text += &format!("<!ENTITY a{i} \"{}\">", format!("&{before};").repeat(10));
    }
    format!("{text}]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&a11;</text></svg>").into_bytes()
}
