//! How far a batch is, for whoever watches it.

use crate::error::{Error, Result};
use entities::ids::FileId;
use platform::db::sql;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// What there is to tell of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The files that were looked at since the last look.
    pub fresh: Vec<FileId>,
    /// All of the batch.
    pub total: usize,
    /// Those that something was done with, once the batch has ended.
    pub taken: Option<Vec<FileId>>,
}

/// Looks at a batch, of which so many files were told already.
///
/// # Errors
/// [`Error::NotFound`] when it is gone, or whoever asked for it may not any more; those of the database.
pub async fn look(conn: &impl ConnectionTrait, id: Uuid, told: usize) -> Result<Look> {
    let from = i32::try_from(told).unwrap_or(i32::MAX).saturating_add(1);
    let row = conn.query_one_raw(sql(LOOK, [id.into(), from.into()])).await?.ok_or(Error::NotFound)?;
    if row.try_get("", "is_refused")? {
        return Err(Error::NotFound);
    }
    let files = |files: Vec<Uuid>| files.into_iter().map(FileId).collect();
    let total: i32 = row.try_get("", "total")?;
    Ok(Look {
        fresh: files(row.try_get("", "fresh")?),
        total: usize::try_from(total).unwrap_or(0),
        taken: row.try_get::<Option<Vec<Uuid>>>("", "taken")?.map(files),
    })
}

const LOOK: &str = "
    SELECT file_ids[$2:done] AS fresh, cardinality(file_ids) AS total, is_refused,
           CASE WHEN finished_at IS NOT NULL THEN taken END AS taken
      FROM bin_batch WHERE id = $1";
