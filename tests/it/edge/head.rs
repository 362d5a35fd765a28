//! HEAD gets the head that GET gets, and nothing behind it.

use bytes::Bytes;
use reqwest::Method;
use tests::{
    app::{Settings, TestApp},
    client::Answer,
    connection::{Asked, Connection, Content, Streams},
    picture,
};

fn asked(method: Method, path: &str, cookie: Option<&str>) -> Asked {
    let headers = cookie.map(|cookie| ("cookie", cookie.to_owned())).into_iter().collect();
    Asked { method, path: path.to_owned(), headers, content: Content::Sized(Bytes::new()) }
}

/// What must be the same. Pages that tell how the process is have another length each time.
fn facts(answer: &Answer, path: &str) -> Vec<String> {
    let names = ["content-type", "location", "etag", "cache-control", "allow", "www-authenticate"];
    let mut facts: Vec<String> = names.iter().map(|name| answer.header(name).to_owned()).collect();
    facts.push(answer.status.to_string());
    if !["/metrics", "/admin"].contains(&path) {
        facts.push(answer.header("content-length").to_owned());
    }
    facts
}

#[tokio::test]
async fn every_path_answers_it_as_it_answers_get() {
    let app = TestApp::with(Settings::default().set("PENPOT_ADMINS", "ana@example.com")).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let media = ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(99, 99, 1)).await.ok();
    let picture = format!("/assets/by-file-media-id/{}", media["id"].as_str().expect("an id"));
    let (cookie, mut streams) = (ana.cookie.clone(), Streams::open(&app.base).await);
    let cookie = cookie.as_deref();
    for (path, cookie) in [
        ("/livez", None),
        ("/readyz", None),
        ("/metrics", None),
        ("/", None),
        ("/nowhere", None),
        ("/dev/mail", None),
        ("/api/doc", None),
        ("/api/main/doc", None),
        ("/api/main/doc/openapi.json", None),
        ("/api/main/methods/get-profile", None),
        ("/api/main/methods/get-profile?_fmt=json", cookie),
        ("/api/main/methods/get-teams", None),
        ("/api/main/methods/create-team", cookie),
        ("/api/main/methods/make-coffee", None),
        (picture.as_str(), cookie),
        (picture.as_str(), None),
        ("/assets/by-id/none", None),
        ("/admin", None),
        ("/admin", cookie),
        ("/admin/jobs", None),
        ("/admin/live", None),
        ("/admin/sign-in", None),
        ("/admin/assets/dashboard.css", None),
        ("/admin/assets/none", None),
    ] {
        let get = streams.ask(&asked(Method::GET, path, cookie)).await.expect("an answer");
        let head = streams.ask(&asked(Method::HEAD, path, cookie)).await;
        let head = head.unwrap_or_else(|lost| panic!("{path}: {lost:?}"));
        assert_eq!(facts(&head, path), facts(&get, path), "{path}");
        assert!(head.bytes.is_empty(), "{path}");

        let mut last = asked(Method::HEAD, path, cookie);
        last.headers.push(("connection", "close".to_owned()));
        let mut connection = Connection::open(&app.base).await;
        connection.send_head(&last).await.expect("is sent");
        let heard = connection.rest().await.expect("is not reset");
        let heard = String::from_utf8_lossy(&heard);
        assert!(heard.starts_with(&format!("HTTP/1.1 {}", get.status.as_u16())), "{path}: {heard}");
        assert!(heard.ends_with("\r\n\r\n"), "{path}: {heard}");
    }
}
