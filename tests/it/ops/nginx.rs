//! A real nginx in front, with the site that installations use: who sends the bytes, and what must not get lost.

use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::{Answer, Client, FilePart},
    nginx::{Nginx, SITE},
    person::Person,
    picture,
    s3::S3Server,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::JoinHandle,
};

const SVG: &str =
    r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>"#;

/// An Atelier that hands blobs over to the front server; pictures are for everyone, so that shared caches keep them.
async fn handing_over(settings: Settings) -> TestApp {
    TestApp::with(open(settings).set("PENPOT_ASSETS_PATH", "/internal/assets/")).await
}

fn open(settings: Settings) -> Settings {
    settings.set("ATELIER_PUBLIC_FILE_MEDIA", "true")
}

/// Uploads through nginx; the path of the blob.
async fn upload(ana: &Person, nginx: &Nginx, mtype: &str, bytes: &[u8]) -> String {
    let file = ana.file("Sketch").await;
    let id = file["id"].as_str().expect("id").to_owned();
    let fields = [("file-id", id), ("is-local", "true".to_owned()), ("name", "a".to_owned())];
    let part = FilePart { field: "content", name: "a", mtype, bytes: bytes.to_vec() };
    let media: Json = nginx.lead(ana).upload("upload-file-media-object", &fields, part).await.ok();
    format!("/assets/by-id/{}", media["mediaId"].as_str().expect("id"))
}

async fn ask(client: &Client, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = client.request(method, path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    Answer::of(request.send().await.expect("an answer")).await
}

/// What a browser relies on, whoever sends the bytes.
async fn serves(client: &Client, path: &str, bytes: &[u8]) {
    let whole = client.get(path).await;
    assert_eq!((whole.status.as_u16(), whole.bytes == bytes), (200, true), "{}", whole.text());
    let length = bytes.len().to_string();
    for (name, value) in [
        ("content-type", "image/png"),
        ("content-length", length.as_str()),
        ("cache-control", "max-age=86400"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", ""),
        ("x-accel-redirect", ""),
        ("location", ""),
        ("x-host", ""),
        ("x-mtype", ""),
    ] {
        let told: Vec<_> = whole.headers.get_all(name).iter().collect();
        assert_eq!(told, if value.is_empty() { vec![] } else { vec![value] }, "{name}: {:?}", whole.headers);
    }
    assert!(!whole.header("x-request-id").is_empty(), "{:?}", whole.headers);
    assert!(!whole.headers.keys().any(|name| name.as_str().starts_with("x-amz")), "{:?}", whole.headers);

    let head = ask(client, Method::HEAD, path, &[]).await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
    for name in ["content-type", "content-length", "cache-control", "x-content-type-options", "etag"] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }

    let part = ask(client, Method::GET, path, &[("range", "bytes=10-19")]).await;
    assert_eq!((part.status.as_u16(), part.bytes.as_slice()), (206, &bytes[10..20]));
    assert_eq!(part.header("content-range"), format!("bytes 10-19/{length}"));
    assert_eq!(part.header("content-type"), "image/png");
    let beyond = ask(client, Method::GET, path, &[("range", "bytes=9999999-")]).await;
    assert_eq!((beyond.status.as_u16(), beyond.bytes == bytes), (416, false));
}

/// What a browser relies on that has the blob already. (The bucket of the tests knows no conditions.)
async fn compares(client: &Client, path: &str, bytes: &[u8]) {
    let whole = client.get(path).await;
    let tag = whole.header("etag").to_owned();
    assert!(!tag.is_empty(), "{:?}", whole.headers);
    let same = ask(client, Method::GET, path, &[("if-none-match", &tag)]).await;
    assert_eq!((same.status.as_u16(), same.bytes.len()), (304, 0));
    assert_eq!(same.header("cache-control"), "max-age=86400", "a day more");
    let other = ask(client, Method::GET, path, &[("if-none-match", "\"other\"")]).await;
    assert_eq!((other.status.as_u16(), other.bytes == bytes), (200, true));
    let continued = [("range", "bytes=10-19"), ("if-range", tag.as_str())];
    assert_eq!(ask(client, Method::GET, path, &continued).await.status.as_u16(), 206);
    let changed = [("range", "bytes=10-19"), ("if-range", "\"other\"")];
    assert_eq!(ask(client, Method::GET, path, &changed).await.status.as_u16(), 200);
}

/// Drawings, and blobs that not everybody may see.
async fn keeps_to_the_rules(app: &TestApp, ana: &Person, nginx: &Nginx) {
    let nobody = nginx.lead(&app.anonymous());
    let path = upload(ana, nginx, "image/svg+xml", SVG.as_bytes()).await;
    let drawing = nobody.get(&path).await;
    assert_eq!((drawing.status.as_u16(), drawing.header("content-type")), (200, "image/svg+xml"));
    let policy = drawing.header("content-security-policy");
    assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
    assert_eq!(drawing.header("x-content-type-options"), "nosniff");

    let unknown = nobody.get("/assets/by-id/6b6c7d1e-0000-4000-8000-000000000000").await;
    assert_eq!((unknown.status.as_u16(), unknown.header("cache-control")), (404, ""));
    let id = path.rsplit('/').next().expect("an id").to_owned();
    let sql = "UPDATE storage_object SET bucket = 'profile' WHERE id = $1::uuid";
    sqlx::query(sql).bind(&id).execute(&app.app.pool).await.expect("updates");
    assert_eq!(nobody.get(&path).await.status.as_u16(), 401);
    let seen = nginx.lead(ana).get(&path).await;
    assert_eq!((seen.status.as_u16(), seen.header("cache-control")), (200, "private, max-age=86400"));
}

#[tokio::test]
async fn it_sends_files_itself() {
    let app = handing_over(Settings::default()).await;
    let nginx = Nginx::before(&app).await;
    let ana = app.person("ana").await;
    let bytes = picture::png(90, 90, 5);
    let path = upload(&ana, &nginx, "image/png", &bytes).await;
    let nobody = nginx.lead(&app.anonymous());
    assert_eq!(app.anonymous().get(&path).await.status.as_u16(), 204, "the API hands it over");
    serves(&nobody, &path, &bytes).await;
    compares(&nobody, &path, &bytes).await;

    let blob = app.blobs().pop().expect("a blob");
    for direct in [
        format!("/internal/assets/{blob}"),
        format!("/assets/../internal/assets/{blob}"),
        format!("//internal//assets/{blob}"),
    ] {
        let answer = nobody.get(&direct).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (404, "no-store"), "{direct}");
    }
    keeps_to_the_rules(&app, &ana, &nginx).await;

    std::fs::remove_file(app.directory().join("assets").join(&blob)).expect("is removed");
    let lost = nobody.get(&path).await;
    assert_eq!(lost.status.as_u16(), 404);
    let cached: Vec<_> = lost.headers.get_all("cache-control").iter().collect();
    assert!(cached.contains(&&"no-store".parse().expect("a value")), "nobody keeps a failure: {cached:?}");
}

#[tokio::test]
async fn it_fetches_from_a_bucket() {
    let server = S3Server::start().await;
    let app = handing_over(Settings::default().in_bucket(&server)).await;
    let nginx = Nginx::before(&app).await;
    let ana = app.person("ana").await;
    let bytes = picture::png(90, 90, 5);
    let path = upload(&ana, &nginx, "image/png", &bytes).await;
    assert_eq!(app.anonymous().get(&path).await.status.as_u16(), 307, "the API hands it over");
    serves(&nginx.lead(&app.anonymous()), &path, &bytes).await;

    // A bucket refuses a link that comes with another proof of who calls.
    let made = ana.call("create-access-token", json!({"name": "script"})).await.ok();
    let mut script = nginx.lead(&app.anonymous());
    script.authorization = Some(format!("Token {}", made["token"].as_str().expect("a token")));
    serves(&script, &path, &bytes).await;
    serves(&nginx.lead(&ana), &path, &bytes).await;
    keeps_to_the_rules(&app, &ana, &nginx).await;
}

/// A bucket's door that writes down what it is asked and always gives one answer.
struct Spy {
    endpoint: String,
    asked: Arc<Mutex<Vec<String>>>,
    server: JoinHandle<()>,
}

impl Spy {
    async fn answering(answer: &'static str) -> Spy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
        let asked = Arc::new(Mutex::new(vec![]));
        let heard = Arc::clone(&asked);
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let mut socket = BufReader::new(socket);
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") && socket.read_line(&mut head).await.expect("text") > 0 {}
                heard.lock().expect("no panics").push(head.to_ascii_lowercase());
                socket.write_all(answer.as_bytes()).await.expect("is taken");
            }
        });
        Spy { endpoint, asked, server }
    }
}

impl Drop for Spy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A picture in a bucket, whose links lead to somebody who answers this; what nginx makes of it, for Ana's browser.
async fn seen_through(answer: &'static str) -> (Answer, Vec<String>) {
    let (server, spy) = (S3Server::start().await, Spy::answering(answer).await);
    let app =
        handing_over(Settings::default().in_bucket(&server).set("ATELIER_S3_PUBLIC_ENDPOINT", &spy.endpoint))
            .await;
    let nginx = Nginx::before(&app).await;
    let ana = app.person("ana").await;
    let path = upload(&ana, &nginx, "image/png", &picture::png(9, 9, 1)).await;
    let mut browser = nginx.lead(&ana);
    browser.authorization = Some("Bearer something".to_owned());
    let headers = [
        ("x-amz-acl", "public-read"),
        ("x-client", "a browser"),
        ("range", "bytes=0-1"),
        ("if-range", "\"e\""),
        ("if-none-match", "\"f\""),
        ("if-modified-since", "Wed, 21 Oct 2015 07:28:00 GMT"),
    ];
    let answer = ask(&browser, Method::GET, &path, &headers).await;
    let asked = spy.asked.lock().expect("no panics").clone();
    (answer, asked)
}

#[tokio::test]
async fn a_bucket_learns_nothing_and_decides_nothing() {
    let (answer, asked) = seen_through(concat!(
        "HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\nContent-Range: bytes 0-1/9\r\n",
        "Content-Type: text/html\r\nCache-Control: no-store\r\nExpires: 0\r\nSet-Cookie: a=b\r\nVary: Origin\r\n",
        "Content-Disposition: inline\r\nContent-Security-Policy: block-all-mixed-content\r\n",
        "X-Accel-Redirect: /api/main/doc\r\nx-amz-request-id: 1\r\nx-amz-id-2: 2\r\nx-amz-version-id: 3\r\n",
        "x-amz-server-side-encryption: AES256\r\nx-amz-storage-class: STANDARD\r\n",
        "X-Content-Type-Options: none\r\nETag: \"e\"\r\nConnection: close\r\n\r\nhi",
    ))
    .await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (206, "hi"));
    let mut names: Vec<&str> = answer.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    let expected = [
        "cache-control",
        "connection",
        "content-length",
        "content-range",
        "content-type",
        "date",
        "etag",
        "server",
        "x-content-type-options",
        "x-request-id",
    ];
    assert_eq!(names, expected);
    let told = ["cache-control", "content-type", "x-content-type-options"].map(|name| answer.header(name));
    assert_eq!(told, ["max-age=86400", "image/png", "nosniff"]);

    let [asked] = asked.as_slice() else { panic!("one question: {asked:?}") };
    let mut lines = asked.trim_end().lines();
    let first = lines.next().expect("a request");
    assert!(first.starts_with("get /assets/") && first.contains("x-amz-signature="), "{first}");
    let mut names: Vec<&str> = lines.filter_map(|line| line.split(':').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["host", "if-modified-since", "if-none-match", "if-range", "range"], "{asked}");

    let (answer, _) =
        seen_through("HTTP/1.1 304 Not Modified\r\nETag: \"f\"\r\nConnection: close\r\n\r\n").await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (304, "\"f\""));
    assert_eq!(answer.header("cache-control"), "max-age=86400", "a day more");
}

#[tokio::test]
async fn a_bucket_that_fails_is_not_quoted() {
    let refused = "HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\nx-amz-request-id: 1\r\n\
                   Content-Length: 18\r\nConnection: close\r\n\r\n<Key>secret</Key>\n";
    let missing =
        "HTTP/1.1 404 Not Found\r\nContent-Length: 18\r\nConnection: close\r\n\r\n<Key>secret</Key>\n";
    let moved = "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/secret\r\n\
                 Content-Length: 0\r\nConnection: close\r\n\r\n";
    let outside = "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */9\r\nContent-Length: 18\r\n\
                   Connection: close\r\n\r\n<Key>secret</Key>\n";
    let unheard_of = "HTTP/1.1 422 What\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let failures = [(refused, 502), (missing, 404), (moved, 502), (outside, 416), (unheard_of, 422)];
    for (said, status) in failures {
        let (answer, _) = seen_through(said).await;
        assert_eq!(answer.status.as_u16(), status, "{said}");
        assert_eq!(answer.header("content-range"), if status == 416 { "bytes */9" } else { "" });
        assert!(!format!("{:?} {}", answer.headers, answer.text()).contains("secret"), "{said}");
        assert!(!answer.header("cache-control").contains("max-age"), "nobody keeps a failure");
    }
}

#[tokio::test]
async fn without_the_setting_the_bytes_come_through_it() {
    let app = TestApp::with(open(Settings::default())).await;
    let nginx = Nginx::before(&app).await;
    let ana = app.person("ana").await;
    let bytes = picture::png(90, 90, 5);
    let path = upload(&ana, &nginx, "image/png", &bytes).await;
    assert_eq!(app.anonymous().get(&path).await.status.as_u16(), 200, "the API sends it");
    let nobody = nginx.lead(&app.anonymous());
    serves(&nobody, &path, &bytes).await;
    compares(&nobody, &path, &bytes).await;
    keeps_to_the_rules(&app, &ana, &nginx).await;
}

#[tokio::test]
async fn calls_pass_and_the_rest_does_not() {
    let app = TestApp::start().await;
    let nginx = Nginx::before(&app).await;
    let ana = app.person("ana").await;
    let through = nginx.lead(&ana);
    assert_eq!(through.call("get-profile", json!({})).await.ok()["id"], ana.profile["id"]);
    let nobody = nginx.lead(&app.anonymous());
    let failure = nobody.call("get-teams", json!({})).await.failure();
    assert_eq!(failure, "401 authentication/authentication-required");
    for path in ["/", "/metrics", "/readyz", "/dev/mail"] {
        assert_eq!(nobody.get(path).await.status.as_u16(), 404, "{path}");
        assert_eq!(app.anonymous().get(path).await.status.as_u16(), 200, "{path} is there");
    }

    let packed = [("accept-encoding", "gzip")];
    let document = ask(&nobody, Method::GET, "/api/main/doc/openapi.json", &packed).await;
    assert_eq!((document.status.as_u16(), document.header("content-encoding")), (200, "gzip"));

    // More than nginx takes when it is not told; what the API then says comes back.
    let file = ana.file("Sketch").await;
    let fields = [("file-id", file["id"].as_str().expect("id").to_owned()), ("name", "a".to_owned())];
    let part = FilePart { field: "content", name: "a", mtype: "image/png", bytes: vec![0; 3 << 20] };
    let refused = through.upload("upload-file-media-object", &fields, part).await;
    assert_eq!(refused.json()["type"], "validation", "{}", refused.text());
    let limit = format!("client_max_body_size {}m;", app.app.config.http.body_bytes_max >> 20);
    assert!(SITE.contains(&limit), "{limit}");
}
