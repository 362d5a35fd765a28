//! The last jobs of a kind that is rare among many others.

use sqlx::PgPool;

use super::{COLUMNS, PAGE_MAX, PLACES, Shown, shown};

/// Jobs that one question looks at in each place where jobs lie that have ended.
const WINDOW: i64 = 10_000;

/// The youngest jobs of a kind whose jobs have a unique key, at most `limit` (at most [`PAGE_MAX`]): all that are
/// unfinished, and of the others those among the last 10 000 of each outcome.
///
/// # Errors
/// When the database refuses.
pub async fn newest(pool: &PgPool, kind: &str, limit: i64) -> sqlx::Result<Vec<Shown>> {
    let parts = PLACES.map(|(table, code, own)| {
        // Through the index of unique keys, however far down it lies.
        let from = match table {
            "queue.job" => "queue.job where unique_key is not null and".to_owned(),
            table => format!("(select * from {table} order by id desc limit $2) w where"),
        };
        format!("(select {code} as code, {COLUMNS}, {own} from {from} kind = $1 order by id desc limit $3)")
    });
    let sql = format!("select * from ({}) jobs order by id desc limit $3", parts.join(" union all "));
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(kind).bind(WINDOW).bind(limit.clamp(1, PAGE_MAX));
    query.fetch_all(pool).await?.iter().map(shown).collect()
}
