//! Where a job stands, and which table holds it: the one place that knows the numbers of both.

use serde::{Deserialize, Serialize};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Waits for its time: asked for later, or for the next attempt.
    Scheduled,
    /// Waits for a free slot.
    Ready,
    /// A worker has it.
    Running,
    /// Ended well.
    Done,
    /// Dead job: failed for good, kept until somebody retries or discards it.
    Dead,
    /// A dead job that somebody threw away.
    Discarded,
    /// Somebody ended it before it was done.
    Cancelled,
}

impl State {
    /// Every state, in the order of a job's life.
    pub const ALL: [State; 7] = [
        State::Scheduled,
        State::Ready,
        State::Running,
        State::Done,
        State::Dead,
        State::Discarded,
        State::Cancelled,
    ];

    /// Nothing more will happen to it by itself.
    pub fn is_final(self) -> bool {
        self.table() != Table::Unfinished
    }

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            State::Scheduled => "scheduled",
            State::Ready => "ready",
            State::Running => "running",
            State::Done => "done",
            State::Dead => "dead",
            State::Discarded => "discarded",
            State::Cancelled => "cancelled",
        }
    }

    /// As the column of its table has it ([`Table::column`]); none where a table holds one state only.
    pub(crate) fn number(self) -> Option<i16> {
        match self {
            State::Scheduled => Some(0),
            State::Ready => Some(1),
            State::Running => Some(2),
            State::Done | State::Dead => None,
            State::Discarded => Some(2),
            State::Cancelled => Some(3),
        }
    }

    /// SQL for a row of its table being in this state.
    pub(crate) fn condition(self) -> String {
        match (self.table().column(), self.number()) {
            (Some(column), Some(number)) => format!("{column} = {number}"),
            _ => "true".to_owned(),
        }
    }

    /// The table that holds such jobs.
    pub(crate) fn table(self) -> Table {
        match self {
            State::Scheduled | State::Ready | State::Running => Table::Unfinished,
            State::Done => Table::Done,
            State::Dead => Table::Dead,
            State::Discarded | State::Cancelled => Table::Cancelled,
        }
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl std::str::FromStr for State {
    type Err = String;

    fn from_str(text: &str) -> Result<State, String> {
        let names = State::ALL.map(State::name).join(", ");
        let found = State::ALL.into_iter().find(|state| state.name() == text);
        found.ok_or_else(|| format!("no state {text:?}: one of {names}"))
    }
}

/// A table that holds jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    Unfinished,
    Dead,
    Done,
    /// What somebody ended: cancelled jobs, and dead jobs that were discarded.
    Cancelled,
}

impl Table {
    pub(crate) const ALL: [Table; 4] = [Table::Unfinished, Table::Dead, Table::Done, Table::Cancelled];

    /// Its name in the schema `queue`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Table::Unfinished => "job",
            Table::Dead => "job_dead",
            Table::Done => "job_done",
            Table::Cancelled => "job_cancelled",
        }
    }

    /// The column that tells the states of this table apart.
    pub(crate) fn column(self) -> Option<&'static str> {
        match self {
            Table::Unfinished => Some("state"),
            Table::Cancelled => Some("outcome"),
            Table::Dead | Table::Done => None,
        }
    }

    pub(crate) fn states(self) -> impl Iterator<Item = State> {
        State::ALL.into_iter().filter(move |state| state.table() == self)
    }

    /// SQL for the name of a row's state.
    pub(crate) fn state_sql(self) -> String {
        let Some(column) = self.column() else {
            return self.states().map(|state| format!("'{state}'")).collect();
        };
        let arm = |state: State| Some(format!("when {} then '{state}'", state.number()?));
        let arms: Vec<String> = self.states().filter_map(arm).collect();
        format!("case {column} {} end", arms.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_names_its_states() {
        assert_eq!(
            Table::Unfinished.state_sql(),
            "case state when 0 then 'scheduled' when 1 then 'ready' when 2 then 'running' end"
        );
        assert_eq!(Table::Dead.state_sql(), "'dead'");
        assert_eq!(
            Table::Cancelled.state_sql(),
            "case outcome when 2 then 'discarded' when 3 then 'cancelled' end"
        );
    }

    #[test]
    fn a_condition_is_one_that_partial_indexes_have() {
        assert_eq!(State::Ready.condition(), "state = 1");
        assert_eq!(State::Cancelled.condition(), "outcome = 3");
        assert_eq!(State::Done.condition(), "true");
    }

    #[test]
    fn where_a_table_holds_several_states_each_has_a_number() {
        for state in State::ALL {
            assert_eq!(state.number().is_some(), state.table().column().is_some(), "{state}");
        }
    }
}
