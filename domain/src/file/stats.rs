//! What a file consists of, counted.

use super::parts::stats::{Counts, count};
use crate::error::Result;
use crate::permission::Viewable;
use entities::file;
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;

/// How much there is of everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    /// Of the document.
    pub document: Counts,
    /// Libraries that the file uses.
    pub libraries: i64,
    /// Files that use it as a library.
    pub used_by: i64,
}

/// Counts.
///
/// # Errors
/// [`crate::Error::NotFound`] when the document is gone; those of the database.
pub async fn stats(app: &App, tx: &Tx, file: &Viewable<file::Model>) -> Result<Stats> {
    let document = count(app, tx, file).await?;
    let row = tx.query_one_raw(sql(LINKS, [file.id.0.into()])).await?;
    let (libraries, used_by) = match row {
        Some(row) => (row.try_get_by_index(0)?, row.try_get_by_index(1)?),
        None => (0, 0),
    };
    Ok(Stats { document, libraries, used_by })
}

/// Deleted files do not count.
const LINKS: &str = "
    SELECT (SELECT count(*) FROM file_library_link l JOIN file f ON f.id = l.library_file_id AND f.deleted_at IS NULL
             WHERE l.file_id = $1) AS libraries,
           (SELECT count(*) FROM file_library_link l JOIN file f ON f.id = l.file_id AND f.deleted_at IS NULL
             WHERE l.library_file_id = $1) AS used_by";
