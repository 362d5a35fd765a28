//! A worker as a process: what it tells about itself, and how it leaves.

use std::time::Duration;

use jobs::{
    Enqueue,
    all::session_gc::SessionGc,
    read::{self, State},
};
use platform::{app::App, config::Config};
use sqlx::PgPool;
use tests::{
    app::operator,
    client::Client,
    database::TestDatabase,
    process::{self, Running, data_directory},
};

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// An installation on which one job can be held up for as long as one likes.
struct Place {
    database: TestDatabase,
    data: tempfile::TempDir,
    pool: PgPool,
}

impl Place {
    async fn new() -> Place {
        let database = TestDatabase::migrated().await;
        let pool = PgPool::connect(&database.uri).await.expect("connects");
        Place { database, data: data_directory(), pool }
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("PENPOT_DATABASE_URI", self.database.uri.clone()),
            ("ATELIER_DATA_DIR", self.data.path().display().to_string()),
            ("PENPOT_SECRET_KEY", "a secret that only tests have".to_owned()),
        ]
    }

    async fn worker(&self, words: &[&str], more: &[(&'static str, &str)]) -> Running {
        let settings = self.settings();
        let settings = settings.iter().map(|(name, value)| (*name, value.as_str()));
        let settings: Vec<(&str, &str)> = settings.chain(more.iter().copied()).collect();
        process::start(&[&["worker"], words].concat(), &settings).await
    }

    /// What a worker says that does not start.
    async fn refused(&self, words: &[&str], more: &[(&'static str, &str)]) -> String {
        let settings = self.settings();
        let settings = settings.iter().map(|(name, value)| (*name, value.as_str()));
        let settings: Vec<(&str, &str)> = settings.chain(more.iter().copied()).collect();
        let output = process::run(&[&["worker"], words].concat(), &settings).await;
        assert!(!output.status.success(), "{output:?}");
        output.err
    }

    async fn sweep(&self) -> i64 {
        let vars = self.settings().into_iter().map(|(name, value)| (name.to_owned(), value));
        let config = Config::from_vars(vars).unwrap_or_else(|errors| panic!("{errors}"));
        let app = App::connect(config, &self.database.uri).await.expect("connects");
        jobs::enqueue(&app.db, &operator(), &SessionGc {}, Enqueue::default())
            .await
            .expect("enqueues")
            .expect("is new")
    }

    /// Waits until the job is in this state.
    async fn reaches(&self, id: i64, state: State) {
        let reached = async {
            while read::show(&self.pool, id).await.expect("reads").expect("is known").state != state {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let reached = tokio::time::timeout(PATIENCE, reached).await;
        assert!(reached.is_ok(), "job {id} never was {state}");
    }
}

async fn status(nobody: &Client, path: &str) -> u16 {
    nobody.get(path).await.status.as_u16()
}

#[tokio::test]
async fn a_worker_tells_about_itself() {
    let place = Place::new().await;
    let worker = place.worker(&["--queue", "media=1", "--listen", "127.0.0.1:0"], &[]).await;
    assert!(worker.said.contains("media=1"), "{}", worker.said);
    let nobody = Client::new(worker.health_address());
    assert_eq!(nobody.get("/livez").await.text(), "OK");
    assert_eq!(nobody.get("/readyz").await.text(), "OK");
    assert_eq!(status(&nobody, "/api/main/doc").await, 404, "it has no API");
    let measured = async {
        while !nobody.get("/metrics").await.text().contains("atelier_queue_slots{queue=\"media\"} 1") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, measured).await.expect("is measured");
    assert!(worker.terminate().await.success());
}

#[tokio::test]
async fn several_workers_share_a_machine_and_a_chosen_port_is_kept_to() {
    let place = Place::new().await;
    // Neither was given a port: at least one of them has to take another one than the first.
    let (first, second) = (place.worker(&[], &[]).await, place.worker(&[], &[]).await);
    assert_ne!(first.health_address(), second.health_address());
    for worker in [&first, &second] {
        assert_eq!(Client::new(worker.health_address()).get("/readyz").await.text(), "OK");
    }
    let taken = first.health_address().strip_prefix("http://").expect("an address").to_owned();
    let port = taken.rsplit(':').next().expect("a port").to_owned();
    let output = place.refused(&["--listen", &taken], &[]).await;
    assert!(output.contains("--listen") && output.contains(&taken), "{output}");
    let output = place.refused(&[], &[("ATELIER_WORKER_PORT", &port)]).await;
    assert!(output.contains("ATELIER_WORKER_PORT") && output.contains(&port), "{output}");
    // A documentation address: no machine has it.
    let output = place.refused(&[], &[("ATELIER_WORKER_HOST", "192.0.2.1")]).await;
    assert!(output.contains("ATELIER_WORKER_HOST"), "{output}");
    let output = place.refused(&["--listen", "somewhere"], &[]).await;
    assert!(output.contains("--listen") && output.contains("127.0.0.1:6062"), "{output}");
    let free = place.worker(&[], &[("ATELIER_WORKER_PORT", "0")]).await;
    for worker in [first, second, free] {
        assert!(worker.terminate().await.success());
    }
}

#[tokio::test]
async fn a_second_signal_gives_running_jobs_back() {
    let place = Place::new().await;
    let mut hold = place.pool.begin().await.expect("begins");
    sqlx::query("lock table http_session in access exclusive mode").execute(&mut *hold).await.expect("locks");
    let worker = place.worker(&["--listen", "127.0.0.1:0"], &[]).await;
    let nobody = Client::new(worker.health_address());
    let id = place.sweep().await;
    place.reaches(id, State::Running).await;

    worker.ask_to_stop();
    let draining = async { while status(&nobody, "/readyz").await != 503 {} };
    tokio::time::timeout(PATIENCE, draining).await.expect("is not ready while it drains");
    assert_eq!(nobody.get("/livez").await.text(), "OK", "and lives");
    let shown = read::show(&place.pool, id).await.expect("reads").expect("is known");
    assert_eq!(shown.state, State::Running, "the job may end");

    worker.ask_to_stop();
    place.reaches(id, State::Ready).await;
    let shown = read::show(&place.pool, id).await.expect("reads").expect("is known");
    assert_eq!((shown.attempt, shown.errors.len()), (0, 0), "that was not the job's fault: {shown:?}");
    assert!(worker.wait().await.success());

    hold.rollback().await.expect("lets go");
    let other = place.worker(&["--listen", "127.0.0.1:0"], &[]).await;
    let ended = read::wait(&place.pool, id, PATIENCE).await.expect("reads").expect("ends");
    assert_eq!((ended.state, ended.attempt), (State::Done, 1));
    assert!(other.terminate().await.success());
}

#[tokio::test]
async fn up_gives_running_jobs_back_too() {
    let place = Place::new().await;
    let mut hold = place.pool.begin().await.expect("begins");
    sqlx::query("lock table http_session in access exclusive mode").execute(&mut *hold).await.expect("locks");
    let settings = place.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let up = process::start(&["up", "--port", "0"], &settings).await;
    let address = up.health_address().strip_prefix("http://").expect("an address").to_owned();
    let id = place.sweep().await;
    place.reaches(id, State::Running).await;
    up.ask_to_stop();
    let heard = async { while tokio::net::TcpStream::connect(&address).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, heard).await.expect("takes no more calls");
    up.ask_to_stop();
    place.reaches(id, State::Ready).await;
    let shown = read::show(&place.pool, id).await.expect("reads").expect("is known");
    assert_eq!((shown.attempt, shown.errors.len()), (0, 0), "given back, not rescued from a lost worker");
    assert!(up.wait().await.success());
}

#[tokio::test]
async fn a_third_signal_ends_a_process_that_cannot_give_back() {
    let place = Place::new().await;
    let mut hold = place.pool.begin().await.expect("begins");
    sqlx::query("lock table http_session in access exclusive mode").execute(&mut *hold).await.expect("locks");
    let worker = place.worker(&["--listen", "127.0.0.1:0"], &[]).await;
    let id = place.sweep().await;
    place.reaches(id, State::Running).await;
    // Its row cannot be written: the second signal alone would wait for that.
    sqlx::query("select 1 from queue.job for update").execute(&mut *hold).await.expect("locks");
    let status = worker.insist().await;
    assert_eq!(status.code(), Some(130), "{status}");
}

#[test]
fn what_is_scaled_on_is_measured() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ops/deploy/kubernetes");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("examples").flatten() {
        if entry.path().extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).expect("text");
        let words = text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
        for word in words.filter(|word| word.starts_with("atelier_") || word.starts_with("penpot_")) {
            let known = |metric: &platform::metrics::Metric| {
                let parts = ["_bucket", "_sum", "_count"];
                metric.name == word
                    || metric.kind == platform::metrics::Kind::Histogram
                        && parts.iter().any(|part| word.strip_suffix(part) == Some(metric.name))
            };
            assert!(platform::metrics::ALL.iter().any(known), "{word} in {:?}", entry.path());
            seen += 1;
        }
    }
    assert!(seen >= 4, "both examples name two metrics each");
}
