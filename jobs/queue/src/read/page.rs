//! Pages of jobs, youngest first. Every question looks at a bounded number of rows, so that it is answered soon however
//! many jobs there are and however few of them match.

use serde::Serialize;
use sqlx::{PgPool, Postgres, QueryBuilder, Row};

use super::{
    filter::Filter,
    job::{COLUMNS, Shown},
};
use crate::state::{State, Table};

/// Rows that one question looks at in each table.
const WINDOW: i64 = 5_000;
/// The same where text is searched in errors, which are long.
const WINDOW_OF_TEXT: i64 = 1_000;

/// Some jobs, and where to go on.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Youngest first; may be fewer than asked for, or none, although there are more.
    pub jobs: Vec<Shown>,
    /// [`Filter::before`] of the next page; `None`: there is nothing more.
    pub next: Option<i64>,
}

/// One page. To fill it, ask again with [`Page::next`] until it is `None`.
///
/// # Errors
/// When the database refuses.
pub async fn list(pool: &PgPool, filter: &Filter) -> sqlx::Result<Page> {
    let tables: Vec<Table> = filter.tables().collect();
    if tables.is_empty() {
        return Ok(Page { jobs: vec![], next: None });
    }
    // There are too many shapes of it to keep each prepared.
    let rows = question(filter, &tables).build().persistent(false).fetch_all(pool).await?;
    let mut jobs = vec![];
    for row in &rows {
        if row.try_get::<Option<i64>, _>("id")?.is_some() {
            jobs.push(Shown::of_row(row)?);
        }
    }
    let end: Option<i64> = rows.first().map(|row| row.try_get("window_end")).transpose()?.flatten();
    // Where one table was not looked at to its end, older rows of the others are not its neighbours yet.
    if let Some(end) = end {
        jobs.retain(|job| job.id >= end);
    }
    let full = jobs.len() >= usize::try_from(filter.page_size()).unwrap_or(usize::MAX);
    let next = if full { jobs.last().map(|job| job.id) } else { end };
    Ok(Page { jobs, next })
}

/// Answers at least one row: `window_end` is the youngest id at which the window of a table ended before the table did,
/// and the columns of a job are null where nothing matched.
fn question(filter: &Filter, tables: &[Table]) -> QueryBuilder<Postgres> {
    let limit = filter.page_size();
    let window = if filter.text.is_some() { WINDOW_OF_TEXT } else { WINDOW };
    let mut query = QueryBuilder::new("with found as (select * from (");
    for (n, table) in tables.iter().copied().enumerate() {
        let (state, own) = (table.state_sql(), own_columns(table));
        query.push(if n > 0 { " union all (" } else { "(" });
        query.push(format_args!("select {state} as state, {COLUMNS}, {own} from "));
        push_window(&mut query, filter, table, "*", window);
        query.push(" where true");
        filter.push_conditions(&mut query, table);
        query.push(" order by id desc limit ").push_bind(limit).push(")");
    }
    query.push(") jobs order by id desc limit ").push_bind(limit);
    // Not one window for both: it would carry whole jobs of which few match, and the end is in the index alone.
    query.push("), ends as (select max(id) as window_end from (");
    for (n, table) in tables.iter().copied().enumerate() {
        query.push(if n > 0 { " union all " } else { "" });
        query.push("select case when count(*) = ").push_bind(window).push(" then min(id) end as id from ");
        push_window(&mut query, filter, table, "id", window);
    }
    query.push(
        ") e) select ends.window_end, found.* from ends left join found on true order by found.id desc",
    );
    query
}

/// The youngest rows of a table before the page, matching or not.
fn push_window(
    query: &mut QueryBuilder<Postgres>,
    filter: &Filter,
    table: Table,
    columns: &str,
    window: i64,
) {
    query.push(format_args!("(select {columns} from queue.{} where true", table.name()));
    if let Some(before) = filter.before {
        query.push(" and id < ").push_bind(before);
    }
    if filter.states == [State::Running] {
        // Few, and perhaps far down: through the index of leases.
        query.push(format_args!(" and {} and lease_until is not null", State::Running.condition()));
    }
    filter.push_group(query, table);
    query.push(" order by id desc limit ").push_bind(window).push(") w");
}

/// What unfinished jobs have in their row, and ended ones in theirs.
pub(crate) fn own_columns(table: Table) -> &'static str {
    match table {
        Table::Unfinished => "null::timestamptz as finished_at, cancel_by",
        Table::Dead | Table::Done | Table::Cancelled => "finished_at, null::text as cancel_by",
    }
}
