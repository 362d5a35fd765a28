//! Orders of jobs, and places in them.

use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::state::State;

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The youngest.
    #[default]
    Newest,
    /// The oldest.
    Oldest,
    /// Of those that run, the one that runs longest.
    Running,
    /// Of those that are ready, the one that was asked for first.
    Waiting,
    /// Of those that are ready, the one with the highest priority; housekeeping last.
    Priority,
    /// The one with most attempts.
    Attempts,
}

impl Order {
    /// Every order.
    pub const ALL: [Order; 6] =
        [Order::Newest, Order::Oldest, Order::Running, Order::Waiting, Order::Priority, Order::Attempts];

    /// Its name, as in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Order::Newest => "newest",
            Order::Oldest => "oldest",
            Order::Running => "running",
            Order::Waiting => "waiting",
            Order::Priority => "priority",
            Order::Attempts => "attempts",
        }
    }

    /// The only state that it is about; `None`: all.
    pub fn state(self) -> Option<State> {
        match self {
            Order::Running => Some(State::Running),
            Order::Waiting | Order::Priority => Some(State::Ready),
            Order::Newest | Order::Oldest | Order::Attempts => None,
        }
    }

    /// What a whole page is sorted by.
    pub(crate) fn sql(self) -> &'static str {
        match self {
            Order::Newest | Order::Attempts => "rank desc, id desc",
            Order::Oldest | Order::Running | Order::Waiting => "rank, id",
            Order::Priority => "rank desc, id",
        }
    }

    /// Whether larger ranks, and among equal ones larger ids, come first.
    fn is_down(self) -> (bool, bool) {
        match self {
            Order::Newest | Order::Attempts => (true, true),
            Order::Oldest | Order::Running | Order::Waiting => (false, false),
            Order::Priority => (true, false),
        }
    }

    /// Whether `one` comes before `other`.
    pub(crate) fn has_before(self, one: Cursor, other: Cursor) -> bool {
        let (rank_down, id_down) = self.is_down();
        let ranks = if rank_down { other.rank.cmp(&one.rank) } else { one.rank.cmp(&other.rank) };
        let ids = if id_down { other.id.cmp(&one.id) } else { one.id.cmp(&other.id) };
        ranks.then(ids).is_lt()
    }
}

impl FromStr for Order {
    type Err = String;

    fn from_str(text: &str) -> Result<Order, String> {
        let names = Order::ALL.map(Order::name).join(", ");
        let found = Order::ALL.into_iter().find(|order| order.name() == text);
        found.ok_or_else(|| format!("no order {text:?}: one of {names}"))
    }
}

/// Where a page ended: a job's rank in the order, and its id. As text `RANK.ID`, or `ID` when all have one rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) rank: i64,
    pub(crate) id: i64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rank == 0 { write!(f, "{}", self.id) } else { write!(f, "{}.{}", self.rank, self.id) }
    }
}

impl FromStr for Cursor {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Cursor, Self::Err> {
        let (rank, id) = text.split_once('.').unwrap_or(("0", text));
        Ok(Cursor { rank: rank.parse()?, id: id.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_its_text() {
        for (rank, id) in [(0, 7), (-3, 9), (1 << 40, i64::MAX)] {
            let cursor = Cursor { rank, id };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        assert!("1.2.3".parse::<Cursor>().is_err());
    }
}
