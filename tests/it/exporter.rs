//! The doors of the server that draws exports: files that it leaves for people, what it reads to draw them, and what it
//! tells of its progress.

use chrono::Duration;
use jobs::all::{storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched};
use reqwest::{Method, header};
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    client::{Answer, Client},
    database::server,
    drawing::Drawing,
    node,
    person::Person,
    socket::Socket,
};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use transit::value::Value;
use uuid::Uuid;

const PATH: &str = "/api/management/methods/upload-tempfile";
const NO_KEY: &str = "403 authorization/shared-key-required";

/// As the exporter does: with the token of somebody's cookie.
fn bearer(person: &Person) -> Client {
    let cookie = person.cookie.as_deref().and_then(|cookie| cookie.split_once('=')).expect("a session");
    let mut client = (**person).clone();
    client.authorization = Some(format!("Bearer {}", cookie.1));
    client.cookie = None;
    client
}

/// What the exporter makes of the secret key that both have.
fn key(app: &TestApp) -> String {
    format!("exporter {}", app.app.secrets.shared_key("exporter"))
}

async fn upload(by: &Client, key: Option<&str>, accept: &str, mtype: &str) -> Answer {
    let part = reqwest::multipart::Part::bytes(b"drawn".to_vec()).file_name("Board.png").mime_str(mtype);
    let form = reqwest::multipart::Form::new().part("content", part.expect("a content type"));
    let mut request = by.request(Method::POST, PATH).header(header::ACCEPT, accept).multipart(form);
    if let Some(key) = key {
        request = request.header("X-Shared-Key", key);
    }
    Answer::of(request.send().await.expect("answers")).await
}

async fn status(by: &Client, address: &str) -> u16 {
    by.get(address).await.status.as_u16()
}

#[tokio::test]
async fn a_file_is_kept_for_whoever_had_it_made() {
    let app = TestApp::start().await;
    let (ana, eve) = (app.person("ana").await, app.person("eve").await);
    let made = upload(&bearer(&ana), Some(&key(&app)), "*/*", "image/png").await;
    assert_eq!(made.status, 200, "{}", made.text());
    assert!(made.header("content-type").starts_with("application/transit+json"));
    let made = made.transit();
    let id = made.get("id").and_then(Value::as_uuid).expect("an id");
    let Some(Value::Uri(uri)) = made.get("uri") else { panic!("no address: {made:?}") };
    assert_eq!(*uri, format!("{}/assets/by-id/{id}", app.base));

    let address = uri.strip_prefix(&app.base).expect("ours");
    let read = ana.get(address).await;
    assert_eq!((read.status.as_u16(), read.bytes.as_slice()), (200, &b"drawn"[..]));
    assert_eq!(
        (read.header("content-type"), read.header("x-content-type-options")),
        ("image/png", "nosniff")
    );
    assert!(read.header("cache-control").starts_with("private"));
    assert_eq!(status(&eve, address).await, 404, "somebody else's");
    assert_eq!(status(&app.anonymous(), address).await, 401);
    let event =
        "SELECT count(*) FROM audit_log WHERE name = 'management-upload-tempfile' AND profile_id IS NOT NULL";
    assert_eq!(app.count(event).await, 1);

    let in_json = upload(&bearer(&eve), Some(&key(&app)), "application/json", "image/png").await.ok();
    let mine = format!("/assets/by-id/{}", in_json["id"].as_str().expect("an id"));
    assert_ne!(in_json["id"], json!(id), "equal bytes are two files");
    assert_eq!(in_json["uri"], format!("{}{mine}", app.base));
    assert_eq!((status(&eve, &mine).await, status(&ana, &mine).await), (200, 404));
}

#[tokio::test]
async fn it_is_given_out_for_an_hour_and_swept_then() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let made = upload(&bearer(&ana), Some(&key(&app)), "application/json", "application/pdf").await.ok();
    let address = format!("/assets/by-id/{}", made["id"].as_str().expect("an id"));
    let hour = "SELECT count(*) FROM storage_object WHERE expired_at = created_at + interval '1 hour'";
    assert_eq!(app.count(hour).await, 1);
    app.run_job_later(StorageGcTouched {}, Duration::minutes(50)).await;
    app.run_job_later(StorageGcDeleted {}, Duration::minutes(50)).await;
    assert_eq!(status(&ana, &address).await, 200);
    let over = "UPDATE storage_object SET expired_at = now() - interval '1 second' WHERE bucket = 'tempfile'";
    sqlx::query(over).execute(&app.app.pool).await.expect("is over");
    assert_eq!(status(&ana, &address).await, 404);
    app.run_job_later(StorageGcTouched {}, Duration::hours(4)).await;
    app.run_job_later(StorageGcDeleted {}, Duration::hours(7)).await;
    assert_eq!(app.count("SELECT count(*) FROM storage_object").await, 0);
    assert_eq!(app.blobs(), Vec::<String>::new(), "its bytes too");
}

#[tokio::test]
async fn whoever_has_no_key_is_refused_before_anything_is_read() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let (by, right) = (bearer(&ana), key(&app));
    let other = format!("nexus {}", app.app.secrets.shared_key("nexus"));
    let mixed = format!("exporter {}", app.app.secrets.shared_key("nexus"));
    let named = right.replacen("exporter", "nexus", 1);
    let bare = app.app.secrets.shared_key("exporter");
    for wrong in [
        None,
        Some(""),
        Some("exporter"),
        Some("exporter "),
        Some(&*other),
        Some(&*mixed),
        Some(&*named),
        Some(&*bare),
    ] {
        for accept in ["application/json", "*/*"] {
            let refused = upload(&by, wrong, accept, "image/png").await;
            let refused = match accept {
                "application/json" => refused.failure(),
                _ => format!("{} {:?}", refused.status.as_u16(), refused.transit().get("code")),
            };
            let in_transit = format!("403 {:?}", Some(Value::keyword("shared-key-required")));
            assert!([NO_KEY, &in_transit].contains(&&*refused), "{wrong:?}: {refused}");
        }
    }
    assert_eq!(app.count("SELECT count(*) FROM storage_object").await, 0);
    let upper = right.replacen("exporter", "EXPORTER", 1);
    assert_eq!(upload(&by, Some(&upper), "application/json", "image/png").await.status, 200);
    let nobody = upload(&app.anonymous(), Some(&right), "application/json", "image/png").await;
    assert_eq!(nobody.failure(), "401 authentication/authentication-required", "it would be nobody's file");

    let empty = by
        .request(Method::POST, PATH)
        .header("X-Shared-Key", &right)
        .header(header::ACCEPT, "application/json");
    let empty = Answer::of(
        empty.multipart(reqwest::multipart::Form::new().text("name", "Board")).send().await.expect("answers"),
    )
    .await;
    assert_eq!(empty.failure(), "400 validation/params-validation");
    let elsewhere = ana.call("upload-tempfile", json!({})).await;
    assert_eq!(elsewhere.failure(), "404 not-found/method-not-found");
    for (method, path, failure) in [
        (Method::GET, PATH, "405 restriction/method-not-allowed"),
        (Method::POST, "/api/management/methods/get-profile", "404 not-found/method-not-found"),
    ] {
        let request = by.request(method, path).header("X-Shared-Key", &right);
        let answer = request.header(header::ACCEPT, "application/json").send().await.expect("answers");
        assert_eq!(Answer::of(answer).await.failure(), failure);
    }
}

#[tokio::test]
async fn a_key_of_ones_own_takes_the_place_of_the_made_one() {
    let app =
        TestApp::with(Settings::default().set("PENPOT_EXPORTER_SHARED_KEY", "the key of the test")).await;
    let by = bearer(&app.person("ana").await);
    let made = upload(&by, Some("exporter the key of the test"), "application/json", "image/png").await;
    assert_eq!(made.status, 200, "{}", made.text());
    assert_eq!(upload(&by, Some(&key(&app)), "application/json", "image/png").await.failure(), NO_KEY);
    assert!(!format!("{:?}", app.app.config).contains("the key of the test"));
}

#[tokio::test]
async fn what_is_no_export_is_bytes() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    for (told, given) in [
        ("text/html", "application/octet-stream"),
        ("application/zip", "application/zip"),
        ("image/svg+xml; charset=utf-8", "image/svg+xml"),
    ] {
        let made = upload(&bearer(&ana), Some(&key(&app)), "application/json", told).await.ok();
        let read = ana.get(&format!("/assets/by-id/{}", made["id"].as_str().expect("an id"))).await;
        assert_eq!(read.header("content-type"), given, "{told}");
        assert!(read.header("content-security-policy").contains("sandbox"), "{told}");
    }
}

#[tokio::test]
async fn its_door_is_described_beside_the_others() {
    let app = TestApp::start().await;
    let nobody = app.anonymous();
    let document = nobody.get("/api/management/doc/openapi.json").await.ok();
    let post = &document["paths"]["/upload-tempfile"]["post"];
    assert_eq!(post["security"][0], json!({"key": [], "session": []}));
    assert!(post["responses"]["403"].is_object() && post["responses"]["401"].is_object());
    assert!(document["servers"][0]["url"].as_str().expect("text").ends_with("/api/management/methods"));
    let file = app.directory().join("management.json");
    std::fs::write(&file, document.to_string()).expect("writes");
    let said = node::run("openapi/validate.mjs", &[&file.display().to_string()]).await;
    assert!(said.starts_with("valid 3.0"), "{said}");
    let page = nobody.get("/api/management/doc").await.text();
    assert!(page.contains("upload-tempfile") && page.contains("/api/management/doc/openapi.json"));
    let main = nobody.get("/api/main/doc/openapi.json").await.ok();
    assert!(main["paths"]["/upload-tempfile"].is_null());
    assert!(main["components"]["securitySchemes"]["key"].is_null());
}

/// A file with sixty shapes on its page.
async fn drawn(ana: &Person) -> Drawing {
    let drawing = Drawing::of(&ana.file("Sketch").await);
    let shapes = (1..=60).map(|n| drawing.add(100 + n, Uuid::nil(), "rect"));
    drawing.send(ana, Uuid::from_u128(1), 0, shapes.collect()).await.transit();
    drawing
}

/// What its page asks, in a browser that has somebody's cookie: fonts, and a page with fifty objects.
#[tokio::test]
async fn its_page_reads_what_it_draws() {
    let app = TestApp::start().await;
    let (ana, eve) = (app.person("ana").await, app.person("eve").await);
    let drawing = drawn(&ana).await;
    let link = ana.share(&json!(drawing.file), &[drawing.page], "team").await;
    let objects: String = (1..=50).map(|n| format!("&object-id={}", Uuid::from_u128(100 + n))).collect();
    let ask = async |who: &Client, share: &str| {
        let file = format!("file-id={}{share}", drawing.file);
        let fonts = who.get(&format!("/api/main/methods/get-font-variants?{file}")).await;
        let page = format!("/api/main/methods/get-page?{file}&page-id={}{objects}", drawing.page);
        let page =
            who.request(Method::GET, &page).header(header::ACCEPT, "*/*").send().await.expect("answers");
        (fonts.status.as_u16(), Answer::of(page).await)
    };
    for (who, share) in [(&ana, String::new()), (&eve, format!("&share-id={link}"))] {
        let (fonts, page) = ask(who, &share).await;
        assert_eq!((fonts, page.status.as_u16()), (200, 200));
        let page = page.transit();
        let shapes = page.get("objects").expect("shapes").entries();
        assert_eq!(shapes.len(), 50);
        assert!(shapes.iter().all(|(_, shape)| matches!(shape, Value::Tagged(tag, _) if tag == "shape")));
    }
    let (fonts, page) = ask(&eve, "").await;
    assert_eq!((fonts, page.status.as_u16()), (404, 404));
    // One object, as its page names a single one.
    let one = json!({"fileId": drawing.file, "pageId": drawing.page, "objectId": Uuid::from_u128(101)});
    assert_eq!(
        ana.call("get-page", one).await.ok()["objects"].as_object().map(serde_json::Map::len),
        Some(1)
    );
}

/// What it asks by itself when it draws without a browser: by the older path, in compact transit, with both headers.
#[tokio::test]
async fn it_reads_a_page_by_itself() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let drawing = drawn(&ana).await;
    let by = bearer(&ana);
    let ask = async |name: &str, params: Vec<(&'static str, Value)>| {
        let request = by.request(Method::POST, &format!("/api/rpc/command/{name}"));
        let request = request
            .header(header::CONTENT_TYPE, "application/transit+json")
            .header("X-Shared-Key", key(&app));
        let body = transit::write(&Value::map(params));
        let answer = Answer::of(request.body(body).send().await.expect("answers")).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        answer.transit()
    };
    let file = ("file-id", Value::Uuid(drawing.file));
    let page = ask("get-page", vec![file.clone(), ("page-id", Value::Uuid(drawing.page))]).await;
    assert_eq!(page.get("objects").map(|shapes| shapes.entries().len()), Some(61));
    assert_eq!(ask("get-font-variants", vec![file]).await, Value::Vec(vec![]));
}

/// It publishes by itself, in compact transit and without a topic, on the channel of a person.
#[tokio::test]
async fn what_it_tells_in_redis_reaches_its_person() {
    let (redis, tenant) =
        (server("ATELIER_TEST_REDIS_URI"), format!("t{}", Uuid::from_u128(rand::random()).simple()));
    let settings = Settings::default().set("PENPOT_REDIS_URI", &redis).set("PENPOT_TENANT", &tenant);
    let app = TestApp::with(settings).await;
    let (ana, eve) = (app.person("ana").await, app.person("eve").await);
    let (mut hers, mut other) = (Socket::open(&ana).await, Socket::open(&eve).await);
    let ended = Value::map([
        ("type", Value::keyword("export-update")),
        ("resource-id", Value::Uuid(Uuid::from_u128(3))),
        ("status", Value::text("ended")),
        ("done", Value::Int(2)),
        ("resource-uri", Value::text("http://localhost/assets/by-id/3")),
        ("filename", Value::text("Boards.zip")),
        ("mtype", Value::text("application/zip")),
    ]);
    let channel = format!("{tenant}.{}", ana.id());
    publish(&redis, &channel, &transit::write(&ended)).await;
    let heard = hers.hears("export-update").await;
    for name in ["resource-id", "status", "done", "resource-uri", "filename", "mtype"] {
        assert_eq!(heard.get(name), ended.get(name), "{name}");
    }
    assert_eq!(heard.get("topic"), Some(&Value::Uuid(ana.id().0)));
    assert_eq!(other.settle().await, []);
}

/// A client of Redis that is none of ours.
async fn publish(redis: &str, channel: &str, message: &[u8]) {
    let place = redis.trim_start_matches("redis://").split('/').next().expect("an address");
    let mut line = TcpStream::connect(place).await.expect("connects");
    let head = format!("*3\r\n$7\r\nPUBLISH\r\n${}\r\n{channel}\r\n${}\r\n", channel.len(), message.len());
    line.write_all(&[head.as_bytes(), message, b"\r\n"].concat()).await.expect("writes");
    line.flush().await.expect("is sent");
}
