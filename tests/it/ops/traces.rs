//! One trace from a request through the jobs it caused, across processes; what is kept, and what is never told.

use std::{
    collections::HashSet,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value as Json, json};
use sqlx::PgPool;
use tests::{
    client::{Answer, Client},
    collector::Collector,
    database::TestDatabase,
    process::{self, Running, data_directory, free_port},
    spans::{self, Seen},
};

pub(crate) const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
pub(crate) const CALLER: &str = "b7ad6b7169203331";
pub(crate) const EMAIL: &str = "ana@example.com";
pub(crate) const PASSWORD: &str = "correct horse battery";
/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// An installation whose processes send their spans to a collector.
pub(crate) struct Place {
    data: tempfile::TempDir,
    pub(crate) collector: Collector,
    pub(crate) pool: PgPool,
    settings: Vec<(&'static str, String)>,
}

impl Place {
    pub(crate) async fn new() -> Place {
        let database = TestDatabase::migrated().await;
        let (data, collector) = (data_directory(), Collector::answering(200).await);
        let pool = PgPool::connect(&database.uri).await.expect("connects");
        let settings = vec![
            ("PENPOT_DATABASE_URI", database.uri.clone()),
            ("ATELIER_DATA_DIR", data.path().display().to_string()),
            ("PENPOT_SECRET_KEY", "a secret that only tests have".to_owned()),
            ("PENPOT_FLAGS", "enable-smtp".to_owned()),
            // Nobody is there, so that every mail is tried again.
            ("PENPOT_SMTP_HOST", "127.0.0.1".to_owned()),
            ("PENPOT_SMTP_PORT", free_port().to_string()),
            ("ATELIER_LOG_FORMAT", "json".to_owned()),
            ("ATELIER_LOG", "warn,api=debug,atelier_queue=debug".to_owned()),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.uri()),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20of-the-collector".to_owned()),
            ("OTEL_BSP_SCHEDULE_DELAY", "50".to_owned()),
        ];
        Place { data, collector, pool, settings }
    }

    pub(crate) fn set(mut self, name: &'static str, value: &str) -> Place {
        self.settings.push((name, value.to_owned()));
        self
    }

    pub(crate) fn all(&self) -> Vec<(&str, &str)> {
        self.settings.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    pub(crate) async fn start(&self, arguments: &[&str]) -> Running {
        process::start_logging(arguments, &self.all(), &self.log(arguments[0])).await
    }

    fn log(&self, role: &str) -> std::path::PathBuf {
        self.data.path().join(format!("{role}.log"))
    }

    pub(crate) async fn ana(&self) {
        let password = self.data.path().join("password");
        std::fs::write(&password, PASSWORD).expect("writes");
        let words = ["profile", "create", "--email", EMAIL, "--fullname", "Ana"];
        let made = process::run_with_input(&words, &self.all(), &password).await;
        assert!(made.status.success(), "{made:?}");
    }
}

/// A call that says which trace it is part of.
pub(crate) async fn call(api: &Client, name: &str, params: Json, traceparent: &str) -> Answer {
    let request = api.request(reqwest::Method::POST, &format!("/api/main/methods/{name}"));
    let request = request.header("traceparent", traceparent).header("x-request-id", "asked-by-a-test");
    Answer::of(request.json(&params).send().await.expect("an answer")).await
}

/// The first span of this name.
pub(crate) fn one<'s>(spans: &'s [Seen], name: &str) -> &'s Seen {
    spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name} in {spans:#?}"))
}

/// Waits for a line of a log, and gives it.
async fn line(path: &Path, is_it: impl Fn(&Json) -> bool) -> Json {
    let looked = async {
        loop {
            let text = std::fs::read_to_string(path).expect("a log");
            // The last line may be half there.
            let found =
                text.lines().filter_map(|line| serde_json::from_str(line).ok()).find(|line| is_it(line));
            if let Some(line) = found {
                return line;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looked).await.expect("is logged")
}

#[tokio::test]
async fn a_request_is_followed_into_the_jobs_of_its_jobs() {
    let place = Place::new().await;
    place.ana().await;
    let api = place.start(&["api", "--port", "0"]).await;
    let worker = place.start(&["worker"]).await;
    let parent = format!("00-{TRACE}-{CALLER}-01");
    let client = Client::new(api.address());
    call(&client, "request-profile-recovery", json!({"email": EMAIL}), &parent).await.ok();
    let bo = json!({"fullname": "Bo", "email": "bo@example.com", "password": PASSWORD});
    let token = client.call("prepare-register-profile", bo).await.ok()["token"].clone();
    call(&client, "register-profile", json!({"token": token}), &parent).await.ok();
    let second_try = |span: &Seen| span.fact("atelier.job.attempt") == "2";
    let spans = spans::wait_for(&place.collector, "the second try", |all| all.iter().any(second_try)).await;
    let spans: Vec<Seen> = spans.into_iter().filter(|span| span.trace == TRACE).collect();

    let by_id = |id: &str| spans.iter().find(|span| span.span == id).expect("the parent is there");
    let rpc = one(&spans, "request-profile-recovery");
    let http = by_id(&rpc.parent);
    assert_eq!((&*http.name, &*http.parent), ("POST /api/main/methods/:name", CALLER));
    assert_eq!(http.fact("http.response.status_code"), "204");
    assert_eq!(http.fact("atelier.request.id"), "asked-by-a-test");
    let transaction = by_id(&one(&spans, "enqueue request-recovery").parent);
    assert_eq!((&*transaction.name, &transaction.parent), ("transaction", &rpc.span));
    let enqueue = one(&spans, "enqueue request-recovery");
    assert_eq!(enqueue.parent, transaction.span);
    let recovery = one(&spans, "process request-recovery");
    assert_eq!(recovery.parent, enqueue.span);
    assert_eq!((recovery.fact("atelier.job.outcome"), recovery.failed), ("done", false));
    assert_eq!(recovery.fact("messaging.destination.name"), "default");
    assert_ne!(recovery.process["service.instance.id"], http.process["service.instance.id"]);
    let leaves_mail = |span: &&Seen| span.name == "enqueue send-mail";
    let by_job = |span: &Seen| span.process == recovery.process;
    assert!(spans.iter().filter(leaves_mail).any(by_job), "the job left a job");
    let left = spans.iter().filter(leaves_mail).find(|span| !by_job(span)).expect("so did the call");
    let tries: Vec<&Seen> = spans.iter().filter(|span| span.name == "process send-mail").collect();
    assert!(tries.len() >= 2);
    for (number, attempt) in (1..).zip(&tries) {
        assert_eq!(
            (&attempt.parent, attempt.fact("atelier.job.attempt")),
            (&left.span, &*number.to_string())
        );
        assert_eq!((attempt.failed, attempt.fact("error.type")), (true, "attempt_failed"));
        assert!(spans.iter().any(|span| span.name == "send mail" && span.parent == attempt.span));
    }

    // The same ids in the log, and for people.
    let id = tries[0].fact("messaging.message.id").to_owned();
    let failed = line(&place.log("worker"), |line| line["message"] == "job failed").await;
    assert_eq!(failed["trace_id"], TRACE);
    assert_eq!((&failed["span_id"], failed["job_id"].to_string()), (&json!(tries[0].span), id.clone()));
    let shown = process::run(&["jobs", "show", &id], &place.all()).await;
    assert!(shown.out.contains(TRACE), "{shown:?}");
    assert!(worker.terminate().await.success() && api.terminate().await.success());
}

#[tokio::test]
async fn what_leaves_the_house_has_no_secrets_in_it() {
    let place = Place::new().await;
    place.ana().await;
    let api = place.start(&["api", "--port", "0"]).await;
    let mut client = Client::new(api.address());
    let login = client.login(EMAIL, PASSWORD).await;
    let profile = login.ok()["id"].as_str().expect("an id").to_owned();
    let cookie = login.cookie().expect("a session");
    let wrong = json!({"email": EMAIL, "password": "another secret"});
    assert!(!call(&client, "login-with-password", wrong, "nonsense").await.status.is_success());
    client.call("create-team", json!({"name": "Ink and paper"})).await.ok();
    let stranger = Client::new(api.address());
    assert_eq!(stranger.get("/assets/by-id/not-an-id?token=in-the-query").await.status.as_u16(), 404);
    client.get("/readyz").await;
    assert!(api.terminate().await.success(), "and the last spans are sent");

    let spans = spans::seen(&place.collector);
    let login = one(&spans, "login-with-password");
    assert!(spans.iter().any(|span| span.name == "hash password" && span.trace == login.trace));
    assert_eq!(one(&spans, "create-team").fact("user.id"), profile);
    assert!(one(&spans, "GET /assets/by-id/:id").fact("http.route").ends_with(":id"));
    assert!(spans.iter().all(|span| !span.name.contains("readyz")), "health tells nothing");
    let (name, value) = cookie.split_once('=').expect("a cookie");
    for posted in place.collector.posted() {
        assert_eq!(posted.header("authorization"), "bearer of-the-collector");
        let body = String::from_utf8_lossy(&posted.body);
        for secret in [EMAIL, PASSWORD, "another secret", "Ink and paper", "in-the-query", name, value] {
            assert!(!body.contains(secret), "{secret} is told");
        }
    }
    let refused = line(&place.log("api"), |line| line["message"] == "call refused").await;
    assert!(spans.iter().any(|span| refused["trace_id"] == *span.trace && refused["span_id"] == *span.span));
    assert_eq!(refused["request_id"], "asked-by-a-test");
}

#[tokio::test]
async fn the_sampler_decides_and_a_caller_only_so_often() {
    let place = Place::new().await.set("OTEL_TRACES_SAMPLER", "parentbased_always_off");
    let api = place.start(&["api", "--port", "0"]).await;
    let client = Client::new(api.address());
    let began = Instant::now();
    for number in 0..200_u64 {
        let flags = number % 2;
        let parent = format!("00-{number:032x}-{CALLER}-0{flags}").replace(&"0".repeat(32), TRACE);
        call(&client, "get-profile", json!({}), &parent).await;
        call(&client, "get-profile", json!({}), "").await;
    }
    assert!(api.terminate().await.success());
    let kept: HashSet<String> = spans::seen(&place.collector).into_iter().map(|span| span.trace).collect();
    assert!(!kept.is_empty(), "a caller may ask for it");
    assert!(kept.iter().all(|trace| u128::from_str_radix(trace, 16).expect("hex") % 2 == 1), "{kept:?}");
    // Seconds are those of the clock: one more may have begun at either end.
    let most = 10 * (began.elapsed().as_secs() + 2);
    assert!(kept.len() as u64 <= most, "but not for everything: {} of 100", kept.len());
}
