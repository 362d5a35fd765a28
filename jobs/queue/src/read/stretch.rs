//! Parts of tables whose rows an index has in the order of a page.

use sqlx::{Postgres, QueryBuilder};

use super::{
    filter::Filter,
    order::{Cursor, Order},
};
use crate::state::{State, Table};

/// A part of a table whose rows an index has in the order.
#[derive(Debug, Clone)]
pub(crate) enum Stretch {
    /// By number.
    Ids(Table),
    /// By when they started.
    Running,
    /// The index has only those that were tried more than once; the others are all of one rank.
    TriedAgain(Table),
    TriedOnce(Table),
    /// By priority, lane and number: those of a queue, of what comes after the cursor the given part.
    Ready(String, Ready),
}

/// A part of the ready jobs of one queue. A lane is a part of the order because the index has it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ready {
    All,
    /// Of this priority and lane, beyond this id.
    RestOfLane(i64, i64, i64),
    RestOfPriority(i64, i64),
    LowerPriorities(i64),
}

/// Priority and lane as one number.
const PRIORITY_RANK: &str = "priority::bigint * 4294967296 + lane";

fn priority_and_lane(rank: i64) -> (i64, i64) {
    let priority = rank.saturating_add(1 << 31).div_euclid(1 << 32);
    (priority, rank.saturating_sub(priority.saturating_mul(1 << 32)))
}

/// Those that hold what `filter` means after the cursor; `queues`: where something is ready.
pub(crate) fn stretches(
    order: Order,
    filter: &Filter,
    after: Option<Cursor>,
    queues: &[String],
) -> Vec<Stretch> {
    match order {
        Order::Newest => vec![],
        Order::Oldest => filter.tables().map(Stretch::Ids).collect(),
        Order::Waiting => vec![Stretch::Ids(Table::Unfinished)],
        Order::Running => vec![Stretch::Running],
        Order::Attempts => {
            let goes_on = after.is_none_or(|cursor| cursor.rank > 1);
            let again = filter.tables().filter(|_| goes_on).map(Stretch::TriedAgain);
            again.chain(filter.tables().map(Stretch::TriedOnce)).collect()
        }
        Order::Priority => {
            let parts = after.map_or_else(|| vec![Ready::All], Ready::after);
            let of = |queue: &String| {
                let queue = queue.clone();
                parts.iter().map(move |part| Stretch::Ready(queue.clone(), *part))
            };
            queues.iter().flat_map(of).collect()
        }
    }
}

impl Stretch {
    pub(crate) fn table(&self) -> Table {
        match self {
            Stretch::Ids(table) | Stretch::TriedAgain(table) | Stretch::TriedOnce(table) => *table,
            Stretch::Running | Stretch::Ready(..) => Table::Unfinished,
        }
    }

    /// SQL for the rank of a row.
    pub(crate) fn rank(&self) -> &'static str {
        match self {
            Stretch::Ids(_) => "0::bigint",
            Stretch::Running => "(extract(epoch from started_at) * 1000000)::bigint",
            Stretch::TriedAgain(_) => "attempt::bigint",
            Stretch::TriedOnce(_) => "1::bigint",
            Stretch::Ready(..) => PRIORITY_RANK,
        }
    }

    /// As its index has it.
    pub(crate) fn order(&self) -> &'static str {
        match self {
            Stretch::Ids(_) => "id",
            Stretch::Running => "rank, id",
            Stretch::TriedAgain(_) => "attempt desc, id desc",
            Stretch::TriedOnce(_) => "id desc",
            Stretch::Ready(..) => "priority desc, lane desc, id",
        }
    }

    /// Which rows it has after the cursor, in a way that its index answers.
    pub(crate) fn push_range(&self, query: &mut QueryBuilder<Postgres>, after: Option<Cursor>) {
        match self {
            Stretch::Ids(_) => {
                if let Some(Cursor { id, .. }) = after {
                    query.push(" and id > ").push_bind(id);
                }
            }
            Stretch::Running => {
                query.push(format_args!(" and {} and lease_until is not null", State::Running.condition()));
                if let Some(Cursor { rank, id }) = after {
                    query.push(format_args!(" and ({}, id) > (", self.rank()));
                    query.push_bind(rank).push(", ").push_bind(id).push(")");
                }
            }
            Stretch::TriedAgain(_) => {
                query.push(" and attempt > 1");
                if let Some(Cursor { rank, id }) = after {
                    query.push(" and (attempt, id) < (").push_bind(rank).push(", ").push_bind(id).push(")");
                }
            }
            Stretch::TriedOnce(_) => {
                if let Some(Cursor { id, .. }) = after.filter(|cursor| cursor.rank <= 1) {
                    query.push(" and id < ").push_bind(id);
                }
            }
            Stretch::Ready(queue, part) => {
                query.push(format_args!(" and {} and queue = ", State::Ready.condition()));
                query.push_bind(queue.clone());
                part.push(query);
            }
        }
    }

    /// What is no part of the index, asked of the rows that were looked at.
    pub(crate) fn push_rest(&self, query: &mut QueryBuilder<Postgres>) {
        if matches!(self, Stretch::TriedOnce(_)) {
            query.push(" and attempt <= 1");
        }
    }
}

impl Ready {
    fn after(cursor: Cursor) -> Vec<Ready> {
        let (priority, lane) = priority_and_lane(cursor.rank);
        vec![
            Ready::RestOfLane(priority, lane, cursor.id),
            Ready::RestOfPriority(priority, lane),
            Ready::LowerPriorities(priority),
        ]
    }

    fn push(self, query: &mut QueryBuilder<Postgres>) {
        match self {
            Ready::All => {}
            Ready::RestOfLane(priority, lane, id) => {
                query.push(" and priority = ").push_bind(priority).push(" and lane = ").push_bind(lane);
                query.push(" and id > ").push_bind(id);
            }
            Ready::RestOfPriority(priority, lane) => {
                query.push(" and priority = ").push_bind(priority).push(" and lane < ").push_bind(lane);
            }
            Ready::LowerPriorities(priority) => {
                query.push(" and priority < ").push_bind(priority);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_knows_its_priority_and_lane() {
        for (priority, lane) in [(100, 5), (100, -5), (-9_000, i64::from(i32::MIN)), (0, i64::from(i32::MAX))]
        {
            assert_eq!(priority_and_lane(priority * (1 << 32) + lane), (priority, lane));
        }
    }
}
