//! Pages of jobs in other orders than the youngest first. As with [`super::list`], every question looks at a bounded
//! number of rows, each time through an index, so that it is answered soon however many jobs there are.

use sqlx::{PgPool, Postgres, QueryBuilder, Row, postgres::PgRow};

use super::{
    filter::Filter,
    job::{COLUMNS, Shown},
    order::{Cursor, Order},
    page::{list, own_columns},
    stretch::{Stretch, stretches},
};
use crate::sql;

/// Rows that one question looks at in each stretch.
const WINDOW: i64 = 5_000;
/// Queues that [`Order::Priority`] merges; the first by name.
const QUEUES_MAX: i64 = 16;

/// Some jobs in an order, and where to go on.
#[derive(Debug, Clone)]
pub struct SortedPage {
    /// May be fewer than asked for, or none, although there are more.
    pub jobs: Vec<Shown>,
    /// Where the next page begins; `None`: there is nothing more.
    pub next: Option<Cursor>,
}

/// One page in an order, after where another ended. A filter's `before` is not used; of its states only the one that
/// the order is about counts. To fill a page, ask again until `next` is `None`.
///
/// # Errors
/// When the database refuses.
pub async fn sorted(
    pool: &PgPool,
    filter: &Filter,
    order: Order,
    after: Option<Cursor>,
) -> sqlx::Result<SortedPage> {
    if order == Order::Newest {
        let filter = Filter { before: after.map(|cursor| cursor.id), ..filter.clone() };
        let page = list(pool, &filter).await?;
        return Ok(SortedPage { jobs: page.jobs, next: page.next.map(|id| Cursor { rank: 0, id }) });
    }
    let mut filter = filter.clone();
    if let Some(state) = order.state() {
        filter.states = vec![state];
    }
    let queues = if order == Order::Priority { ready_queues(pool, &filter).await? } else { vec![] };
    let stretches = stretches(order, &filter, after, &queues);
    if stretches.is_empty() {
        return Ok(SortedPage { jobs: vec![], next: None });
    }
    let mut query = question(order, &filter, after, &stretches);
    // There are too many shapes of it to keep each prepared.
    let rows = query.build().persistent(false).fetch_all(pool).await?;
    let mut jobs: Vec<(Cursor, Shown)> = vec![];
    for row in &rows {
        if let Some(cursor) = cursor(row, "rank", "id")? {
            jobs.push((cursor, Shown::of_row(row)?));
        }
    }
    let end = rows.first().map(|row| cursor(row, "end_rank", "end_id")).transpose()?.flatten();
    // Where one stretch was not looked at to its end, what others have beyond are not its neighbours yet.
    if let Some(end) = end {
        jobs.retain(|(cursor, _)| !order.has_before(end, *cursor));
    }
    let full = jobs.len() >= usize::try_from(filter.page_size()).unwrap_or(usize::MAX);
    let next = if full { jobs.last().map(|(cursor, _)| *cursor) } else { end };
    Ok(SortedPage { jobs: jobs.into_iter().map(|(_, job)| job).collect(), next })
}

fn cursor(row: &PgRow, rank: &str, id: &str) -> sqlx::Result<Option<Cursor>> {
    let Some(id) = row.try_get(id)? else { return Ok(None) };
    Ok(Some(Cursor { rank: row.try_get(rank)?, id }))
}

/// Queues that have something ready.
async fn ready_queues(pool: &PgPool, filter: &Filter) -> sqlx::Result<Vec<String>> {
    if let Some(queue) = &filter.queue {
        return Ok(vec![queue.clone()]);
    }
    sqlx::query_scalar(sql::READY_QUEUES).bind(QUEUES_MAX).fetch_all(pool).await
}

/// Answers at least one row: `end_rank` and `end_id` are the first place in the order at which the window of a stretch
/// ended before the stretch did, and the columns of a job are null where nothing matched.
fn question(
    order: Order,
    filter: &Filter,
    after: Option<Cursor>,
    stretches: &[Stretch],
) -> QueryBuilder<Postgres> {
    let (limit, by) = (filter.page_size(), order.sql());
    let mut query = QueryBuilder::new("with ");
    for (n, stretch) in stretches.iter().enumerate() {
        let (table, rank) = (stretch.table(), stretch.rank());
        query
            .push(format_args!("w{n} as materialized (select {rank} as rank, * from queue.{}", table.name()));
        query.push(" where true");
        stretch.push_range(&mut query, after);
        filter.push_group(&mut query, table);
        query.push(format_args!(" order by {} limit ", stretch.order())).push_bind(WINDOW).push("), ");
    }
    query.push("found as (select * from (");
    for (n, stretch) in stretches.iter().enumerate() {
        let (state, own) = (stretch.table().state_sql(), own_columns(stretch.table()));
        query.push(if n > 0 { " union all (" } else { "(" });
        query.push(format_args!("select rank, {state} as state, {COLUMNS}, {own} from w{n} where true"));
        stretch.push_rest(&mut query);
        filter.push_conditions(&mut query, stretch.table());
        query.push(format_args!(" order by {by} limit ")).push_bind(limit).push(")");
    }
    query.push(format_args!(") jobs order by {by} limit ")).push_bind(limit);
    query.push("), ends as (select * from (");
    for n in 0..stretches.len() {
        query.push(if n > 0 { " union all (" } else { "(" });
        query.push(format_args!("select rank, id from w{n} order by {by} offset ")).push_bind(WINDOW - 1);
        query.push(" limit 1)");
    }
    query.push(format_args!(
        ") e order by {by} limit 1) select found.*, ends.rank as end_rank, ends.id as end_id "
    ));
    query
        .push(format_args!("from (select) one left join ends on true left join found on true order by {by}"));
    query
}
