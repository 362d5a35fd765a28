//! A dead job on the code of this process.

use sqlx::PgPool;

use crate::{
    admin::{AdminError, Target, record::record, take_back},
    begin::begin,
    config::Config,
    drain::run_one,
    router::Router,
    sql,
    worker::WorkerError,
};

/// Makes a dead job, or a job that was discarded or cancelled, ready with all its attempts, and runs its first one
/// here and now with `router`, as [`run_one`] does. Other workers cannot take it before; should this process die, they
/// do within a minute. Answers whether it could be had.
///
/// # Errors
/// As [`run_one`].
pub async fn replay(
    pool: &PgPool,
    config: Config,
    router: Router,
    id: i64,
    who: &str,
) -> Result<bool, WorkerError> {
    let mut tx = begin(pool).await?;
    if take_back(&mut tx, &Target::Ids(vec![id]), who).await? == 0 {
        return Ok(false);
    }
    sqlx::query(sql::HOLD_FOR_REPLAY).bind(id).execute(&mut *tx).await?;
    record(&mut tx, who, "replay", &serde_json::json!({"ids": [id]}), 1).await?;
    tx.commit().await?;
    run_one(pool, config, router, id).await
}

impl From<AdminError> for WorkerError {
    fn from(error: AdminError) -> WorkerError {
        match error {
            AdminError::Refused(text) => WorkerError::Config(text),
            AdminError::Database(error) => WorkerError::Database(error),
        }
    }
}
