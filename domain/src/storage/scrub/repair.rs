//! Putting right what a scrub found.

use super::codes::Repair;
use crate::error::{Error, Result};
use crate::storage;
use crate::storage::migrate::{copy, fingerprint};
use crate::storage::reason::TouchReason;
use chrono::{DateTime, Utc};
use entities::storage_object::{Column, Entity, Model, State};
use platform::app::App;
use platform::storage::BlobSource;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Other rows of the same content that are tried.
const DONORS_MAX: u64 = 20;

/// Lets the sweep look at a row, unless something touched it meanwhile.
pub(super) async fn let_sweep_look(app: &App, row: &Model, now: DateTime<Utc>) -> Result<Repair> {
    storage::touch(&app.db, &[row.id], &TouchReason::FoundUnused, now).await?;
    Ok(Repair::SweepTold)
}

/// Writes the bytes of a row again, from wherever else the same content lies. The row is locked meanwhile, so that it
/// neither goes nor moves. What was done.
pub(super) async fn mend(app: &App, row: &Model) -> Result<Repair> {
    let tx = platform::db::begin(&app.db).await?;
    let locked = Entity::find_by_id(row.id)
        .filter(Column::State.eq(State::Valid))
        .filter(Column::Backend.eq(row.backend.clone()))
        .lock_exclusive()
        .one(&tx)
        .await?;
    let Some(row) = locked else { return Ok(Repair::NotNeeded) };
    if let Some(from) = mend_from_copy(app, &tx, &row).await? {
        tx.commit().await?;
        return Ok(Repair::FromCopy(from));
    }
    let donors = Entity::find()
        .filter(Column::Sha256.eq(&row.sha256))
        .filter(Column::Size.eq(row.size))
        .filter(Column::State.eq(State::Valid))
        .filter(Column::Id.ne(row.id))
        .order_by_asc(Column::Id)
        .limit(DONORS_MAX)
        .all(&tx)
        .await?;
    for donor in donors {
        if mend_from_donor(app, &row, &donor).await? {
            tx.commit().await?;
            return Ok(Repair::FromBlob(donor.id.0));
        }
    }
    Ok(Repair::NowhereElse)
}

/// The backend whose copy served.
async fn mend_from_copy(app: &App, conn: &impl ConnectionTrait, row: &Model) -> Result<Option<String>> {
    let sql = "SELECT backend FROM storage_copy WHERE object_id = $1 AND backend <> $2 FOR UPDATE";
    let values = [row.id.0.into(), row.backend.clone().into()];
    let rows = conn.query_all_raw(platform::db::sql(sql, values)).await?;
    for copied in rows {
        let from: String = copied.try_get("", "backend")?;
        if is_whole(app, row, &from, row).await && copy(app, row, &from, row.backend.as_str()).await.is_ok() {
            return Ok(Some(from));
        }
    }
    Ok(None)
}

async fn mend_from_donor(app: &App, row: &Model, donor: &Model) -> Result<bool> {
    if !is_whole(app, donor, donor.backend.as_str(), row).await {
        return Ok(false);
    }
    let size = u64::try_from(row.size).unwrap_or(0);
    let bytes = app.blobs.read(donor.backend.as_str(), donor.id.0).await.map_err(Error::platform)?;
    let source = futures_util::TryStreamExt::map_err(bytes, std::io::Error::other);
    let source = BlobSource::Stream(Box::pin(source));
    let stored =
        app.blobs.put(row.backend.as_str(), row.id.0, source, size).await.map_err(Error::platform)?;
    Ok(stored.size == size && stored.sha256 == row.sha256)
}

/// Whether the bytes of `held` on a backend are the content that `row` should have. One that cannot be read is not.
async fn is_whole(app: &App, held: &Model, backend: &str, row: &Model) -> bool {
    let size = u64::try_from(row.size).unwrap_or(0);
    fingerprint(app, backend, held.id).await.is_ok_and(|found| found == (size, row.sha256.clone()))
}
