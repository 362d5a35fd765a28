//! All bytes against the rows.

use super::codes::{Detail, Repair};
use super::report::write;
use super::state::{DONE, Kind, Scrub, Step};
use crate::error::{Error, Result};
use crate::permission::Operator;
use crate::storage::copies;
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::StorageObjectId;
use platform::app::App;
use platform::storage::Listed;
use sea_orm::ConnectionTrait;
use std::collections::HashSet;
use uuid::Uuid;

/// Younger bytes may belong to something that is only beginning.
const STRAY_AGE_MIN: TimeDelta = TimeDelta::hours(24);
/// Ids asked for in one statement.
const BATCH: usize = 500;

/// The next two hundred and fifty-sixth of a backend.
pub(super) async fn strays(
    app: &App,
    operator: Option<&Operator>,
    scrub: &mut Scrub,
    now: DateTime<Utc>,
) -> Result<Step> {
    let first: u8 = scrub.place.parse().unwrap_or(0);
    let listed = app.blobs.list(&scrub.phase, first).await.map_err(Error::platform)?;
    for batch in listed.chunks(BATCH) {
        let known = known(&app.db, &scrub.phase, batch).await?;
        for blob in batch.iter().filter(|blob| !known.contains(&blob.id)) {
            settle(app, operator, scrub, *blob, now).await?;
        }
    }
    scrub.blobs_seen += i64::try_from(listed.len()).unwrap_or(0);
    match first.checked_add(1) {
        Some(next) => scrub.place = next.to_string(),
        None => next_backend(app, scrub),
    }
    Ok(Step { seen: listed.len() as u64, bytes: 0 })
}

fn next_backend(app: &App, scrub: &mut Scrub) {
    let mut left =
        app.blobs.backends().map(|backend| backend.as_str()).skip_while(|name| *name != scrub.phase).skip(1);
    scrub.phase = left.next().unwrap_or(DONE).to_owned();
    scrub.place = String::new();
}

/// Which of these a row accounts for: its own bytes, or those of a move.
async fn known(conn: &impl ConnectionTrait, backend: &str, blobs: &[Listed]) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = blobs.iter().map(|blob| blob.id).collect();
    let sql = "SELECT id FROM storage_object WHERE id = ANY($1) AND backend = $2
               UNION ALL SELECT object_id FROM storage_copy WHERE object_id = ANY($1) AND backend = $2";
    let query = platform::db::sql(sql, [ids.into(), backend.into()]);
    let rows = conn.query_all_raw(query).await?;
    Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
}

async fn settle(
    app: &App,
    operator: Option<&Operator>,
    scrub: &Scrub,
    blob: Listed,
    now: DateTime<Utc>,
) -> Result<()> {
    // Asked afresh: it may have gone, or been written, since the listing.
    let Some(seen) = app.blobs.stat(&scrub.phase, blob.id).await.map_err(Error::platform)? else {
        return Ok(());
    };
    let is_old = seen.modified_at.is_some_and(|at| at <= now - STRAY_AGE_MIN);
    if !is_old || !known(&app.db, &scrub.phase, &[blob]).await?.is_empty() {
        return Ok(());
    }
    let size = seen.size.and_then(|size| i64::try_from(size).ok()).unwrap_or(0);
    let detail = Detail::NoRow(seen.modified_at);
    let mut repaired = None;
    if scrub.repairs(operator, Kind::Stray) {
        // The sweep removes them under a lock that a move, the only one who could want them, waits for.
        copies::leave(&app.db, StorageObjectId(blob.id), &scrub.phase, now, now).await?;
        repaired = Some(Repair::GivenToSweep);
    }
    write(&app.db, scrub.id, blob.id, &scrub.phase, Kind::Stray, size, &detail, now, repaired).await
}
