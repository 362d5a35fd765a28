//! A connection of the worker's own: opened on demand, dropped after an error, opened again with backoff.

use std::{sync::Arc, time::Duration};

use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};

/// First and longest wait between two attempts to connect.
const WAIT_MIN: Duration = Duration::from_millis(50);
const WAIT_MAX: Duration = Duration::from_secs(5);
/// A statement of the queue is short; one that takes longer hangs on a dead network.
pub(crate) const STATEMENT_MAX: Duration = Duration::from_secs(30);

/// What each connection of a worker sets about plans: one that was made while a table was empty must not survive into a
/// backlog of a million rows. For whoever explains the worker's statements as the worker runs them.
pub const PLAN_SETTINGS: [(&str, &str); 6] = [
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_bitmapscan", "off"),
    ("plan_cache_mode", "force_generic_plan"),
    ("jit", "off"),
];

/// The connection of one task.
pub(crate) struct Link {
    task: &'static str,
    options: PgConnectOptions,
    conn: Option<PgConnection>,
    wait: Duration,
}

impl Link {
    /// `durable`: commits wait for the disk. Claims and renewals need not: losing one only means that the job is
    /// claimed again.
    pub(crate) fn new(task: &'static str, base: &Arc<PgConnectOptions>, durable: bool) -> Link {
        let commit = [("synchronous_commit", if durable { "on" } else { "off" })];
        let options = base.as_ref().clone().application_name(&format!("atelier-queue {task}"));
        let options = options.options(commit.into_iter().chain(PLAN_SETTINGS));
        Link { task, options, conn: None, wait: WAIT_MIN }
    }

    /// The open connection, or a new one.
    pub(crate) async fn open(&mut self) -> sqlx::Result<&mut PgConnection> {
        match self.conn.take() {
            Some(conn) => Ok(self.conn.insert(conn)),
            None => Ok(self.conn.insert(self.options.connect().await?)),
        }
    }

    /// Call with the result of each piece of work. An error throws the connection away, is logged and counted here,
    /// and costs a wait that doubles up to 5 s, so that callers may simply try again.
    pub(crate) async fn settle<T>(&mut self, result: sqlx::Result<T>) -> sqlx::Result<T> {
        match &result {
            Ok(_) => self.wait = WAIT_MIN,
            Err(error) => {
                self.conn = None;
                metrics::counter!("atelier_queue_errors_total", "task" => self.task).increment(1);
                let wait_ms = self.wait.as_millis();
                tracing::warn!(task = self.task, %error, wait_ms, "queue: database error");
                tokio::time::sleep(self.wait).await;
                self.wait = (self.wait * 2).min(WAIT_MAX);
            }
        }
        result
    }
}

/// Gives up on `work` after `limit`, as if the connection had broken.
pub(crate) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    let hung = || sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer"));
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(hung()))
}
