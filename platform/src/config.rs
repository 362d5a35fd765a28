//! All settings: read once from the environment, typed, every error reported together.

mod audit;
mod auth;
mod database;
mod duration;
mod error;
mod exporter;
mod fetch;
mod flags;
mod http;
mod limits;
mod mail;
mod quotas;
mod rates;
mod secret;
mod snapshots;
mod storage;
mod telemetry;
mod trace;
mod variables;
mod worker;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use audit::{ArchiveConfig, AuditConfig};
pub use auth::AuthConfig;
pub use database::{DatabaseConfig, RedisConfig};
pub use duration::parse as parse_duration;
pub use error::{ConfigError, ConfigErrors};
pub use exporter::ExporterConfig;
pub use fetch::FetchConfig;
pub use flags::Flags;
pub use http::HttpConfig;
pub use limits::LimitsConfig;
pub use mail::{Encryption, MailConfig, ReportLimit, SmtpConfig};
pub use quotas::QuotasConfig;
pub use rates::{Rate, RateOverrides};
pub use secret::Secret;
pub use snapshots::SnapshotsConfig;
pub use storage::{S3Config, StorageConfig};
pub use telemetry::TelemetryConfig;
pub use variables::Setting;
pub use worker::{LogConfig, LogFormat, ShellSocket, WorkerConfig};

use variables::Variables;

/// Every setting. `Debug` hides the secrets.
#[derive(Clone, Debug)]
pub struct Config {
    /// `PENPOT_ADMINS`: the mail addresses of the people who run this, lower case.
    pub admins: Vec<String>,
    /// The audit log.
    pub audit: AuditConfig,
    /// `ATELIER_ADMIN_READERS`: people who may look on the dashboard, lower case.
    pub admin_readers: Vec<String>,
    /// Who gets in.
    pub auth: AuthConfig,
    /// `ATELIER_DATA_DIR`: everything we keep on disk lies here by default. Default `.atelier`.
    pub data_dir: PathBuf,
    /// The database.
    pub database: DatabaseConfig,
    /// The server that draws exports.
    pub exporter: ExporterConfig,
    /// Downloads from addresses that users give.
    pub fetch: FetchConfig,
    /// `PENPOT_FLAGS`.
    pub flags: Flags,
    /// The HTTP server.
    pub http: HttpConfig,
    /// Limits on uploads and times.
    pub limits: LimitsConfig,
    /// Logging.
    pub log: LogConfig,
    /// `ATELIER_SHELL_SOCKET`: where `atelier shell` finds this process.
    pub shell: ShellSocket,
    /// Mails.
    pub mail: MailConfig,
    /// How much of something somebody may have.
    pub quotas: QuotasConfig,
    /// How often methods may be called.
    pub rates: RateOverrides,
    /// Redis.
    pub redis: RedisConfig,
    /// Snapshots that nobody asks for.
    pub snapshots: SnapshotsConfig,
    /// Blobs.
    pub storage: StorageConfig,
    /// Counts that are sent.
    pub telemetry: TelemetryConfig,
    /// `ATELIER_TEMPLATES_DIRECTORY`: archives that people can begin with. Default none.
    pub templates: Option<PathBuf>,
    /// `PENPOT_TENANT`: keeps several installations on one Redis apart. Default default.
    pub tenant: String,
    /// Traces.
    pub traces: Box<crate::trace::TraceSettings>,
    /// The job worker.
    pub worker: WorkerConfig,
    settings: Vec<Setting>,
}

impl Config {
    /// Whether whoever has this address, lower case, sees the dashboard.
    pub fn opens_dashboard(&self, email: &str) -> bool {
        self.admins.iter().chain(&self.admin_readers).any(|listed| listed == email)
    }

    /// Reads the given variables; names we do not know are ignored, blank values count as not set.
    ///
    /// # Errors
    /// Every variable that cannot be used, together.
    pub fn from_vars(given: impl IntoIterator<Item = (String, String)>) -> Result<Config, ConfigErrors> {
        let mut vars = Variables::new(given);
        let vars = &mut vars;
        let data_dir = vars
            .var("ATELIER_DATA_DIR", "Everything kept on disk lies here by default.")
            .path(".atelier".into());
        let tenant = vars.var("PENPOT_TENANT", "Keeps several installations on one Redis apart.").parsed(
            "default".to_owned(),
            "1 to 64 letters, digits, dashes or underscores",
            String::clone,
            |text| auth::is_name(text).then(|| text.to_owned()),
        );
        let readers = vars
            .var("ATELIER_ADMIN_READERS", "The mail addresses of people who may look on the dashboard.")
            .words();
        let templates = vars
            .var(
                "ATELIER_TEMPLATES_DIRECTORY",
                "Archives (<id>.penpot) that people can begin with; unset: none.",
            )
            .optional_text();
        let admins = vars.var("PENPOT_ADMINS", "The mail addresses of the people who run this.").words();
        let flags = Flags::read(vars);
        let mut config = Config {
            admin_readers: readers.into_iter().map(|reader| reader.to_lowercase()).collect(),
            admins: admins.into_iter().map(|admin| admin.to_lowercase()).collect(),
            http: HttpConfig::read(vars),
            database: DatabaseConfig::read(vars),
            redis: RedisConfig::read(vars),
            storage: StorageConfig::read(vars, &data_dir),
            mail: MailConfig::read(vars, &flags, &data_dir),
            audit: AuditConfig::read(vars, &flags),
            auth: AuthConfig::read(vars, &flags),
            limits: LimitsConfig::read(vars),
            quotas: QuotasConfig::read(vars),
            rates: RateOverrides::read(vars),
            snapshots: SnapshotsConfig::read(vars),
            exporter: ExporterConfig::read(vars),
            fetch: FetchConfig::read(vars),
            telemetry: TelemetryConfig::read(vars, &flags),
            templates: templates.map(PathBuf::from),
            worker: WorkerConfig::read(vars),
            log: LogConfig::read(vars),
            traces: Box::new(trace::read(vars)),
            shell: ShellSocket::read(vars),
            data_dir,
            flags,
            tenant,
            settings: vec![],
        };
        let (errors, settings) = std::mem::replace(vars, Variables::new([])).finish();
        if !errors.is_empty() {
            return Err(ConfigErrors(errors));
        }
        config.settings = settings;
        Ok(config)
    }

    /// Every setting with its value (secrets hidden), default and meaning, in the order of reading.
    pub fn describe(&self) -> &[Setting] {
        &self.settings
    }
}

/// Every variable of this process, those with unreadable names left out.
pub fn environment() -> BTreeMap<String, String> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
    };
    std::env::vars_os().filter_map(text).collect()
}

#[cfg(test)]
mod tests;
