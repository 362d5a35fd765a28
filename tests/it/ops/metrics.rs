//! What is measured: the document, the list in the code and running processes say the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Duration,
};

use platform::metrics::{ALL, Kind, names};
use reqwest::Method;
use serde_json::json;
use tests::{
    client::Client,
    collector::Collector,
    database::{TestDatabase, server},
    postgres::Postgres,
    process::{self, Running, data_directory},
    socket::Socket,
};

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Type and labels.
type Form = (String, BTreeSet<String>);

/// The lines of the tables in docs/METRICS.md that are about one metric each.
fn documented() -> BTreeMap<String, Form> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/METRICS.md");
    let text = std::fs::read_to_string(path).expect("the document");
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, name, kind, labels, unit, tells, _, _] = cells[..] else { continue };
        let Some(name) = name.strip_prefix('`').and_then(|name| name.strip_suffix('`')) else { continue };
        assert!(!unit.is_empty() && !tells.is_empty(), "{name} has an empty cell");
        let labels = labels.split(", ").filter(|label| *label != "none");
        let labels = labels.map(|label| label.trim_matches('`').to_owned()).collect();
        let twice = found.insert(name.to_owned(), (kind.to_owned(), labels));
        assert!(twice.is_none(), "{name} stands there twice");
    }
    found
}

fn listed() -> BTreeMap<String, Form> {
    let form = |kind| match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    };
    let labels = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
    ALL.iter().map(|m| (m.name.to_owned(), (form(m.kind).to_owned(), labels(m.labels)))).collect()
}

/// What one process tells.
fn parsed(text: &str) -> BTreeMap<String, Form> {
    let mut found: BTreeMap<String, Form> = BTreeMap::new();
    for line in text.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|line| line.split_once(' ')) {
            found.insert(name.to_owned(), (kind.to_owned(), BTreeSet::new()));
        }
        let Some((name, rest)) = line.split_once('{').filter(|_| !line.starts_with('#')) else { continue };
        let part = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part));
        let name = if found.contains_key(name) { name } else { part.unwrap_or(name) };
        let labels = rest.split("\",").filter_map(|pair| pair.split_once("=\"")).map(|(label, _)| label);
        let (_, all) = found.get_mut(name).unwrap_or_else(|| panic!("{line} has no type"));
        all.extend(labels.filter(|label| *label != "le").map(str::to_owned));
    }
    found
}

#[test]
fn every_metric_has_a_line_in_the_document() {
    let (documented, listed) = (documented(), listed());
    for (name, form) in &listed {
        assert_eq!(documented.get(name), Some(form), "{name} in docs/METRICS.md");
    }
    let unknown: Vec<&String> = documented.keys().filter(|name| !listed.contains_key(*name)).collect();
    assert!(unknown.is_empty(), "docs/METRICS.md knows {unknown:?}, the code does not");
}

/// What needs a fault that none of the steps below makes.
const RARE: [&str; 2] = [names::RATE_LIMITED, "atelier_queue_errors_total"];

struct Place {
    settings: Vec<(&'static str, String)>,
    data: tempfile::TempDir,
}

impl Place {
    async fn new() -> Place {
        let (database, data) = (TestDatabase::migrated().await, data_directory());
        let settings = vec![
            ("PENPOT_DATABASE_URI", database.uri),
            ("PENPOT_REDIS_URI", server("ATELIER_TEST_REDIS_URI")),
            ("PENPOT_TENANT", database.name),
            ("ATELIER_DATA_DIR", data.path().display().to_string()),
            ("PENPOT_SECRET_KEY", "a secret that only tests have".to_owned()),
            // The mail goes at once.
            ("PENPOT_EMAIL_VERIFY_THRESHOLD", "0".to_owned()),
        ];
        Place { settings, data }
    }

    fn settings(&self) -> Vec<(&str, &str)> {
        self.settings.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    async fn start(&self, words: &[&str]) -> Running {
        process::start(words, &self.settings()).await
    }
}

async fn scrape(client: &Client) -> BTreeMap<String, Form> {
    parsed(&client.get("/metrics").await.text())
}

/// Somebody changes a file, has it open, and signs out.
async fn draw(address: &str) {
    let mut ana = Client::new(address);
    let profile = ana.login("ana@example.com", "correct horse battery").await.ok();
    let params = json!({"projectId": profile["defaultProjectId"], "name": "Sketch"});
    let file = ana.call("create-file", params).await.ok();
    let page = json!({"type": "mod-page", "id": file["data"]["pages"][0], "name": "Cover"});
    let params = json!({"id": file["id"], "sessionId": file["id"], "revn": 0, "vern": 0, "changes": [page]});
    ana.call("update-file", params).await.ok();
    assert_eq!(ana.get("/ws/notifications").await.status.as_u16(), 400);
    let id = file["id"].as_str().expect("an id").parse().expect("a uuid");
    let mut socket = Socket::in_file(&ana, id).await;
    ana.call("logout", json!({"profileId": profile["id"]})).await.ok();
    assert_eq!(socket.end().await.0, 1008);
}

#[tokio::test]
async fn running_processes_tell_what_is_documented() {
    let mut place = Place::new().await;
    let collector = Collector::answering(200).await;
    place.settings.push(("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.uri()));
    place.settings.push(("OTEL_BSP_SCHEDULE_DELAY", "50".to_owned()));
    let password = place.data.path().join("password");
    std::fs::write(&password, "correct horse battery\n").expect("writes");
    let made = ["profile", "create", "--email", "ana@example.com", "--fullname", "Ana"];
    let made = process::run_with_input(&made, &place.settings(), &password).await;
    assert!(made.status.success(), "{made:?}");
    let api = place.start(&["api", "--port", "0"]).await;
    let worker = place.start(&["worker", "--listen", "127.0.0.1:0"]).await;
    let (calls, jobs) = (Client::new(api.address()), Client::new(worker.health_address()));
    calls.call("get-profile", json!({})).await.ok();
    calls
        .call("login-with-password", json!({"email": "ana@example.com", "password": "wrong"}))
        .await
        .failure();
    let without_key = calls.request(Method::POST, "/api/management/methods/upload-tempfile").send();
    assert_eq!(without_key.await.expect("answers").status().as_u16(), 403);
    calls.call("request-profile-recovery", json!({"email": "ana@example.com"})).await.ok();
    draw(api.address()).await;

    let documented = documented();
    let mut seen = BTreeSet::new();
    let all_seen = async {
        loop {
            for (name, (kind, labels)) in scrape(&calls).await.into_iter().chain(scrape(&jobs).await) {
                let (as_kind, of) = documented.get(&name).unwrap_or_else(|| panic!("{name} is told"));
                assert_eq!(&kind, as_kind, "{name}");
                assert!(labels.is_subset(of), "{name} has {labels:?}, documented are {of:?}");
                if labels.len() == of.len() {
                    seen.insert(name);
                }
            }
            let missing = |name: &&str| !seen.contains(*name) && !RARE.contains(name);
            if !ALL.iter().any(|metric| missing(&metric.name)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let complete = tokio::time::timeout(PATIENCE, all_seen).await.is_ok();
    let missing: Vec<&str> =
        ALL.iter().map(|metric| metric.name).filter(|name| !seen.contains(*name)).collect();
    assert!(complete, "never told: {missing:?}");
    for running in [api, worker] {
        assert!(running.terminate().await.success());
    }
}

#[tokio::test]
async fn an_api_process_tells_of_a_queue_that_nobody_serves() {
    let place = Place::new().await;
    let api = place.start(&["api", "--port", "0"]).await;
    let calls = Client::new(api.address());
    let waits = process::run(&["jobs", "run", "session-gc"], &place.settings()).await;
    assert!(waits.status.success(), "{waits:?}");
    let told = async {
        loop {
            let text = calls.get("/metrics").await.text();
            if text.contains("atelier_queue_ready{queue=\"default\"} 1") {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let text = tokio::time::timeout(PATIENCE, told).await.expect("is counted");
    for line in [
        "atelier_queue_served_slots{queue=\"default\"} 0",
        "atelier_database_up 1",
        "atelier_redis_up 1",
        "atelier_rlimit_failures_total 0",
    ] {
        assert!(text.contains(line), "{line} is missing in {text}");
    }
    assert!(api.terminate().await.success());
}

#[tokio::test]
async fn what_is_away_is_told() {
    let mut place = Place::new().await;
    let own = Postgres::start();
    let wrong =
        [("PENPOT_DATABASE_URI", own.uri.clone()), ("PENPOT_REDIS_URI", "redis://127.0.0.1:1/0".to_owned())];
    place.settings.retain(|(name, _)| !wrong.iter().any(|(other, _)| other == name));
    place.settings.extend(wrong);
    let migrated = process::run(&["migrate"], &place.settings()).await;
    assert!(migrated.status.success(), "{migrated:?}");
    let api = place.start(&["api", "--port", "0"]).await;
    let calls = Client::new(api.address());
    let text = calls.get("/metrics").await.text();
    assert!(text.contains("atelier_database_up 1") && text.contains("atelier_redis_up 0"), "{text}");
    drop(own);
    let told = async {
        while !calls.get("/metrics").await.text().contains("atelier_database_up 0") {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("is told, though the database is away");
    api.kill().await;
}

/// The value of one series of `/metrics`; 0 when it is not there.
async fn value(client: &Client, series: &str) -> u64 {
    let text = client.get("/metrics").await.text();
    let found = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    found.map_or(0, |number| number.parse().expect("a number"))
}

#[tokio::test]
async fn batches_of_changes_are_counted_by_what_became_of_them() {
    let place = Place::new().await;
    let password = place.data.path().join("password");
    std::fs::write(&password, "correct horse battery\n").expect("writes");
    let made = ["profile", "create", "--email", "ana@example.com", "--fullname", "Ana"];
    assert!(process::run_with_input(&made, &place.settings(), &password).await.status.success());
    let api = place.start(&["api", "--port", "0"]).await;
    let mut ana = Client::new(api.address());
    let profile = ana.login("ana@example.com", "correct horse battery").await.ok();
    let params = json!({"projectId": profile["defaultProjectId"], "name": "Sketch"});
    let file = ana.call("create-file", params).await.ok();
    let batch = |revn: i64, vern: i64, changes: serde_json::Value| {
        let id = &file["id"];
        json!({"id": id, "sessionId": id, "revn": revn, "vern": vern, "commitId": null, "changes": changes})
    };
    let page = json!([{"type": "mod-page", "id": file["data"]["pages"][0], "name": "Cover"}]);
    let mut named = batch(0, 0, page.clone());
    named["commitId"] = file["id"].clone();
    ana.call("update-file", named.clone()).await.ok();
    ana.call("update-file", named).await.ok();
    // It has not seen the first.
    let back = json!([{"type": "mod-page", "id": file["data"]["pages"][0], "name": "Back"}]);
    ana.call("update-file", batch(0, 0, back)).await.ok();
    ana.call("update-file", batch(2, 7, page)).await.failure();
    ana.call("update-file", batch(2, 0, json!([{"type": "set-world"}]))).await.failure();
    for (series, count) in [
        ("atelier_file_updates_total{outcome=\"applied\"}", 2),
        ("atelier_file_updates_total{outcome=\"repeated\"}", 1),
        ("atelier_file_updates_total{outcome=\"conflict\"}", 1),
        ("atelier_file_updates_total{outcome=\"refused\"}", 1),
        ("atelier_file_changes_total", 2),
        ("atelier_file_lagged_total", 1),
        ("atelier_file_parts_written_total", 2),
    ] {
        assert_eq!(value(&ana, series).await, count, "{series}");
    }
    assert!(value(&ana, "atelier_file_parts_read_total").await >= 2);
    assert!(api.terminate().await.success());
}
