//! One Atelier: its own database, blobs and mailbox, served over HTTP on a free port.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
};

use domain::{permission::Operator, storage::scrub};
use jobs::all::{storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched};
use platform::{app::App, clock::Clock, config::Config};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    client::Client,
    database::TestDatabase,
    left_jobs::{self, Named},
    s3::S3Server,
};

/// A running Atelier that ends with the test. Jobs that the test leaves and has not named
/// ([`TestApp::leaves_jobs`], [`TestApp::leaves_dead_jobs`]) make it fail then.
pub struct TestApp {
    /// Its drivers, for looking behind the door.
    pub app: App,
    /// Where it answers, such as `http://127.0.0.1:40123`.
    pub base: String,
    /// Its database.
    pub database: TestDatabase,
    shutdown: CancellationToken,
    server: JoinHandle<()>,
    directory: TempDir,
    named: Mutex<Named>,
    test: ThreadId,
}

/// Settings of a test's Atelier that differ from the harness's.
#[derive(Debug, Default, Clone)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Sets a variable.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Settings {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// New blobs go to this bucket.
    #[must_use]
    pub fn in_bucket(self, server: &S3Server) -> Settings {
        self.in_bucket_at(server, &server.endpoint)
    }

    /// New blobs go to this bucket, which is seen at another address.
    #[must_use]
    pub fn in_bucket_at(self, server: &S3Server, endpoint: &str) -> Settings {
        server.variables(endpoint).into_iter().fold(self, |settings, (name, value)| settings.set(name, value))
    }
}

impl TestApp {
    /// With the harness's settings: open registration, access tokens, plain cookies, a mailbox.
    pub async fn start() -> TestApp {
        Self::with(Settings::default()).await
    }

    /// With settings of its own.
    pub async fn with(settings: Settings) -> TestApp {
        Self::by(Clock::system(), settings).await
    }

    /// With settings and a clock of its own.
    pub async fn by(clock: Clock, settings: Settings) -> TestApp {
        let database = TestDatabase::migrated().await;
        let directory = tempfile::tempdir().expect("a directory");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let config = config(&base, &directory, settings);
        let mut app = App::connect(config, &database.uri).await.expect("starts");
        app.clock = clock;
        let shutdown = CancellationToken::new();
        let state = api::State::new(app.clone());
        let (dashboard, stop) = (dashboard::mount(&state, shutdown.clone()), shutdown.clone());
        let server = tokio::spawn(async move {
            api::serve(state, Some(dashboard), listener, stop).await.expect("serves");
        });
        let (named, test) = (Mutex::default(), thread::current().id());
        TestApp { app, base, database, shutdown, server, directory, named, test }
    }

    /// Its private directory: blobs under `assets`, mails under `mail`.
    pub fn directory(&self) -> PathBuf {
        self.directory.path().to_owned()
    }

    /// Another process of the same Atelier, with drivers of its own: where it answers.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn another_process(&self) -> String {
        self.process_on(&self.database.uri).await
    }

    /// The same, which reaches the database in another way.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn process_on(&self, uri: &str) -> String {
        let app = App::connect(Config::clone(&self.app.config), uri).await.expect("starts");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let stop = self.shutdown.clone();
        tokio::spawn(api::serve(api::State::new(app), None, listener, stop));
        base
    }

    /// Nobody.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.base)
    }

    /// Runs every job that is due, until none is.
    pub async fn run_jobs(&self) -> jobs::Drained {
        jobs::drain(&self.app, &operator()).await.expect("drains")
    }

    /// Runs one job now, as if `later` had passed, and every job it leaves.
    ///
    /// # Panics
    /// When the job did not end well.
    pub async fn run_job_later<J: jobs::Job>(&self, job: J, later: chrono::Duration) {
        let options = jobs::Enqueue { clock_shift: later, ..Default::default() };
        let id =
            jobs::enqueue(&self.app.db, &operator(), &job, options).await.expect("enqueues").expect("is new");
        self.run_jobs().await;
        let shown = jobs::read::show(&self.app.pool, id).await.expect("reads").expect("is known");
        assert_eq!(shown.state, jobs::read::State::Done, "{}: {:?}", J::NAME, shown.errors);
    }

    /// Sweeps blobs as time would, and looks at every byte: nothing is wrong, and nothing is left to do.
    ///
    /// # Panics
    /// When a scrub finds something.
    pub async fn is_sound(&self, what: &str) {
        for later in [3, 24 * 9].map(chrono::Duration::hours) {
            self.run_job_later(StorageGcTouched {}, later).await;
            self.run_job_later(StorageGcDeleted {}, later).await;
        }
        let (number, now) = (1, self.app.now());
        let mut scrub = scrub::begin(&self.app, number, true, &[], now).await.expect("begins");
        while !scrub.is_done() {
            scrub::step(&self.app, None, &mut scrub, now + chrono::Duration::days(2)).await.expect("scrubs");
        }
        let found = scrub::findings(&self.app.db, number, None, 100).await.expect("reads");
        assert_eq!(found, [], "{what}: dangling");
        let unfinished =
            "SELECT count(*) FROM storage_object WHERE state <> 'valid' OR deleted_at IS NOT NULL";
        assert_eq!(self.count(unfinished).await, 0, "{what}: rows on their way");
        assert_eq!(self.count("SELECT count(*) FROM storage_copy").await, 0, "{what}: what moves left");
    }

    /// Files under the blob directory, sorted, relative to it.
    pub fn blobs(&self) -> Vec<String> {
        let root = self.directory().join("assets");
        let mut found = vec![];
        let mut open = vec![root.clone()];
        while let Some(directory) = open.pop() {
            for entry in std::fs::read_dir(&directory).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    open.push(path);
                } else if let Ok(name) = path.strip_prefix(&root) {
                    found.push(name.display().to_string());
                }
            }
        }
        // The mark of a process that joined.
        found.retain(|name| name != ".installation");
        found.sort();
        found
    }

    /// The test ends with unfinished jobs of these kinds, some of each: waiting, running, or waiting for another
    /// attempt. Any other is a failure of the test, and so is one of these that is not there.
    pub fn leaves_jobs<const N: usize>(&self, kinds: [&str; N]) {
        self.named().unfinished.extend(kinds.map(str::to_owned));
    }

    /// The test ends with dead jobs of these kinds, some of each; otherwise as [`TestApp::leaves_jobs`].
    pub fn leaves_dead_jobs<const N: usize>(&self, kinds: [&str; N]) {
        self.named().dead.extend(kinds.map(str::to_owned));
    }

    fn named(&self) -> MutexGuard<'_, Named> {
        self.named.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One number out of its database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.app.pool).await.unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// Stops it the way a signal does, and waits.
    pub async fn stop(mut self) {
        self.shutdown.cancel();
        (&mut self.server).await.expect("the server ends well");
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.shutdown.cancel();
        self.server.abort();
        left_jobs::check(&self.database.uri, &self.named(), self.test);
    }
}

/// Whoever runs the tests.
pub fn operator() -> Operator {
    operator::at_command_line("tests@harness")
}

/// Every method with rates of its own may be called as often as tests like; a test of limits sets its own.
fn unlimited() -> String {
    let limited = api::methods::ALL.iter().filter(|method| !method.rates.is_empty());
    limited.map(|method| format!("{}=off", method.name)).collect::<Vec<_>>().join(" ")
}

fn config(base: &str, directory: &TempDir, settings: Settings) -> Config {
    let mut vars = BTreeMap::from([
        ("ATELIER_DATA_DIR".to_owned(), directory.path().display().to_string()),
        ("PENPOT_PUBLIC_URI".to_owned(), base.to_owned()),
        ("PENPOT_SECRET_KEY".to_owned(), "a secret that only tests have".to_owned()),
        ("PENPOT_FLAGS".to_owned(), "enable-access-tokens disable-secure-session-cookies".to_owned()),
        // Everybody comes from one address here, and in no time.
        ("ATELIER_RPC_LIMITS".to_owned(), unlimited()),
        ("PENPOT_DATABASE_MAX_POOL_SIZE".to_owned(), "8".to_owned()),
    ]);
    vars.extend(settings.0);
    Config::from_vars(vars).unwrap_or_else(|e| panic!("{e}"))
}
