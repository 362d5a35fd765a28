//! Transactions of operators: none is left open behind somebody who stops waiting.

use sqlx::{PgPool, Postgres, Transaction};

/// Opens a transaction, on a task of its own: the driver forgets a `BEGIN` whose answer nobody waited for, and hands
/// the connection on with the transaction open.
///
/// # Errors
/// No connection became free in time, or the database is gone.
pub(crate) async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    let opened = tokio::spawn(async move { pool.begin().await });
    opened.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}
