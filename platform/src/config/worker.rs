//! What a worker runs, and how processes log.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use super::variables::Variables;

/// The job worker.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// Queue names and how many jobs of each run at a time: `PENPOT_WORKER_DEFAULT_PARALLELISM` (4),
    /// `PENPOT_WORKER_WEBHOOK_PARALLELISM` (16) and `ATELIER_WORKER_MEDIA_PARALLELISM` (1).
    pub slots: Vec<(String, usize)>,
    /// `ATELIER_WORKER_HOST`: where a worker process answers `/livez`, `/readyz` and `/metrics`. Default 127.0.0.1.
    pub host: IpAddr,
    /// `ATELIER_WORKER_PORT`: on which port; 0: one that is free. Default 6062.
    pub port: u16,
}

/// Logging.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// `ATELIER_LOG_FORMAT`: text or json. Default text.
    pub format: LogFormat,
    /// `ATELIER_LOG`: what is logged, such as `info,sqlx=debug`. Default info, with less of some
    /// libraries.
    pub filter: String,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Libraries that tell at every start what nobody asked for.
const FILTER: &str =
    "info,apalis_core=warn,poem::server=warn,sea_orm_migration=warn,sqlx::postgres::notice=warn";

impl WorkerConfig {
    pub(super) fn read(vars: &mut Variables) -> WorkerConfig {
        let default = vars
            .var("PENPOT_WORKER_DEFAULT_PARALLELISM", "Jobs of the default queue that run at the same time.")
            .number(4, 0..=256);
        let webhooks = vars
            .var("PENPOT_WORKER_WEBHOOK_PARALLELISM", "Webhook calls that run at the same time.")
            .number(16, 0..=256);
        let media = vars
            .var(
                "ATELIER_WORKER_MEDIA_PARALLELISM",
                "Pictures, fonts and archives that are worked on at the same time.",
            )
            .number(1, 0..=256);
        let host = vars
            .var("ATELIER_WORKER_HOST", "Where a worker process answers /livez, /readyz and /metrics.")
            .parsed(IpAddr::V4(Ipv4Addr::LOCALHOST), "an IP address", IpAddr::to_string, |text| {
                text.parse().ok()
            });
        let port =
            vars.var("ATELIER_WORKER_PORT", "On which port; 0: one that is free.").number(6062, 0..=u16::MAX);
        let slots = [("default", default), ("webhooks", webhooks), ("media", media)];
        WorkerConfig { slots: slots.map(|(name, n)| (name.to_owned(), n)).to_vec(), host, port }
    }
}

/// Where a process listens for `atelier shell`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShellSocket {
    /// In `shell/` of the data directory, named after the role and the process. The default.
    InDataDir,
    /// At this path.
    At(PathBuf),
    /// Nowhere.
    Off,
}

impl ShellSocket {
    pub(super) fn read(vars: &mut Variables) -> ShellSocket {
        let show = |socket: &ShellSocket| match socket {
            ShellSocket::InDataDir => "in the data directory".to_owned(),
            ShellSocket::At(path) => path.display().to_string(),
            ShellSocket::Off => "off".to_owned(),
        };
        vars.var("ATELIER_SHELL_SOCKET", "Where `atelier shell` finds this process: a path, or off.").parsed(
            ShellSocket::InDataDir,
            "an absolute path in a directory of its own, or off",
            show,
            |text| match text {
                "off" => Some(ShellSocket::Off),
                path => Some(PathBuf::from(path)).filter(|path| path.is_absolute()).map(ShellSocket::At),
            },
        )
    }
}

impl LogConfig {
    pub(super) fn read(vars: &mut Variables) -> LogConfig {
        let show = |format: &LogFormat| match format {
            LogFormat::Text => "text".to_owned(),
            LogFormat::Json => "json".to_owned(),
        };
        let format = vars.var("ATELIER_LOG_FORMAT", "How the log looks: text or json.").parsed(
            LogFormat::Text,
            "text or json",
            show,
            |text| match text {
                "text" => Some(LogFormat::Text),
                "json" => Some(LogFormat::Json),
                _ => None,
            },
        );
        let filter = vars.var("ATELIER_LOG", "What is logged: a level, and levels of single parts.").parsed(
            FILTER.to_owned(),
            "a level such as info, or parts such as info,sqlx=debug",
            String::clone,
            |text| tracing_subscriber::EnvFilter::try_new(text).ok().map(|_| text.to_owned()),
        );
        LogConfig { format, filter }
    }
}
