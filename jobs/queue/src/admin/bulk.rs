//! Cancel, retry, discard, start now, change the priority: one by one or by filter, in bounded portions, each in one
//! transaction with its record.

use serde_json::{Value, json};
use sqlx::{PgPool, Postgres, QueryBuilder, Transaction};

use super::record::{AdminError, record};
use crate::{
    begin::begin,
    channel::{Message, notify},
    enqueue::{HOUSEKEEPING, PRIORITY_MAX},
    read::Filter,
    sql,
    state::{State, Table},
};

/// Most ids in one target.
pub const IDS_MAX: usize = 1_000;
/// Jobs changed in one transaction.
const PORTION: usize = 1_000;

/// Which jobs.
#[derive(Debug, Clone)]
pub enum Target {
    /// These, at most [`IDS_MAX`].
    Ids(Vec<i64>),
    /// All that match; its page fields (`before`, `limit`) are not used.
    Matching(Filter),
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Waiting jobs end at once. Running ones are told to stop, and are ended when they have not within the worker's
    /// cancel time. They can be taken back with [`Action::Retry`] until their history is dropped.
    Cancel,
    /// Dead jobs, and what was discarded or cancelled, become ready again with all their attempts; errors stay.
    Retry,
    /// Dead jobs leave the list. They can be taken back with [`Action::Retry`] until their history is dropped.
    Discard,
    /// Jobs that wait for their time are ready now.
    RunNow,
    /// Waiting jobs get this priority, 0 to [`PRIORITY_MAX`], and are ordinary work from then on.
    Prioritise(i16),
}

impl Action {
    /// Its name in the record.
    pub fn name(self) -> &'static str {
        match self {
            Action::Cancel => "cancel",
            Action::Retry => "retry",
            Action::Discard => "discard",
            Action::RunNow => "run-now",
            Action::Prioritise(_) => "prioritise",
        }
    }

    /// The states it applies to; jobs in others are left alone.
    pub fn applies_to(self) -> &'static [State] {
        match self {
            Action::Cancel => &[State::Scheduled, State::Ready, State::Running],
            Action::Retry => &[State::Dead, State::Discarded, State::Cancelled],
            Action::Discard => &[State::Dead],
            Action::RunNow => &[State::Scheduled],
            Action::Prioritise(_) => &[State::Scheduled, State::Ready],
        }
    }

    /// Its line in the record.
    fn described(self) -> String {
        match self {
            Action::Prioritise(priority) => format!("prioritise {priority}"),
            other => other.name().to_owned(),
        }
    }

    /// What workers have to hear.
    fn message(self) -> Option<Message> {
        match self {
            Action::Cancel => Some(Message::Cancel),
            Action::Retry | Action::RunNow => Some(Message::Ready),
            Action::Discard | Action::Prioritise(_) => None,
        }
    }
}

/// How many jobs `action` would change now, counted up to `most`. Of jobs with one unique key a retry
/// changes one at most, and none while an unfinished one has it.
///
/// # Errors
/// A target or a priority that cannot be, or the database refuses.
pub async fn count(pool: &PgPool, action: Action, target: &Target, most: i64) -> Result<i64, AdminError> {
    let selection = Selection::new(action, target)?;
    if action == Action::Retry {
        return count_retry(pool, &selection, most).await;
    }
    let mut total = 0;
    for table in selection.tables() {
        let mut query = QueryBuilder::new("select count(*) from (select 1 from ");
        selection.push(&mut query, table);
        query.push(" limit ").push_bind(most).push(") n");
        total += query.build_query_scalar::<i64>().persistent(false).fetch_one(pool).await?;
    }
    Ok(total.min(most))
}

async fn count_retry(pool: &PgPool, selection: &Selection, most: i64) -> Result<i64, AdminError> {
    let tables = selection.tables();
    if tables.is_empty() {
        return Ok(0);
    }
    let mut query = QueryBuilder::new(
        "select count(*) filter (where unique_key is null) \
           + count(distinct (kind, unique_key)) filter (where unique_key is not null) from (",
    );
    for (n, table) in tables.into_iter().enumerate() {
        query.push(if n > 0 { " union all (" } else { "(" }).push("select kind, unique_key from ");
        selection.push(&mut query, table);
        query.push(" limit ").push_bind(most).push(")");
    }
    query.push(
        ") m where unique_key is null \
           or not exists (select 1 from queue.job j where j.kind = m.kind and j.unique_key = m.unique_key)",
    );
    Ok(query.build_query_scalar::<i64>().persistent(false).fetch_one(pool).await?.min(most))
}

/// Does it and answers how many jobs were changed. Portions of 1 000 jobs are one transaction each: an error in a later
/// one leaves the earlier ones done, and recorded.
///
/// # Errors
/// A target or a priority that cannot be, or the database refuses.
pub async fn apply(pool: &PgPool, action: Action, target: &Target, who: &str) -> Result<u64, AdminError> {
    let mut selection = Selection::new(action, target)?;
    let mut total = 0;
    for table in selection.tables() {
        // Every portion goes on below the smallest id of the one before: what an action leaves as it was, such as a
        // running job that was told to stop, is not met again.
        selection.below = None;
        loop {
            let mut tx = begin(pool).await?;
            let ids = selection.lock(&mut tx, table).await?;
            let changed = change(&mut tx, action, table, &ids, who).await?;
            if changed > 0 {
                record(&mut tx, who, &action.described(), &described(target), changed).await?;
                if let Some(message) = action.message() {
                    notify(&mut *tx, message).await?;
                }
                total += changed;
            }
            tx.commit().await?;
            match ids.last() {
                Some(smallest) if ids.len() >= PORTION => selection.below = Some(*smallest),
                _ => break,
            }
        }
    }
    Ok(total)
}

/// [`Action::Retry`] of one portion as a part of something else, which records it.
pub(crate) async fn take_back(
    tx: &mut Transaction<'_, Postgres>,
    target: &Target,
    who: &str,
) -> Result<u64, AdminError> {
    let selection = Selection::new(Action::Retry, target)?;
    let mut total = 0;
    for table in selection.tables() {
        let ids = selection.lock(tx, table).await?;
        total += change(tx, Action::Retry, table, &ids, who).await?;
    }
    Ok(total)
}

/// Changes jobs that the transaction has locked; answers how many.
async fn change(
    tx: &mut Transaction<'_, Postgres>,
    action: Action,
    table: Table,
    ids: &[i64],
    who: &str,
) -> sqlx::Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let query = match (action, table) {
        (Action::Cancel, _) => sqlx::query(sql::REQUEST_CANCEL).bind(ids).bind(who),
        (Action::RunNow, _) => sqlx::query(sql::RUN_NOW).bind(ids),
        (Action::Prioritise(priority), _) => sqlx::query(sql::PRIORITISE).bind(ids).bind(priority),
        (Action::Discard, _) => sqlx::query(sql::DISCARD).bind(ids),
        (Action::Retry, Table::Dead) => sqlx::query(sql::RETRY_DEAD).bind(ids).bind(HOUSEKEEPING),
        (Action::Retry, _) => sqlx::query(sql::RETRY_CANCELLED).bind(ids).bind(HOUSEKEEPING),
    };
    let changed = query.execute(&mut **tx).await?.rows_affected();
    if action == Action::Cancel {
        sqlx::query(sql::CANCELLED_WAITING).bind(ids).execute(&mut **tx).await?;
    }
    Ok(changed)
}

fn described(target: &Target) -> Value {
    match target {
        Target::Ids(ids) => json!({"ids": ids}),
        Target::Matching(filter) => json!({"filter": filter}),
    }
}

/// The jobs of a target that an action applies to.
struct Selection {
    ids: Option<Vec<i64>>,
    /// Its states are those that are meant; none: nothing is.
    filter: Filter,
    /// Only smaller ids than this.
    below: Option<i64>,
}

impl Selection {
    fn new(action: Action, target: &Target) -> Result<Selection, AdminError> {
        let refuse = |text: String| Err(AdminError::Refused(text));
        if let Action::Prioritise(priority) = action
            && !(0..=PRIORITY_MAX).contains(&priority)
        {
            return refuse(format!("a priority is 0 to {PRIORITY_MAX}, not {priority}"));
        }
        let (ids, filter) = match target {
            Target::Ids(ids) if ids.len() > IDS_MAX => {
                return refuse(format!("at most {IDS_MAX} ids at once, use a filter"));
            }
            Target::Ids(ids) => (Some(ids.clone()), Filter::default()),
            Target::Matching(filter) => (None, filter.clone()),
        };
        let meant = |state: &State| filter.states.is_empty() || filter.states.contains(state);
        let states = action.applies_to().iter().copied().filter(meant).collect();
        Ok(Selection { ids, filter: Filter { states, ..filter }, below: None })
    }

    fn tables(&self) -> Vec<Table> {
        if self.filter.states.is_empty() { vec![] } else { self.filter.tables().collect() }
    }

    /// The table and its conditions, after `from`.
    fn push(&self, query: &mut QueryBuilder<Postgres>, table: Table) {
        query.push(format_args!("queue.{} where true", table.name()));
        if let Some(ids) = &self.ids {
            query.push(" and id = any(").push_bind(ids.clone()).push(")");
        }
        if let Some(below) = self.below {
            query.push(" and id < ").push_bind(below);
        }
        self.filter.push_group(query, table);
        self.filter.push_conditions(query, table);
    }

    /// Locks one portion, the largest ids first.
    async fn lock(&self, tx: &mut Transaction<'_, Postgres>, table: Table) -> sqlx::Result<Vec<i64>> {
        let mut query = QueryBuilder::new("select id from ");
        self.push(&mut query, table);
        query.push(" order by id desc limit ").push_bind(i64::try_from(PORTION).unwrap_or(i64::MAX));
        // A job that a worker holds at this moment is waited for. One that somebody else takes back is left out.
        query.push(if table == Table::Unfinished { " for update" } else { " for update skip locked" });
        query.build_query_scalar().persistent(false).fetch_all(&mut **tx).await
    }
}
