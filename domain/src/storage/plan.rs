//! What the sweeps would do, written down before they do it; and doing exactly that.

use super::bucket::Bucket;
use super::sweep::{TOUCHED_AGE_MIN, judge_deleted, judge_touched, remove};
use crate::error::Result;
use crate::permission::Operator;
use chrono::{DateTime, Utc};
use entities::ids::StorageObjectId;
use entities::storage_object::{Backend, BucketName, Column, Entity, Model, State};
use entities::word::OrUnknown;
use platform::app::App;
use platform::db::{Tx, transaction};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// Most blobs in one plan.
pub const ITEMS_MAX: usize = 100_000;

/// Rows looked at, or decided about, in one transaction.
const BATCH: usize = 200;

/// What would happen to a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Nothing refers to it: it is hidden, and can be brought back until its time of grace is over.
    Hide,
    /// Its upload never ended: what there is of it is removed.
    GiveUp,
    /// Its time of grace is over: it is removed for good.
    Remove,
}

/// One blob that would go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The blob.
    pub id: StorageObjectId,
    /// What would happen to it.
    pub action: Action,
    /// Its bucket.
    pub bucket: OrUnknown<BucketName>,
    /// Where its bytes are.
    pub backend: OrUnknown<Backend>,
    /// Bytes.
    pub bytes: i64,
    /// What made the sweep look at it: see [`super::reason`]. Told only.
    #[serde(default)]
    pub touched_by: Option<String>,
    /// When it was hidden. Told only.
    #[serde(default)]
    pub hidden_at: Option<DateTime<Utc>>,
    /// Its situation: with another one the item is refused.
    pub state: State,
    /// Likewise.
    pub touched_at: Option<DateTime<Utc>>,
    /// Likewise.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Why a blob would go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nothing refers to it.
    Unreferenced,
    /// Its upload never ended.
    UploadNeverEnded,
    /// Its time of grace is over, and still nothing refers to it.
    GraceOver,
    /// Its removal began and was not finished.
    RemovalUnfinished,
}

impl Item {
    /// Why it would go: its situation tells.
    pub fn cause(&self) -> Cause {
        match self.action {
            Action::Hide => Cause::Unreferenced,
            Action::GiveUp => Cause::UploadNeverEnded,
            Action::Remove if self.state == State::Deleting => Cause::RemovalUnfinished,
            Action::Remove => Cause::GraceOver,
        }
    }
}

/// All that would go at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The moment it is about.
    pub at: DateTime<Utc>,
    /// Blobs looked at.
    pub seen: u64,
    /// There may be more than were looked at, or than [`ITEMS_MAX`]; these are the oldest.
    pub is_cut: bool,
    /// Each of them.
    pub items: Vec<Item>,
}

impl Plan {
    /// How many blobs, and how many bytes, one action takes.
    pub fn total(&self, action: Action) -> (u64, u64) {
        let of_action = self.items.iter().filter(|item| item.action == action);
        of_action
            .fold((0, 0), |(count, bytes), item| (count + 1, bytes + u64::try_from(item.bytes).unwrap_or(0)))
    }
}

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The blob.
    pub id: StorageObjectId,
    /// What was to happen.
    pub action: Action,
    /// None when it did; else why not.
    pub refused: Option<Refusal>,
}

/// Why an item of a plan was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such blob any more.
    Gone,
    /// Its situation is another than when the plan was made.
    Changed,
    /// Its time of grace ends then.
    InGrace(DateTime<Utc>),
    /// It was touched less than two hours ago.
    TouchedLately,
    /// No sweep is due to look at it.
    NotDue,
    /// Something refers to it.
    Referenced,
    /// Its bytes would not go; the sweep tries again.
    BytesStay,
}

impl Refusal {
    /// Its name in logs.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::Gone => "gone",
            Refusal::Changed => "changed",
            Refusal::InGrace(_) => "in-grace",
            Refusal::TouchedLately => "touched-lately",
            Refusal::NotDue => "not-due",
            Refusal::Referenced => "referenced",
            Refusal::BytesStay => "bytes-stay",
        }
    }
}

/// What the sweeps would do at a moment. Nothing is locked and nothing changes.
///
/// # Errors
/// Those of the database.
pub async fn make(conn: &impl ConnectionTrait, at: DateTime<Utc>) -> Result<Plan> {
    make_within(conn, at, u64::MAX).await
}

/// The beginning of the plan: of each sweep, about the first `seen_max` blobs are looked at.
///
/// # Errors
/// Those of the database.
pub async fn make_within(conn: &impl ConnectionTrait, at: DateTime<Utc>, seen_max: u64) -> Result<Plan> {
    let mut plan = Plan { at, seen: 0, is_cut: false, items: vec![] };
    let touched =
        Condition::all().add(Column::TouchedAt.lte(at - TOUCHED_AGE_MIN)).add(Column::DeletedAt.is_null());
    collect(conn, touched, Column::TouchedAt, seen_max, &mut plan).await?;
    let deleted = Condition::all().add(Column::DeletedAt.lte(at));
    collect(conn, deleted, Column::DeletedAt, seen_max, &mut plan).await?;
    Ok(plan)
}

/// Rows in the order of a time and their id, which a row that changes meanwhile at worst leaves.
async fn collect(
    conn: &impl ConnectionTrait,
    which: Condition,
    time: Column,
    seen_max: u64,
    plan: &mut Plan,
) -> Result<()> {
    let mut after: Option<(DateTime<Utc>, StorageObjectId)> = None;
    let last_seen = plan.seen.saturating_add(seen_max);
    loop {
        let mut query = Entity::find().filter(which.clone());
        if let Some((at, id)) = after {
            // As one comparison, which an index knows: a sweep hides many blobs at one moment.
            let place = Expr::tuple([Expr::col(time), Expr::col(Column::Id)]);
            query = query.filter(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
        }
        let ordered = query.order_by_asc(time).order_by_asc(Column::Id).limit(BATCH as u64);
        let rows = ordered.all(conn).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after =
            last.touched_at.filter(|_| last.deleted_at.is_none()).or(last.deleted_at).map(|at| (at, last.id));
        plan.seen += rows.len() as u64;
        let used = referenced(conn, &rows).await?;
        for row in rows.into_iter().filter(|row| !used.contains(&row.id)) {
            if plan.items.len() >= ITEMS_MAX {
                plan.is_cut = true;
                return Ok(());
            }
            plan.items.push(item(row));
        }
        if plan.seen >= last_seen {
            plan.is_cut = true;
            return Ok(());
        }
    }
}

async fn referenced(conn: &impl ConnectionTrait, rows: &[Model]) -> Result<HashSet<StorageObjectId>> {
    let mut used = HashSet::new();
    let names: HashSet<&OrUnknown<BucketName>> = rows.iter().map(|row| &row.bucket).collect();
    for name in names {
        let of_bucket = rows.iter().filter(|row| row.bucket == *name && row.state == State::Valid);
        let ids: Vec<StorageObjectId> = of_bucket.map(|row| row.id).collect();
        match Bucket::find(name) {
            Some(bucket) => used.extend(bucket.referenced(conn, &ids).await?),
            // Left alone by the sweeps.
            None => used.extend(rows.iter().filter(|row| row.bucket == *name).map(|row| row.id)),
        }
    }
    Ok(used)
}

fn item(row: Model) -> Item {
    let action = match (row.deleted_at, row.state) {
        (None, State::Pending) => Action::GiveUp,
        (None, _) => Action::Hide,
        (Some(_), _) => Action::Remove,
    };
    Item {
        id: row.id,
        action,
        bucket: row.bucket,
        backend: row.backend,
        bytes: row.size,
        touched_by: row.touched_by,
        hidden_at: row.hidden_at,
        state: row.state,
        touched_at: row.touched_at,
        deleted_at: row.deleted_at,
    }
}

/// Does what a plan says, item by item, and tells what became of each. An item whose blob is in another situation than
/// the plan says, or not due yet, or referred to, is refused; so none goes for a reason that has passed.
///
/// # Errors
/// Those of the database; items before the failure are done.
pub async fn apply(app: &App, _: &Operator, items: &[Item], now: DateTime<Utc>) -> Result<Vec<Outcome>> {
    let mut outcomes = vec![];
    for batch in items.chunks(BATCH) {
        outcomes.extend(apply_batch(app, batch, now).await?);
    }
    Ok(outcomes)
}

async fn apply_batch(app: &App, items: &[Item], now: DateTime<Utc>) -> Result<Vec<Outcome>> {
    let (items, delay) = (Arc::<[Item]>::from(items), app.config.limits.deletion_delay);
    let decided = transaction(&app.db, |tx| Box::pin(decide(tx, Arc::clone(&items), delay, now))).await?;
    let Decided { mut outcomes, used, revived, doomed } = decided;
    let (_, failed) = remove(app, doomed, now).await?;
    for outcome in &mut outcomes {
        let is_among = |rows: &[Model]| rows.iter().any(|row| row.id == outcome.id);
        if is_among(&used) || is_among(&revived) {
            outcome.refused = Some(Refusal::Referenced);
        } else if is_among(&failed) {
            outcome.refused = Some(Refusal::BytesStay);
        }
    }
    Ok(outcomes)
}

/// What becomes of items, before any bytes go.
struct Decided {
    outcomes: Vec<Outcome>,
    used: Vec<Model>,
    revived: Vec<Model>,
    doomed: Vec<Model>,
}

async fn decide(tx: &Tx, items: Arc<[Item]>, delay: Duration, now: DateTime<Utc>) -> Result<Decided> {
    let rows = Entity::find()
        .filter(Column::Id.is_in(items.iter().map(|item| item.id)))
        // Everybody locks in the order of ids.
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let mut outcomes = vec![];
    let (mut touched, mut deleted) = (vec![], vec![]);
    for one in items.iter() {
        let row = rows.iter().find(|row| row.id == one.id);
        let refused = refusal(row, one, now);
        match (row, &refused) {
            (Some(row), None) if one.action == Action::Remove => deleted.push(row.clone()),
            (Some(row), None) => touched.push(row.clone()),
            _ => {}
        }
        outcomes.push(Outcome { id: one.id, action: one.action, refused });
    }
    let (used, _) = judge_touched(tx, touched, delay, now).await?;
    let (revived, doomed) = judge_deleted(tx, deleted, now).await?;
    Ok(Decided { outcomes, used, revived, doomed })
}

fn refusal(row: Option<&Model>, item: &Item, now: DateTime<Utc>) -> Option<Refusal> {
    let Some(row) = row else { return Some(Refusal::Gone) };
    let is_same =
        row.state == item.state && row.touched_at == item.touched_at && row.deleted_at == item.deleted_at;
    if !is_same {
        return Some(Refusal::Changed);
    }
    match (row.deleted_at, row.touched_at) {
        (Some(at), _) if at > now => Some(Refusal::InGrace(at)),
        (None, Some(at)) if at > now - TOUCHED_AGE_MIN => Some(Refusal::TouchedLately),
        (None, None) => Some(Refusal::NotDue),
        _ => None,
    }
}
