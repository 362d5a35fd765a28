//! What watches an installation: alert rules and dashboard use what there is, and link to what is written.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use atelier_queue::NewJob;
use platform::metrics::{ALL, Kind};
use reqwest::Method;
use serde_json::{Value as Json, json};
use tests::{
    client::Client,
    database::{TestDatabase, server},
    process::{self, data_directory},
    socket::Socket,
};
use tokio::process::{Child, Command};

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(120);

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Runs promtool in the folder of the rules; what it said, when it is content.
async fn promtool(arguments: &[&str]) -> String {
    let mut command = Command::new("promtool");
    let ran = command.args(arguments).current_dir(root("ops/deploy/prometheus")).output().await;
    let ran = ran.expect("ops/scripts/need promtool installs it");
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "promtool {arguments:?}: {said}");
    said
}

/// Every metric of ours, or of a process, that a text names exists.
fn names_what_exists(text: &str) -> usize {
    let exists = |word: &str| {
        let is = |name: &str| ALL.iter().any(|m| m.name == name);
        let part = ["_bucket", "_sum", "_count"].iter().find_map(|part| word.strip_suffix(part));
        let of = part.and_then(|name| ALL.iter().find(|m| m.name == name));
        is(word) || of.is_some_and(|m| m.kind == Kind::Histogram)
    };
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = |word: &&str| ["atelier_", "penpot_", "process_"].iter().any(|start| word.starts_with(start));
    let words: Vec<&str> = words.filter(ours).collect();
    let unknown: Vec<&&str> = words.iter().filter(|word| !exists(word)).collect();
    assert!(unknown.is_empty(), "{unknown:?} is no metric");
    words.len()
}

fn values<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| line.trim().trim_start_matches("- ").strip_prefix(key)).map(str::trim)
}

#[tokio::test]
async fn the_rules_are_valid_and_fire_when_they_should() {
    promtool(&["check", "rules", "alerts.yml"]).await;
    promtool(&["test", "rules", "alerts.test.yml"]).await;
    let rules = read("ops/deploy/prometheus/alerts.yml");
    let played = read("ops/deploy/prometheus/alerts.test.yml");
    assert!(names_what_exists(&rules) >= 20);
    names_what_exists(&played);
    // Each is shown to fire.
    let firing: BTreeSet<&str> = played
        .split("alertname: ")
        .skip(1)
        .filter_map(|rest| rest.split_once('\n'))
        .filter(|(_, after)| after.trim_start().starts_with("exp_alerts:"))
        .map(|(name, _)| name)
        .collect();
    let all: BTreeSet<&str> = values(&rules, "alert:").collect();
    assert_eq!(firing, all);
}

#[test]
fn every_rule_says_what_to_do_and_where_it_is_written() {
    let rules = read("ops/deploy/prometheus/alerts.yml");
    let handbook = read("docs/OPERATIONS.md");
    let anchors: BTreeSet<String> = values(&handbook, "#").map(anchor).collect();
    for rule in rules.split("- alert: ").skip(1) {
        let name = rule.lines().next().unwrap_or_default();
        for key in ["summary:", "action:", "severity:"] {
            assert!(rule.contains(key), "{name} has no {key}");
        }
        let link = values(rule, "runbook:").next().unwrap_or_else(|| panic!("{name} has no runbook"));
        let to = link.strip_prefix("docs/OPERATIONS.md#").unwrap_or_else(|| panic!("{name}: {link}"));
        assert!(anchors.contains(to), "{name}: docs/OPERATIONS.md has no section {to}: {anchors:?}");
    }
}

/// As Markdown viewers make it of a heading.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-');
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// What the panels ask, with what Grafana puts in, each with its title.
fn questions() -> Vec<(String, String)> {
    let dashboard: Json = serde_json::from_str(&read("ops/deploy/grafana/atelier.json")).expect("JSON");
    let mut found = vec![];
    for panel in dashboard["panels"].as_array().expect("panels") {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expr = target["expr"].as_str().expect("an expression");
            let expr = expr.replace("$__rate_interval", "1m").replace("$instance", ".*");
            found.push((panel["title"].as_str().expect("a title").to_owned(), expr));
        }
    }
    found
}

#[tokio::test]
async fn the_dashboard_asks_for_what_there_is() {
    let dashboard: Json = serde_json::from_str(&read("ops/deploy/grafana/atelier.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut ids = BTreeSet::new();
    for panel in panels {
        assert!(
            ids.insert(panel["id"].as_i64().expect("an id")),
            "{} has somebody else's id",
            panel["title"]
        );
    }
    let (questions, mut rules) = (questions(), String::from("groups:\n  - name: dashboard\n    rules:\n"));
    for (number, (title, expr)) in questions.iter().enumerate() {
        assert!(names_what_exists(expr) >= 1, "{title}: {expr}");
        let quoted = serde_json::to_string(expr).expect("a text");
        rules.push_str(&format!("      - {{record: 'panel:{number}', expr: {quoted}}}\n"));
    }
    let asked = questions.len();
    assert!(asked >= 20, "{asked} questions");
    let file = tempfile::NamedTempFile::with_suffix(".yml").expect("a file");
    std::fs::write(file.path(), rules).expect("writes");
    let said = promtool(&["check", "rules", &file.path().display().to_string()]).await;
    assert!(said.contains(&format!("{asked} rules")), "{said}");
}

/// A Prometheus that watches one installation, on a port of its own.
struct Watcher {
    _server: Child,
    _place: tempfile::TempDir,
    client: Client,
}

impl Watcher {
    fn start(targets: &[&str]) -> Watcher {
        let place = tempfile::tempdir().expect("a folder");
        let rules = root("ops/deploy/prometheus/alerts.yml").canonicalize().expect("the rules");
        let settings = format!(
            "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: ['{}']\n\
             scrape_configs: [{{job_name: atelier, static_configs: [{{targets: {targets:?}}}]}}]\n",
            rules.display()
        );
        let file = place.path().join("prometheus.yml");
        std::fs::write(&file, settings).expect("writes");
        let address = format!("127.0.0.1:{}", process::free_port());
        let mut server = Command::new("prometheus");
        server.arg(format!("--config.file={}", file.display()));
        server.arg(format!("--storage.tsdb.path={}", place.path().join("data").display()));
        server.arg(format!("--web.listen-address={address}")).arg("--log.level=error").kill_on_drop(true);
        let server = server.spawn().expect("ops/scripts/need promtool installs it");
        Watcher { _server: server, _place: place, client: Client::new(&format!("http://{address}")) }
    }

    /// Every rule, as it stands.
    async fn rules(&self) -> Vec<Json> {
        let told = self.ask("/api/v1/rules", "").await.expect("answers");
        let groups = told["data"]["groups"].as_array().expect("groups");
        groups.iter().flat_map(|group| group["rules"].as_array().into_iter().flatten()).cloned().collect()
    }

    /// What it answers to a question; nothing while it is not there.
    async fn ask(&self, path: &str, query: &str) -> Option<Json> {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("query", query).finish();
        let asked = self.client.request(Method::GET, &format!("{path}?{query}")).send().await.ok()?;
        asked.json().await.ok()
    }
}

/// Somebody who was made by command.
async fn signed_in(api: &process::Running, database: &str) -> Client {
    let (data, word) = (data_directory(), "correct horse battery");
    let file = data.path().join("word");
    std::fs::write(&file, word).expect("is written");
    let settings = [
        ("PENPOT_DATABASE_URI", database),
        ("ATELIER_DATA_DIR", &data.path().display().to_string()),
        ("PENPOT_SECRET_KEY", "a secret that only tests have"),
    ];
    let create = ["profile", "create", "--email", "ana@example.com", "--fullname", "Ana"];
    let made = process::run_with_input(&create, &settings, &file).await;
    assert!(made.status.success(), "{made:?}");
    let mut client = Client::new(api.address());
    client.login("ana@example.com", word).await.ok();
    client
}

/// Causes some of everything until each panel has something to draw.
async fn everything_is_drawn(watcher: &Watcher, api: &process::Running, database: &str) {
    let (client, pool) =
        (Client::new(api.address()), sqlx::PgPool::connect(database).await.expect("connects"));
    let mut left = questions();
    let (mut number, signed_in) = (0, signed_in(api, database).await);
    let drawn = async {
        loop {
            number += 1;
            client.call("get-profile", json!({})).await.ok();
            // One that comes and goes, and one that is not let in.
            Socket::open(&signed_in).await.settle().await;
            client.get("/ws/notifications").await;
            let email = format!("guest{number}@example.com");
            let person = json!({"fullname": "Guest", "email": email, "password": "correct horse battery"});
            // Sooner or later this is called too often, which a panel shows as well.
            let prepared = client.call("prepare-register-profile", person).await;
            if prepared.status.is_success() {
                let token = json!({"token": prepared.json()["token"]});
                let registered = client.call("register-profile", token).await;
                assert!(matches!(registered.status.as_u16(), 200 | 204 | 429), "{}", registered.status);
            }
            let wrong = json!({"email": email, "password": "a guess"});
            client.call("login-with-password", wrong).await.failure();
            for (kind, payload) in [("storage-scrub", json!({"deep": 7})), ("session-gc", json!({}))] {
                let job = NewJob::new("default", kind, payload);
                atelier_queue::enqueue(&pool, job).await.expect("enqueues");
            }
            let mut still = vec![];
            for (title, expr) in std::mem::take(&mut left) {
                let told = watcher.ask("/api/v1/query", &expr).await.expect("answers");
                assert_eq!(told["status"], "success", "{title}: {told}");
                if told["data"]["result"].as_array().is_none_or(Vec::is_empty) {
                    still.push((title, expr));
                }
            }
            left = still;
            if left.is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let in_time = tokio::time::timeout(2 * PATIENCE, drawn).await;
    assert!(in_time.is_ok(), "nothing to draw: {left:?}");
    pool.close().await;
}

#[tokio::test]
async fn a_prometheus_loads_the_rules_and_answers_the_dashboard() {
    let (database, data) = (TestDatabase::migrated().await, data_directory());
    let settings = [
        ("PENPOT_DATABASE_URI", database.uri.as_str()),
        ("PENPOT_REDIS_URI", &server("ATELIER_TEST_REDIS_URI")),
        ("PENPOT_TENANT", database.name.as_str()),
        ("ATELIER_DATA_DIR", &data.path().display().to_string()),
        ("PENPOT_SECRET_KEY", "a secret that only tests have"),
    ];
    let api = process::start(&["api", "--port", "0"], &settings).await;
    let worker = process::start(&["worker", "--listen", "127.0.0.1:0"], &settings).await;
    let targets = [api.address(), worker.health_address()];
    let targets = targets.map(|address| address.trim_start_matches("http://").trim_end_matches('/'));
    let watcher = Watcher::start(&targets);
    let watched = async {
        loop {
            let slots = "count(up == 1) == 2 and sum(atelier_queue_slots) > 0 and sum(atelier_queue_served_slots) > 0";
            let told = watcher.ask("/api/v1/query", slots).await;
            if told.is_some_and(|told| told["data"]["result"].as_array().is_some_and(|rows| !rows.is_empty()))
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, watched).await.expect("both processes are watched");

    // Looked at again since both were there.
    let before = watcher.rules().await;
    let mut loaded = watcher.rules().await;
    let again = async {
        let seen = |rule: &Json| before.iter().any(|other| other["lastEvaluation"] == rule["lastEvaluation"]);
        while loaded.iter().any(seen) {
            tokio::time::sleep(Duration::from_millis(100)).await;
            loaded = watcher.rules().await;
        }
    };
    tokio::time::timeout(PATIENCE, again).await.expect("rules are looked at");
    assert_eq!(loaded.len(), values(&read("ops/deploy/prometheus/alerts.yml"), "alert:").count());
    for rule in &loaded {
        // How full the disk of this machine is, is not the test's to say.
        let is_disk = rule["name"] == "AtelierBlobDiskFull";
        assert!(is_disk || rule["state"] == "inactive", "all is well: {rule}");
        assert!(rule["lastError"].is_null(), "{rule}");
    }
    everything_is_drawn(&watcher, &api, &database.uri).await;
    for running in [api, worker] {
        assert!(running.terminate().await.success());
    }
}
