//! The database: one pool for everybody, and transactions that run again when they collided.

mod finish;

use std::pin::Pin;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::{
    AccessMode, DatabaseConnection, DbBackend, DbErr, IsolationLevel, RuntimeErr, SqlxPostgresConnector,
    Statement, TransactionTrait as _, Value,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use tracing::{Instrument as _, Span};

use crate::config::DatabaseConfig;

use finish::finish;

/// An open transaction; dropping it rolls back.
pub type Tx = sea_orm::DatabaseTransaction;

/// What a transaction's work is: a future that borrows the transaction.
pub type Work<'tx, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'tx>>;

/// An error that may say "run the whole transaction again".
pub trait Retryable {
    /// Whether the same work may succeed when it is simply run again.
    fn is_retryable(&self) -> bool;
}

/// How often the work of one [`transaction`] runs at most.
pub const ATTEMPTS_MAX: u32 = 5;

const STATEMENT_TIMEOUT_MS: &str = "300000";
const IDLE_IN_TRANSACTION_MS: &str = "300000";
/// How long somebody waits for a free connection, or for a server that is being started.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_MAX: Duration = Duration::from_secs(2 * 60);
const LIFETIME_MAX: Duration = Duration::from_secs(30 * 60);
/// A connection that rested longer is asked whether it is still there before it is used.
const TRUSTED: Duration = Duration::from_secs(1);
const VERSION_MAX: Duration = Duration::from_secs(10);
const SLOW: Duration = Duration::from_secs(2);

/// Opens the pool and the sea-orm connection over it; both count against the same limit.
///
/// # Errors
/// The address is malformed, or the first connection failed.
pub async fn connect(
    uri: &str,
    config: &DatabaseConfig,
) -> Result<(sqlx::PgPool, DatabaseConnection), DbErr> {
    let options = PgConnectOptions::from_str(uri)
        .map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?
        .application_name("atelier")
        .options([
            ("statement_timeout", STATEMENT_TIMEOUT_MS),
            ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MS),
        ])
        .log_statements(level("trace"))
        .log_slow_statements(level("warn"), SLOW);
    let pool = PgPoolOptions::new()
        .max_connections(config.pool_max)
        .min_connections(config.pool_min)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(IDLE_MAX)
        .max_lifetime(LIFETIME_MAX)
        // Asking before every use would cost a round trip each time; one that was just used is there.
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move { Ok(used.idle_for < TRUSTED || connection.ping().await.is_ok()) })
        })
        .connect_with(options)
        .await
        .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
    let db = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
    Ok((pool, db))
}

/// Asks a database for its version over a connection of its own, without waiting for one that does not answer.
///
/// # Errors
/// Why it cannot be asked.
pub async fn version(uri: &str) -> Result<String, sqlx::Error> {
    let asked = async {
        let mut conn = PgConnection::connect(uri).await?;
        let version =
            sqlx::query_scalar("SELECT current_setting('server_version')").fetch_one(&mut conn).await?;
        conn.close().await?;
        Ok(version)
    };
    tokio::time::timeout(VERSION_MAX, asked).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// A pool that leads nowhere.
pub(crate) fn nowhere() -> (sqlx::PgPool, DatabaseConnection) {
    let options = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(1);
    let pool = PgPoolOptions::new().acquire_timeout(Duration::from_millis(1)).connect_lazy_with(options);
    let db = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
    (pool, db)
}

/// The type belongs to a crate we need for nothing else; its texts say the same.
fn level<L: FromStr>(name: &str) -> L
where
    L::Err: std::fmt::Debug,
{
    name.parse().expect("a level that exists")
}

/// The span of one transaction, for whoever opens one with [`begin`].
pub fn step() -> Span {
    crate::step!("transaction", otel.kind = "client", db.system.name = "postgresql")
}

/// A statement, which stands whole, with the values of its `$1`, `$2` and so on.
pub fn sql(text: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, text, values)
}

/// Opens a transaction that the caller commits. Whoever stops waiting leaves none open behind.
///
/// # Errors
/// No connection became free in 10 s, or the database is gone.
#[expect(clippy::disallowed_methods, reason = "this is where transactions are opened")]
pub async fn begin(db: &DatabaseConnection) -> Result<Tx, DbErr> {
    let db = db.clone();
    finish(async move { db.begin().await }).await
}

/// Opens a transaction that can only read and sees one moment of the database throughout.
///
/// # Errors
/// As [`begin`]; every write in it is refused.
pub async fn begin_read(db: &DatabaseConnection) -> Result<Tx, DbErr> {
    let db = db.clone();
    let (isolation, access) = (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly));
    finish(async move { db.begin_with_config(isolation, access).await }).await
}

/// Runs `work` in a transaction and commits; on an error of the work, rolls back.
///
/// Collisions with other transactions (SQLSTATE 40001 and 40P01, also at the commit) run it again after a
/// short random pause, [`ATTEMPTS_MAX`] times in all. The work must therefore change nothing but the database.
///
/// ```no_run
/// # async fn example(db: &sea_orm::DatabaseConnection) -> Result<(), sea_orm::DbErr> {
/// # use sea_orm::ConnectionTrait;
/// let deleted = platform::db::transaction(db, |tx| {
///     Box::pin(async move { tx.execute_unprepared("DELETE FROM team").await })
/// });
/// # deleted.await?; Ok(()) }
/// ```
///
/// # Errors
/// That of the work, or of the last attempt.
pub async fn transaction<T, E, F>(db: &DatabaseConnection, work: F) -> Result<T, E>
where
    T: Send,
    E: From<DbErr> + Retryable + Send,
    F: for<'tx> Fn(&'tx Tx) -> Work<'tx, T, E> + Send + Sync,
{
    let mut attempt = 1;
    loop {
        match once(db, &work).await {
            Err(error) if error.is_retryable() && attempt < ATTEMPTS_MAX => {
                tracing::debug!(attempt, "the transaction collided with another and runs again");
                tokio::time::sleep(pause(attempt)).await;
                attempt += 1;
            }
            done => return done,
        }
    }
}

async fn once<T, E, F>(db: &DatabaseConnection, work: &F) -> Result<T, E>
where
    E: From<DbErr>,
    F: for<'tx> Fn(&'tx Tx) -> Work<'tx, T, E>,
{
    let step = step();
    let tx = begin(db).instrument(step.clone()).await?;
    match work(&tx).instrument(step.clone()).await {
        Ok(value) => {
            tx.commit().instrument(step).await?;
            Ok(value)
        }
        Err(error) => {
            // The error of the work is the one to report; the connection is cleaned in any case.
            let _ = tx.rollback().await;
            Err(error)
        }
    }
}

/// 10 to 20 ms, doubling each time: those who collided must not meet again.
pub fn pause(attempt: u32) -> Duration {
    let least = 10u64 << attempt.clamp(1, 10).saturating_sub(1);
    Duration::from_millis(rand::random_range(least..=2 * least))
}

/// Whether the database asks to run the whole transaction again: serialisation failure or deadlock.
pub fn is_retryable(error: &DbErr) -> bool {
    matches!(sql_state(error).as_deref(), Some("40001" | "40P01"))
}

/// Whether somewhere in this chain of reasons the database is away or has no room for us: connections refused, broken
/// or ended by it (SQLSTATE 57P01 to 57P03, 53300, class 08), or none free in the pool. Nothing is wrong with what
/// was asked.
pub fn is_away(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(reason) = next {
        let away = match reason.downcast_ref::<DbErr>() {
            Some(DbErr::ConnectionAcquire(_)) => true,
            Some(
                DbErr::Conn(RuntimeErr::SqlxError(error))
                | DbErr::Exec(RuntimeErr::SqlxError(error))
                | DbErr::Query(RuntimeErr::SqlxError(error)),
            ) => is_lost(error),
            _ => reason.downcast_ref::<sqlx::Error>().is_some_and(is_lost),
        };
        if away {
            return true;
        }
        next = reason.source();
    }
    false
}

fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            matches!(code.as_ref(), "57P01" | "57P02" | "57P03" | "53300") || code.starts_with("08")
        }),
        _ => false,
    }
}

impl Retryable for DbErr {
    fn is_retryable(&self) -> bool {
        is_retryable(self)
    }
}

/// The SQLSTATE of a database's refusal, such as `23505` for a duplicate.
pub fn sql_state(error: &DbErr) -> Option<String> {
    let (DbErr::Conn(RuntimeErr::SqlxError(error))
    | DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    Some(error.as_database_error()?.code()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_vary() {
        for attempt in 1..ATTEMPTS_MAX {
            let least = Duration::from_millis(10 << (attempt - 1));
            assert!((least..=2 * least).contains(&pause(attempt)));
        }
    }

    #[test]
    fn other_errors_are_final() {
        assert!(!is_retryable(&DbErr::Custom("40001".to_owned())));
        assert!(!is_retryable(&DbErr::RecordNotFound("team".to_owned())));
        assert!(!is_away(&DbErr::RecordNotFound("team".to_owned())));
    }

    #[test]
    fn a_lost_connection_is_seen_through_its_wrapping() {
        let lost = || sqlx::Error::Io(std::io::ErrorKind::UnexpectedEof.into());
        assert!(is_away(&lost()));
        assert!(is_away(&DbErr::Query(RuntimeErr::SqlxError(lost().into()))));
    }
}
