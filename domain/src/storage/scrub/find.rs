//! Every row against its bytes.

use super::codes::Detail;
use super::repair;
use super::report::write;
use super::state::{DONE, Kind, Scrub, Step};
use crate::error::{Error, Result};
use crate::permission::Operator;
use crate::storage::bucket::BUCKETS;
use crate::storage::migrate::fingerprint;
use chrono::{DateTime, Utc};
use entities::ids::StorageObjectId;
use entities::storage_object::{Column, Entity, Model, State};
use futures_util::{StreamExt, stream};
use platform::app::App;
use platform::storage::BlobError;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// Rows in one step; of a deep scrub, whose steps read all their bytes.
const BATCH: u64 = 200;
const BATCH_DEEP: u64 = 16;
/// Rows compared at the same time.
const AT_ONCE: usize = 8;

/// What is wrong with one row, and more about it.
struct Fault {
    kind: Kind,
    detail: Detail,
}

/// The next rows by id.
pub(super) async fn rows(
    app: &App,
    operator: Option<&Operator>,
    scrub: &mut Scrub,
    now: DateTime<Utc>,
) -> Result<Step> {
    let after = scrub.place.parse::<Uuid>().unwrap_or(Uuid::nil());
    let rows = Entity::find()
        .filter(Column::Id.gt(after))
        .filter(Column::State.eq(State::Valid))
        .order_by_asc(Column::Id)
        .limit(if scrub.is_deep { BATCH_DEEP } else { BATCH })
        .all(&app.db)
        .await?;
    let Some(last) = rows.last().map(|row| row.id) else {
        scrub.phase = app.blobs.backends().next().map_or(DONE, |backend| backend.as_str()).to_owned();
        scrub.place = String::new();
        return Ok(Step::default());
    };
    let mut step = Step { seen: rows.len() as u64, bytes: 0 };
    for id in unused(app, &rows).await? {
        let fault = Fault { kind: Kind::Unused, detail: Detail::Unreferenced };
        settle(app, operator, scrub, id, fault, now).await?;
    }
    let is_deep = scrub.is_deep;
    let looks = stream::iter(rows).map(|row| async move { (look(app, &row, is_deep).await, row) });
    let looked: Vec<_> = looks.buffer_unordered(AT_ONCE).collect().await;
    for (fault, row) in looked {
        step.bytes += if is_deep { u64::try_from(row.size).unwrap_or(0) } else { 0 };
        // What was wrong may be right by now: the row may be gone, or its bytes elsewhere.
        let Some(_) = fault? else { continue };
        let Some(fresh) =
            Entity::find_by_id(row.id).filter(Column::State.eq(State::Valid)).one(&app.db).await?
        else {
            continue;
        };
        if let Some(fault) = look(app, &fresh, is_deep).await? {
            settle(app, operator, scrub, fresh, fault, now).await?;
        }
    }
    scrub.rows_seen += i64::try_from(step.seen).unwrap_or(0);
    scrub.bytes_seen += i64::try_from(step.bytes).unwrap_or(0);
    scrub.place = last.to_string();
    Ok(step)
}

async fn settle(
    app: &App,
    operator: Option<&Operator>,
    scrub: &Scrub,
    row: Model,
    fault: Fault,
    now: DateTime<Utc>,
) -> Result<()> {
    let repaired = match (scrub.repairs(operator, fault.kind), fault.kind) {
        (false, _) => None,
        (true, Kind::Unused) => Some(repair::let_sweep_look(app, &row, now).await?),
        (true, _) => Some(repair::mend(app, &row).await?),
    };
    let (kind, detail) = (fault.kind, fault.detail);
    write(&app.db, scrub.id, row.id.0, row.backend.as_str(), kind, row.size, &detail, now, repaired).await
}

/// Rows that nothing refers to and that wait for nothing.
async fn unused(app: &App, rows: &[Model]) -> Result<Vec<Model>> {
    let mut found = vec![];
    for bucket in BUCKETS {
        let is_idle =
            |row: &&Model| row.bucket == bucket.name && row.deleted_at.is_none() && row.touched_at.is_none();
        let idle: Vec<&Model> = rows.iter().filter(is_idle).collect();
        let ids: Vec<StorageObjectId> = idle.iter().map(|row| row.id).collect();
        let used = bucket.referenced(&app.db, &ids).await?;
        found.extend(idle.into_iter().filter(|row| !used.contains(&row.id)).cloned());
    }
    Ok(found)
}

/// What is wrong with the bytes of one row. A backend that does not answer is an error: it tells nothing about them.
async fn look(app: &App, row: &Model, is_deep: bool) -> Result<Option<Fault>> {
    let size = match app.blobs.size(row.backend.as_str(), row.id.0).await {
        Ok(size) => size,
        Err(BlobError::Unconfigured { .. }) => {
            return Ok(Some(Fault { kind: Kind::Missing, detail: Detail::BackendUnconfigured }));
        }
        Err(error) => return Err(Error::platform(error)),
    };
    let wanted = u64::try_from(row.size).unwrap_or(0);
    let Some(size) = size else {
        return Ok(Some(Fault { kind: Kind::Missing, detail: Detail::NoBytes }));
    };
    if size != wanted {
        return Ok(Some(Fault { kind: Kind::Size, detail: Detail::SizeIs(size) }));
    }
    if !is_deep {
        return Ok(None);
    }
    let detail = match fingerprint(app, row.backend.as_str(), row.id).await {
        Ok((_, sha256)) if sha256 == row.sha256 => return Ok(None),
        Ok((_, sha256)) => Detail::HashIs(sha256),
        Err(error) => {
            // Of a backend that answers otherwise, these bytes alone cannot be read.
            app.blobs.exists(row.backend.as_str(), Uuid::nil()).await.map_err(Error::platform)?;
            Detail::Unreadable(error.to_string())
        }
    };
    Ok(Some(Fault { kind: Kind::Hash, detail }))
}
