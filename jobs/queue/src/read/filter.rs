//! Which jobs are meant, and the SQL that chooses them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::state::{State, Table};

/// Most jobs on one page.
pub const PAGE_MAX: i64 = 1_000;
/// How many a page has when nobody says.
const PAGE: i64 = 100;

/// Which jobs. Empty fields do not choose.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Filter {
    /// Only these states; empty: all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<State>,
    /// Only this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only this queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Only this tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Uuid>,
    /// Enqueued at this moment or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Only those with this text in one of their errors, in small or capital letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Only dead jobs with this fingerprint: see [`super::Group`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Only older ones than this: where the page before ended.
    #[serde(skip)]
    pub before: Option<i64>,
    /// At most this many, 1 to [`PAGE_MAX`]; 0: 100.
    #[serde(skip)]
    pub limit: i64,
}

impl Filter {
    pub(crate) fn page_size(&self) -> i64 {
        if self.limit == 0 { PAGE } else { self.limit.clamp(1, PAGE_MAX) }
    }

    fn wants(&self, state: State) -> bool {
        self.states.is_empty() || self.states.contains(&state)
    }

    /// Where jobs that are meant can be.
    pub(crate) fn tables(&self) -> impl Iterator<Item = Table> {
        Table::ALL.into_iter().filter(|table| {
            let of_group = self.fingerprint.is_none() || *table == Table::Dead;
            of_group && table.states().any(|state| self.wants(state))
        })
    }

    /// Continues a `where` that has begun. Not about the fingerprint, nor where a page begins.
    pub(crate) fn push_conditions(&self, query: &mut QueryBuilder<Postgres>, table: Table) {
        if let Some(column) = table.column()
            && table.states().any(|state| !self.wants(state))
        {
            let wanted = table.states().filter(|state| self.wants(*state));
            let numbers: Vec<i16> = wanted.filter_map(State::number).collect();
            query.push(format_args!(" and {column} = any(")).push_bind(numbers).push(")");
        }
        if let Some(kind) = &self.kind {
            query.push(" and kind = ").push_bind(kind.clone());
        }
        if let Some(queue) = &self.queue {
            query.push(" and queue = ").push_bind(queue.clone());
        }
        if let Some(tenant) = self.tenant {
            query.push(" and tenant = ").push_bind(tenant);
        }
        if let Some(since) = self.since {
            query.push(" and enqueued_at >= ").push_bind(since);
        }
        if let Some(text) = &self.text {
            query.push(" and strpos(lower(errors::text), lower(").push_bind(text.clone()).push(")) > 0");
        }
    }

    /// Continues a `where` that has begun: only those of the group that was asked for.
    pub(crate) fn push_group(&self, query: &mut QueryBuilder<Postgres>, table: Table) {
        if let Some(fingerprint) = self.fingerprint.as_ref().filter(|_| table == Table::Dead) {
            query.push(" and fingerprint = ").push_bind(fingerprint.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(filter: &Filter, table: Table) -> String {
        let mut query = QueryBuilder::new("");
        filter.push_group(&mut query, table);
        filter.push_conditions(&mut query, table);
        query.into_string()
    }

    #[test]
    fn empty_fields_do_not_choose() {
        let all = Filter::default();
        assert!(all.tables().eq(Table::ALL));
        assert_eq!(sql(&all, Table::Unfinished), "");
    }

    #[test]
    fn only_tables_where_something_can_match_are_asked() {
        let states = vec![State::Ready, State::Dead, State::Cancelled];
        let some = Filter { states, kind: Some("act".into()), ..Filter::default() };
        assert!(some.tables().eq([Table::Unfinished, Table::Dead, Table::Cancelled]));
        assert_eq!(sql(&some, Table::Unfinished), " and state = any($1) and kind = $2");
        assert_eq!(sql(&some, Table::Dead), " and kind = $1");
        assert_eq!(sql(&some, Table::Cancelled), " and outcome = any($1) and kind = $2");
        let group = Filter { fingerprint: Some("f".into()), ..Filter::default() };
        assert!(group.tables().eq([Table::Dead]));
        assert_eq!(sql(&group, Table::Dead), " and fingerprint = $1");
    }
}
