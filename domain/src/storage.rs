//! Stored blobs: rows here, bytes in `platform`.
//!
//! **Every blob on any backend has a row, in one of three states.** The row is written before the bytes
//! (`pending`), counts once they are there and checked (`valid`), and goes after them (`deleting`). Whatever
//! crashes in between leaves a row behind, and the sweeps finish the work: nothing is ever unreachable.
//!
//! **Whoever stores a reference to a blob first calls [`hold`] in the same transaction.** It fails when the
//! blob is on its way out, and makes the sweeps keep their hands off until the transaction ends. What was stored for
//! the reference is stored again then: [`put::put_and_refer`].

pub mod access;
pub mod bucket;
pub mod copies;
pub mod migrate;
pub mod plan;
pub mod put;
pub mod reason;
pub mod scrub;
pub mod sweep;
pub mod totals;
pub mod why;

use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use entities::ids::StorageObjectId;
use entities::storage_object::{Column, Entity, Model, State};
use reason::TouchReason;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Most rows that one listing gives.
pub const LIST_MAX: u64 = 1000;

/// Every statement that is made of the list of parts, by bucket: for tests that prepare them.
pub fn statements() -> Vec<String> {
    let by_bucket = [&bucket::REFERENCED, &access::IS_SEEN, &why::USES];
    let all = by_bucket.into_iter().flat_map(|statements| statements.all()).map(str::to_owned);
    all.chain([totals::TEAMS.clone()]).collect()
}

/// Which rows to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this bucket.
    pub bucket: Option<String>,
    /// Only this state.
    pub state: Option<State>,
    /// Only rows on their way out, or only the others.
    pub deleted: Option<bool>,
    /// At most so many; at most [`LIST_MAX`].
    pub limit: u64,
}

/// A blob that may be given out: complete, not deleted, not expired. Who may read it: see [`access`].
pub async fn find(
    conn: &impl ConnectionTrait,
    id: StorageObjectId,
    now: DateTime<Utc>,
) -> Result<Option<Model>> {
    let found = Entity::alive().filter(Column::Id.eq(id)).one(conn).await?;
    Ok(found.filter(|object| object.expired_at.is_none_or(|at| at > now)))
}

/// Keeps blobs from being swept while the transaction that will refer to them is under way.
///
/// # Errors
/// [`Error::Swept`] when one of them is already on its way out: storing it again helps.
pub async fn hold(conn: &impl ConnectionTrait, ids: &[StorageObjectId], now: DateTime<Utc>) -> Result<()> {
    let held = Entity::update_many()
        .col_expr(Column::TouchedAt, Expr::value(now))
        .col_expr(Column::TouchedBy, Expr::value(TouchReason::Referenced.to_string()))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::State.eq(State::Valid))
        .filter(Column::DeletedAt.is_null())
        .exec(conn)
        .await?;
    if held.rows_affected < ids.len() as u64 {
        return Err(Error::Swept);
    }
    Ok(())
}

/// Lets the sweep look whether anything still refers to these blobs. Blobs on their way out are left alone.
pub async fn touch(
    conn: &impl ConnectionTrait,
    ids: &[StorageObjectId],
    reason: &TouchReason,
    now: DateTime<Utc>,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::TouchedAt, Expr::value(now))
        .col_expr(Column::TouchedBy, Expr::value(reason.to_string()))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::DeletedAt.is_null())
        .exec(conn)
        .await?;
    Ok(())
}

/// For an operator: rows, newest first.
pub async fn list(conn: &impl ConnectionTrait, filter: Filter) -> Result<Vec<Model>> {
    let mut query = Entity::find();
    if let Some(bucket) = filter.bucket {
        query = query.filter(Column::Bucket.eq(bucket));
    }
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state));
    }
    query = match filter.deleted {
        None => query,
        Some(true) => query.filter(Column::DeletedAt.is_not_null()),
        Some(false) => query.filter(Column::DeletedAt.is_null()),
    };
    let newest = query.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    Ok(newest.limit(filter.limit.min(LIST_MAX)).all(conn).await?)
}
