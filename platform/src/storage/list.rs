//! Listing: what lies on a backend, whether anybody knows of it or not.

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use opendal::options::ListOptions;
use opendal::{ErrorKind, Operator};
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use super::error::BlobError;

/// An object as its backend sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: Uuid,
    /// Bytes; none when listing does not tell.
    pub size: Option<u64>,
    /// When it was written; none when listing does not tell.
    pub modified_at: Option<DateTime<Utc>>,
}

/// The objects of a file system or bucket whose ids begin with `first`. Names that are none of ours are passed over.
pub(super) async fn of_operator(operator: &Operator, first: u8) -> Result<Vec<Listed>, BlobError> {
    let options = ListOptions { recursive: true, ..ListOptions::default() };
    let mut lister = match operator.lister_options(&format!("{first:02x}/"), options).await {
        Ok(lister) => lister,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(vec![]),
        Err(error) => return Err(error.into()),
    };
    let mut found = vec![];
    loop {
        let entry = match lister.try_next().await {
            Ok(Some(entry)) => entry,
            Ok(None) => return Ok(found),
            // A folder that went while it was read.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(found),
            Err(error) => return Err(error.into()),
        };
        let Ok(id) = Uuid::try_parse(&entry.path().replace('/', "")) else { continue };
        if super::key::of(id) != entry.path() {
            continue;
        }
        let meta = entry.metadata();
        let modified_at = meta.last_modified().map(|at| std::time::SystemTime::from(at).into());
        // Without a time the listing told nothing else either.
        found.push(Listed { id, size: modified_at.map(|_| meta.content_length()), modified_at });
    }
}

/// The objects of the table whose ids begin with `first`.
pub(super) async fn of_table(pool: &PgPool, first: u8) -> Result<Vec<Listed>, BlobError> {
    let least = u128::from(first) << 120;
    let most = least | (u128::MAX >> 8);
    let sql = "SELECT id, octet_length(data)::bigint AS size, created_at FROM storage_blob WHERE id BETWEEN $1 AND $2";
    let rows =
        sqlx::query(sql).bind(Uuid::from_u128(least)).bind(Uuid::from_u128(most)).fetch_all(pool).await;
    let read = |row: &sqlx::postgres::PgRow| -> sqlx::Result<Listed> {
        let size: i64 = row.try_get("size")?;
        let size = u64::try_from(size).ok();
        Ok(Listed { id: row.try_get("id")?, size, modified_at: Some(row.try_get("created_at")?) })
    };
    let found: sqlx::Result<Vec<Listed>> = rows.and_then(|rows| rows.iter().map(read).collect());
    found.map_err(|error| BlobError::Io(Box::new(error)))
}
