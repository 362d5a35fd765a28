//! The whole site: nginx with Penpot's images behind it. What stands in for them says what it was asked, for there are
//! no containers in tests; what the compose files tell them is compared with what both sides read.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use platform::config::Flags;
use reqwest::Method;
use serde_json::Value as Json;
use tests::{
    app::TestApp,
    client::Answer,
    database::TestDatabase,
    nginx::{Behind, Nginx, SITE},
    process::{self, free_port},
    python,
    socket::Socket,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
    time::timeout,
};

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(60);
const MOVE: &str = include_str!("../../../docs/MOVE.md");

/// Somebody who stands in for an image: answers with its name, and keeps what it was asked.
struct Double {
    base: String,
    asked: Arc<Mutex<Vec<String>>>,
    server: JoinHandle<()>,
}

impl Double {
    async fn of(name: &'static str) -> Double {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let asked = Arc::new(Mutex::new(vec![]));
        let heard = Arc::clone(&asked);
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let mut socket = BufReader::new(socket);
                let request = request(&mut socket).await;
                heard.lock().expect("whole").push(request);
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nx-frame-options: SAMEORIGIN\r\nconnection: close\r\n\r\n",
                    name.len()
                );
                // A client that goes away is its own business.
                let _ = socket.write_all(format!("{head}{name}").as_bytes()).await;
            }
        });
        Double { base, asked, server }
    }

    /// What it was asked since this was asked last: heads and bodies.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().expect("whole"))
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A whole request, as text.
async fn request(socket: &mut BufReader<TcpStream>) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && socket.read_line(&mut head).await.expect("text") > 0 {}
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    socket.read_exact(&mut body).await.expect("a body");
    head + &String::from_utf8_lossy(&body)
}

#[tokio::test]
async fn everything_is_at_one_address() {
    let app = TestApp::start().await;
    let (web, exporter) = (Double::of("the web app").await, Double::of("the exporter").await);
    let behind =
        Behind { web: Some(web.base.clone()), exporter: Some(exporter.base.clone()), ..Behind::of(&app) };
    let nginx = Nginx::on(free_port(), &behind).await.expect("nginx starts");
    let ana = app.person("ana").await;
    let (nobody, of_ana) = (nginx.lead(&app.anonymous()), nginx.lead(&ana));

    for path in [
        "/",
        "/index.html",
        "/js/config.js?version=1",
        "/render.html?file-id=a&object-id=b&object-id=c",
        "/rasterizer.html",
        "/internal/gfonts/css?family=Roboto:400&display=block",
        "/internal/gfonts/font/roboto/v30/a.woff2",
        "/images/email/logo.svg",
        "/github/penpot-files/tutorial.penpot",
    ] {
        let answer = nobody.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "the web app"), "{path}");
        assert_eq!(answer.header("x-frame-options"), "SAMEORIGIN", "what it says of its pages stays");
        let asked = web.asked();
        assert!(
            asked.len() == 1 && asked[0].starts_with(&format!("GET {path} HTTP/1.1\r\n")),
            "{path}: {asked:?}"
        );
    }

    let export = of_ana.request(Method::POST, "/api/export").body("[\"^ \",\"~:cmd\",\"~:export-shapes\"]");
    let answer = Answer::of(export.send().await.expect("an answer")).await;
    assert_eq!(answer.text(), "the exporter");
    let asked = exporter.asked().pop().expect("was asked");
    assert!(asked.starts_with("POST /api/export HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains(ana.cookie.as_deref().expect("a cookie")), "it acts for whoever asks: {asked}");
    assert!(asked.ends_with("~:export-shapes\"]"), "{asked}");

    assert_eq!(of_ana.call("get-profile", serde_json::json!({})).await.ok()["id"], ana.profile["id"]);
    assert_eq!(nobody.get("/assets/by-id/6b6c7d1e-0000-4000-8000-000000000000").await.status.as_u16(), 404);
    Socket::open(&of_ana).await.settle().await;
    // What the web app's own server would pass on to an API of its own.
    for path in [
        "/readyz",
        "/livez",
        "/metrics",
        "/dev/mail",
        "/admin",
        "/admin/jobs",
        "/api-docs",
        "/assets2/by-id/1",
        "/ws",
        "/ws/notifications/1",
        "//readyz",
        "/js/../metrics",
        "/internal/assets/1",
    ] {
        assert_eq!(nobody.get(path).await.status.as_u16(), 404, "{path}");
    }
    assert_eq!(web.asked(), Vec::<String>::new());
    app.run_jobs().await;
}

#[tokio::test]
async fn without_an_exporter_the_web_app_is_told_so() {
    let app = TestApp::start().await;
    let nginx = Nginx::before(&app).await;
    let export = nginx.lead(&app.anonymous()).request(Method::POST, "/api/export").body("{}");
    let answer =
        Answer::of(export.header("accept", "application/json").send().await.expect("an answer")).await;
    assert_eq!(answer.failure(), "400 restriction/exporter-not-configured");
}

#[tokio::test]
async fn events_arrive_while_the_work_goes_on() {
    let app = TestApp::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let api = format!("http://{}", listener.local_addr().expect("bound"));
    let (go_on, waits) =
        (Arc::new(Notify::new()), "event: progress\ndata: {\"~:index\":1,\"~:total\":2}\n\n");
    let told = Arc::clone(&go_on);
    let server = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.expect("nginx");
        let mut socket = BufReader::new(socket);
        request(&mut socket).await;
        // As the API begins each of these answers.
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream;charset=UTF-8\r\nx-accel-buffering: no\r\n\
                    connection: close\r\n\r\n";
        socket.write_all(format!("{head}{waits}").as_bytes()).await.expect("is taken");
        told.notified().await;
        socket.write_all(b"event: end\ndata: null\n\n").await.expect("is taken");
    });
    let nginx =
        Nginx::on(free_port(), &Behind { processes: vec![api], ..Behind::of(&app) }).await.expect("starts");
    let asked =
        nginx.lead(&app.anonymous()).request(Method::POST, "/api/main/methods/import-binfile").body("{}");
    let mut answer = timeout(PATIENCE, asked.send()).await.expect("begins").expect("an answer");
    let first = timeout(PATIENCE, answer.chunk()).await.expect("in time").expect("whole").expect("an event");
    assert_eq!(first, waits);
    go_on.notify_one();
    let last = timeout(PATIENCE, answer.text()).await.expect("in time").expect("whole");
    assert_eq!(last, "event: end\ndata: null\n\n");
    server.await.expect("no panic");
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ops/deploy")
}

/// The services of both files, the second one's settings over the first one's.
async fn services() -> Json {
    let told = python::script("deploy.py", &[&folder().display().to_string()]).await;
    let files: Json = serde_json::from_str(&told).expect("JSON");
    let mut all = files["compose"]["services"].clone();
    for (name, service) in files["web"]["services"].as_object().expect("services") {
        let Some(known) = all.get_mut(name) else {
            all[name] = service.clone();
            continue;
        };
        for (key, value) in service["environment"].as_object().expect("settings") {
            known["environment"][key] = value.clone();
        }
    }
    all
}

fn setting<'s>(services: &'s Json, service: &str, name: &str) -> &'s str {
    services[service]["environment"][name].as_str().unwrap_or_else(|| panic!("{service} has no {name}"))
}

#[tokio::test]
async fn both_sides_are_told_the_same() {
    let services = services().await;
    let of = |service: &str, name: &str| setting(&services, service, name).to_owned();
    // What has to agree is one variable of .env.
    assert!(of("api-1", "PENPOT_FLAGS").starts_with(&format!("{} ", of("frontend", "PENPOT_FLAGS"))));
    for name in ["frontend", "exporter"] {
        assert_eq!(of(name, "PENPOT_PUBLIC_URI"), of("api-1", "PENPOT_PUBLIC_URI"), "{name}");
    }
    for name in ["PENPOT_REDIS_URI", "PENPOT_SECRET_KEY"] {
        assert_eq!(of("exporter", name), of("api-1", name));
    }
    for name in ["PENPOT_TENANT", "PENPOT_AUTH_TOKEN_COOKIE_NAME"] {
        assert!(
            services["api-1"]["environment"].get(name).is_none(),
            "the exporter knows the usual {name} alone"
        );
    }
    let version = |service: &str| {
        services[service]["image"].as_str().and_then(|image| image.split_once(':')).expect("a version")
    };
    assert_eq!((version("frontend").0, version("exporter").0), ("penpotapp/frontend", "penpotapp/exporter"));
    assert_eq!(version("frontend").1, version("exporter").1);
    // Each address leads to a service of the file.
    let listens = of("nginx", "ATELIER_LISTEN");
    assert_eq!(
        of("exporter", "PENPOT_INTERNAL_URI"),
        format!("http://nginx:{}", listens.split(' ').next().expect("a port"))
    );
    assert_eq!(of("nginx", "ATELIER_WEB"), "proxy_pass http://frontend:8080");
    assert_eq!(of("nginx", "ATELIER_EXPORTER"), "proxy_pass http://exporter:6061");
    let placeholders: BTreeSet<&str> =
        SITE.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
    let given: BTreeSet<&str> =
        services["nginx"]["environment"].as_object().expect("settings").keys().map(String::as_str).collect();
    assert_eq!(placeholders, given);
}

#[tokio::test]
async fn each_setting_is_one_that_is_read() {
    let services = services().await;
    let (database, data) = (TestDatabase::migrated().await, process::data_directory());
    let ours = [
        ("PENPOT_DATABASE_URI", database.uri.as_str()),
        ("PENPOT_SECRET_KEY", "a secret that only tests have"),
        ("ATELIER_DATA_DIR", &data.path().display().to_string()),
    ];
    let told = process::run(&["doctor", "--settings"], &ours).await;
    assert!(told.status.success(), "{told:?}");
    let read: BTreeSet<&str> = told.out.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
    let mut counted = 0;
    for service in ["migrate", "api-1", "api-2", "worker", "dashboard"] {
        for name in services[service]["environment"].as_object().expect("settings").keys() {
            assert!(read.contains(name.as_str()), "{name} of {service} is no setting of ours");
            counted += 1;
        }
    }
    assert!(counted > 100, "{counted}");
    let example = std::fs::read_to_string(folder().join(".env.example")).expect("is there");
    let known: BTreeSet<&str> =
        example.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    for file in ["compose.yaml", "compose.web.yaml"] {
        let text = std::fs::read_to_string(folder().join(file)).expect("is there");
        for name in text.split("${").skip(1).filter_map(|rest| rest.split([':', '}']).next()) {
            // Whose image a private S3 is, is a matter of taste.
            assert!(known.contains(name) || name == "S3_IMAGE", "{name} of {file} is not in .env.example");
        }
    }
}

#[test]
fn the_table_of_flags_says_what_is_on() {
    let flags = Flags::default();
    let rows: Vec<Vec<&str>> = MOVE
        .lines()
        .filter(|line| line.starts_with("| `") && line.matches('|').count() == 5)
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() >= 10, "{rows:?}");
    for row in rows {
        let names = row[0].split(", ").map(|name| name.trim_matches('`'));
        for name in names {
            let is = if flags.has(name) { "on" } else { "off" };
            assert_eq!(row[1], is, "{name}");
        }
    }
}
