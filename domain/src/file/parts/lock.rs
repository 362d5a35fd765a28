//! Who changes a document is alone with it.

use crate::error::Result;
use entities::ids::FileId;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;

/// Waits until nobody else changes the document of a file, and keeps it so until the end of the transaction. Those who
/// wait come in turn, which those who wait for a row do not. What was read before may be outdated then.
pub async fn hold(tx: &Tx, file: FileId) -> Result<()> {
    tx.execute_raw(sql("SELECT pg_advisory_xact_lock($1)", [key(file).into()])).await?;
    Ok(())
}

/// What stands for a file. Two files with the same key would wait for each other, and nothing worse.
pub(in crate::file) fn key(file: FileId) -> i64 {
    let (high, low) = file.0.as_u64_pair();
    (high ^ low).cast_signed()
}
