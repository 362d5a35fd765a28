//! What a worker runs, and how processes log.

use super::variables::Variables;

/// The job worker.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// Queue names and how many jobs of each run at a time:
    /// `PENPOT_WORKER_DEFAULT_PARALLELISM` (4) and `PENPOT_WORKER_WEBHOOK_PARALLELISM` (2).
    pub slots: Vec<(String, usize)>,
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
            .number(2, 0..=256);
        WorkerConfig { slots: vec![("default".to_owned(), default), ("webhooks".to_owned(), webhooks)] }
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
