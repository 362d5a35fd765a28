//! Everything the rest of the house needs from the world, built once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sea_orm::DatabaseConnection;
use sqlx::PgPool;

use crate::bus::{Bus, BusError};
use crate::clock::Clock;
use crate::config::{Config, StorageConfig};
use crate::counters::Counters;
use crate::cpu::CpuPool;
use crate::fetch::{FetchSettings, Fetcher};
use crate::mail::{MailError, Mailer};
use crate::memory::MemoryBudget;
use crate::metrics::{self, PrometheusHandle};
use crate::outbound::Outbound;
use crate::pace::Pace;
use crate::passwords::Passwords;
use crate::secrets::Secrets;
use crate::storage::{Backend, BlobError, Blobs, DbSettings, FsSettings, S3Settings, StorageSettings};
use crate::uploads::Uploads;
use crate::{db, mail};

/// All drivers. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct App {
    /// All settings.
    pub config: Arc<Config>,
    /// The database through sea-orm.
    pub db: DatabaseConnection,
    /// The same connections through sqlx.
    pub pool: PgPool,
    /// The bytes of uploads.
    pub blobs: Blobs,
    /// Messages between connections and processes.
    pub bus: Bus,
    /// How often things happened lately.
    pub counters: Counters,
    /// Mails.
    pub mailer: Mailer,
    /// The time; see [`App::now`].
    pub clock: Clock,
    /// Keys and tokens.
    pub secrets: Secrets,
    /// Password hashes.
    pub passwords: Passwords,
    /// Threads for heavy computation.
    pub cpu: CpuPool,
    /// Room for decoding pictures.
    pub decoding: MemoryBudget,
    /// Uploads on their way.
    pub uploads: Uploads,
    /// Downloads from addresses that users give.
    pub fetcher: Fetcher,
    /// Reports to servers that the operator named.
    pub outbound: Outbound,
    /// Whose calls to webhooks this process makes, and how many at once.
    pub webhooks: Pace,
    /// Renders `/metrics`.
    pub metrics: PrometheusHandle,
}

/// Why the drivers could not be built.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database refused the connection or cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// The storage settings cannot work.
    #[error("the storage of blobs cannot be used: {0}")]
    Storage(#[from] BlobError),
    /// The address of Redis is malformed.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The mail settings cannot work.
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// The answer of one outside thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was asked: `database`, `bus`, `storage`, `mail`, or `templates` where there are any.
    pub name: &'static str,
    /// What it is or, when it does not work, what is wrong; in words.
    pub result: Result<String, String>,
    /// How long the answer took.
    pub took: Duration,
}

/// Each answer of [`App::examine`] must come within this.
pub const EXAMINE_MAX: Duration = Duration::from_secs(35);

/// Closures that wait for a free thread, for every thread.
const QUEUE_PER_SLOT: usize = 32;

impl App {
    /// Connects to the database at `database_uri` and builds the other drivers, which connect when first used.
    ///
    /// # Errors
    /// The first thing that cannot work at all. Redis or a mail server that is merely down is none: see
    /// [`App::examine`].
    pub async fn connect(config: Config, database_uri: &str) -> Result<App, StartError> {
        let (pool, db) = db::connect(database_uri, &config.database).await?;
        App::build(config, pool, db)
    }

    /// Builds the drivers on a database that is never asked: for looking at the others while it is down.
    ///
    /// # Errors
    /// As [`App::connect`], the database left out.
    pub fn without_database(config: Config) -> Result<App, StartError> {
        let (pool, db) = db::nowhere();
        App::build(config, pool, db)
    }

    fn build(config: Config, pool: PgPool, db: DatabaseConnection) -> Result<App, StartError> {
        install_tls();
        mail::prepare();
        let metrics = metrics::install();
        metrics::start_upkeep(&metrics);
        let mailer = Mailer::new(&config.mail)?;
        let (bus, counters) = match &config.redis.uri {
            Some(uri) => (Bus::redis(uri, &config.tenant)?, Counters::redis(uri, &config.tenant)?),
            None => (Bus::in_process(), Counters::in_process()),
        };
        let blobs = Blobs::open(storage(&config.storage, &pool))?;
        let slots = config.limits.cpu_slots;
        Ok(App {
            db,
            pool,
            blobs,
            bus,
            counters,
            mailer,
            clock: Clock::system(),
            secrets: secrets(&config),
            passwords: Passwords::new(slots, slots * QUEUE_PER_SLOT),
            cpu: CpuPool::new(slots, slots * QUEUE_PER_SLOT),
            decoding: MemoryBudget::new(config.limits.media_decode_bytes_total),
            uploads: Uploads::new(config.data_dir.join("uploads")),
            fetcher: Fetcher::new(FetchSettings {
                allowed_hosts: config.fetch.allowed_hosts.clone(),
                blocked_networks: config.fetch.blocked_networks.clone(),
                ..FetchSettings::default()
            }),
            outbound: Outbound::default(),
            webhooks: Pace::default(),
            metrics,
            config: Arc::new(config),
        })
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Tries bus, storage and mail in earnest: puts, gets and deletes a blob in each backend (the database among
    /// them only when it works), logs in to the mail server. For `atelier doctor`; takes a few seconds at most when
    /// all is well.
    pub async fn examine(&self, with_database: bool) -> Vec<Check> {
        let mut checks: Vec<(&'static str, BoxFuture<'_, Result<String, String>>)> = vec![
            ("bus", self.ask_bus().boxed()),
            ("storage", self.try_storage(with_database).boxed()),
            ("mail", async { words(self.mailer.check().await, self.mailer.describe()) }.boxed()),
        ];
        if let Some(directory) = &self.config.templates {
            let name = directory.display().to_string();
            let read = async move { words(tokio::fs::read_dir(directory).await.map(drop), name) };
            checks.push(("templates", read.boxed()));
        }
        ask(checks, EXAMINE_MAX).await
    }

    async fn ask_bus(&self) -> Result<String, String> {
        let name = if self.bus.is_shared() { "Redis" } else { "in process" };
        words(self.bus.ping().await, name.to_owned())
    }

    async fn try_storage(&self, with_database: bool) -> Result<String, String> {
        let asked = self.blobs.backends().filter(|backend| with_database || *backend != Backend::Db);
        for backend in asked {
            self.blobs.check(backend.as_str()).await.map_err(|error| format!("{backend}: {error}"))?;
        }
        Ok(self.storage_name())
    }

    /// Where new blobs go, in words.
    pub fn storage_name(&self) -> String {
        match self.blobs.default_backend() {
            Backend::Fs => format!("fs in {}", self.config.storage.fs_directory.display()),
            Backend::S3 => {
                format!("s3 bucket {}", self.config.storage.s3.bucket.as_deref().unwrap_or_default())
            }
            other => other.to_string(),
        }
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Makes ring the TLS provider of this process and gives the S3 client its transport; later calls change nothing.
pub fn install_tls() {
    // Refused when another provider is installed already, which then serves just as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    opendal_http_transport_reqwest::install_default();
}

fn words<E: std::fmt::Display>(result: Result<(), E>, name: String) -> Result<String, String> {
    result.map(|()| name).map_err(|error| error.to_string())
}

async fn ask(
    checks: Vec<(&'static str, BoxFuture<'_, Result<String, String>>)>,
    limit: Duration,
) -> Vec<Check> {
    let asked = checks.into_iter().map(|(name, check)| async move {
        let start = Instant::now();
        let late = || Err(format!("no answer within {} s", limit.as_secs()));
        let result = tokio::time::timeout(limit, check).await.unwrap_or_else(|_| late());
        Check { name, result, took: start.elapsed() }
    });
    futures_util::future::join_all(asked).await
}

fn secrets(config: &Config) -> Secrets {
    match config.auth.secret_key.as_deref() {
        Some(key) => Secrets::new(key),
        None => {
            tracing::warn!("PENPOT_SECRET_KEY is not set: sessions and tokens end with this process");
            let random: [u8; 32] = rand::random();
            Secrets::new(&hex::encode(random))
        }
    }
}

/// S3 is available for reading whenever its bucket is named, the directory whenever it exists.
fn storage(config: &StorageConfig, pool: &PgPool) -> StorageSettings {
    let fs = config.backend == Backend::Fs || config.fs_directory.is_dir();
    let s3 = &config.s3;
    StorageSettings {
        default: config.backend,
        fs: fs.then(|| FsSettings { directory: config.fs_directory.clone() }),
        s3: s3.bucket.clone().map(|bucket| S3Settings {
            bucket,
            region: s3.region.clone(),
            endpoint: s3.endpoint.clone(),
            public_endpoint: s3.public_endpoint.clone(),
            prefix: s3.prefix.clone(),
            access_key: s3.access_key.as_deref().map(str::to_owned),
            secret_key: s3.secret_key.as_deref().map(str::to_owned),
        }),
        db: Some(DbSettings { pool: pool.clone(), object_bytes_max: config.db_object_bytes_max }),
        memory: false,
    }
}
