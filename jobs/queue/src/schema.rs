//! The queue's tables: installed and brought up to date by number, once, whoever comes first.

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection, PgPool};

use crate::{maintain::DAYS_AHEAD, sql, state::Table};

/// Where the steps that were taken are written down.
const VERSIONS: &str = include_str!("../schema/0000_versions.sql");

/// Steps in order; the first has number 1. A step that was released is never edited.
const STEPS: &[&str] = &[SCHEMA, include_str!("../schema/0002_job_cancelled.sql")];

/// SQL of the first version, for reading. Use [`install`] to apply it.
pub const SCHEMA: &str = include_str!("../schema/0001_baseline.sql");

/// Number of the newest step this crate knows.
pub const VERSION: i32 = STEPS.len() as i32;

/// Any number: it guards the installation between processes.
const INSTALL_LOCK: i64 = 7_087_437_412_340_000;

/// Why the tables could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// A newer program was here; going on could harm its data.
    #[error("the queue's tables have version {found}, this program knows up to {known}: use a newer program")]
    TooNew {
        /// Version in the database.
        found: i32,
        /// Newest version known here.
        known: i32,
    },
    /// The database refused.
    #[error("the queue's tables could not be installed")]
    Database(#[from] sqlx::Error),
}

/// Creates or upgrades everything in the PostgreSQL schema `queue`, in one transaction. Idempotent; concurrent
/// callers wait for each other.
///
/// # Errors
/// When the database refuses or holds a newer version.
pub async fn install(pool: &PgPool) -> Result<(), InstallError> {
    let mut conn = pool.acquire().await?;
    let mut tx = conn.begin().await?;
    sqlx::query(sql::INSTALL_LOCK).bind(INSTALL_LOCK).execute(&mut *tx).await?;
    let found = version(&mut tx).await?;
    if found > VERSION {
        return Err(InstallError::TooNew { found, known: VERSION });
    }
    for (number, step) in (1..).zip(STEPS).skip(usize::try_from(found).unwrap_or(0)) {
        sqlx::raw_sql(*step).execute(&mut *tx).await?;
        sqlx::query(sql::ADD_VERSION).bind(number).execute(&mut *tx).await?;
    }
    sqlx::query(sql::HISTORY_ADD_DAYS).bind(DAYS_AHEAD).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether [`install`] has nothing to do. Changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn is_installed(pool: &PgPool) -> sqlx::Result<bool> {
    let there: bool = sqlx::query_scalar(sql::IS_THERE).fetch_one(pool).await?;
    if !there {
        return Ok(false);
    }
    let found: i32 = sqlx::query_scalar(sql::INSTALLED_VERSION).fetch_one(pool).await?;
    Ok(found >= VERSION)
}

async fn version(tx: &mut PgConnection) -> sqlx::Result<i32> {
    sqlx::raw_sql(VERSIONS).execute(&mut *tx).await?;
    sqlx::query_scalar(sql::INSTALLED_VERSION).fetch_one(tx).await
}

/// A history of jobs; each is kept as long as its reader wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// Jobs that ended well.
    Done,
    /// Jobs that somebody cancelled or discarded.
    Cancelled,
}

/// Drops the history of whole days that ended at or before `before`: at most 400 days in one call. Jobs that
/// are not finished, dead jobs and the present day are never touched. Returns how many days went.
///
/// # Errors
/// When the database refuses, for example because a long reader holds the history for more than 2 s.
pub async fn prune(pool: &PgPool, history: History, before: DateTime<Utc>) -> sqlx::Result<i32> {
    let table = match history {
        History::Done => Table::Done,
        History::Cancelled => Table::Cancelled,
    };
    sqlx::query_scalar(sql::HISTORY_DROP_DAYS).bind(table.name()).bind(before).fetch_one(pool).await
}
