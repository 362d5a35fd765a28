//! `atelier sql`: questions to the database.

mod guard;

use std::{process::ExitCode, time::Duration};

use anyhow::{Context as _, Result, anyhow, bail};
use platform::app::App;
use serde_json::{Map, Value};
use sqlx::{Connection as _, PgConnection};

use crate::{context::CommandContext, output, settings::DataDirArgs};

/// Most rows.
const ROWS_MAX: u32 = 10_000;
/// Bytes of all rows.
const BYTES_MAX: usize = 2 * 1024 * 1024;
/// Rows that are fetched at a time.
const STEP: u32 = 50;
/// What stands in place of a secret.
const HIDDEN: &str = "…";
/// The whole answer takes no longer; each step of it 10 s.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// Bytes of one row.
const ROW_BYTES_MAX: usize = 1 << 20;
/// Columns that hold secrets, whatever their table; and what only `jobs show` can tell without secrets.
const SECRET: &str = "(password|token|secret|cookie|^payload$)";
/// Columns whose values open something: sessions, tokens, shared links, uploads; and settings that are kept in the
/// database.
const SECRET_COLUMNS: [&str; 6] = [
    "http_session.id",
    "access_token.id",
    "share_link.id",
    "upload_session.id",
    "upload_chunk.session_id",
    "server_prop.content",
];

/// Ask the database one question; nothing can be changed with it
///
/// The question runs in a read-only transaction behind a cursor, for 10 s at most. It may call functions that do
/// nothing but compute. What holds secrets is hidden.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Say that nothing is to be changed; there is no other way
    #[arg(long)]
    read_only: bool,
    /// The question, such as 'select count(*) from team'
    query: String,
    /// At most so many rows
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=i64::from(ROWS_MAX)))]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Asks it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    if !args.read_only {
        bail!("say --read-only: data are changed by commands, which know the rules, not by SQL");
    }
    let query = guard::check(&args.query).map_err(|why| anyhow!("the query: {why}"))?;
    let (rows, more) = ctx
        .with(&args.data_dir, async |app| {
            let asked = tokio::time::timeout(ANSWER_MAX, ask(app, query, args.limit)).await;
            asked.unwrap_or_else(|_| {
                bail!("the answer takes longer than {} s: ask for less", ANSWER_MAX.as_secs())
            })
        })
        .await?;
    if args.json {
        ctx.print_json(&rows)?;
    } else {
        ctx.print(&table(&rows))?;
    }
    if more {
        ctx.note("there are more rows: --limit, or ask for less");
    }
    Ok(ExitCode::SUCCESS)
}

async fn ask(app: &App, query: &str, limit: u32) -> Result<(Vec<Map<String, Value>>, bool)> {
    let mut conn = app.pool.acquire().await?;
    let mut tx = conn.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    for limit in [
        "statement_timeout = '10s'",
        "lock_timeout = '1s'",
        "work_mem = '16MB'",
        "search_path = public, queue",
    ] {
        sqlx::query(sqlx::AssertSqlSafe(format!("SET LOCAL {limit}"))).execute(&mut *tx).await?;
    }
    let veils = veils(&mut tx).await?;
    // Only a query can be declared, and only one.
    let cursor = format!(
        "DECLARE answer NO SCROLL CURSOR FOR WITH {veils} \
         SELECT CASE WHEN octet_length(t) <= {ROW_BYTES_MAX} THEN t END \
         FROM (SELECT row_to_json(answer)::text AS t FROM ({query}\n) answer) rows"
    );
    sqlx::query(sqlx::AssertSqlSafe(cursor))
        .execute(&mut *tx)
        .await
        .context("the database refuses the query")?;
    let (mut rows, mut bytes) = (vec![], 0);
    loop {
        let fetch = format!("FETCH {STEP} FROM answer");
        let page =
            sqlx::query_scalar::<_, Option<String>>(sqlx::AssertSqlSafe(fetch)).fetch_all(&mut *tx).await;
        let page = page.context("the database refuses the query")?;
        let is_last = page.len() < STEP as usize;
        for row in page {
            let row = row
                .with_context(|| format!("a row has more than {ROW_BYTES_MAX} bytes: ask for less of it"))?;
            bytes += row.len();
            if rows.len() >= limit as usize || bytes > BYTES_MAX {
                return Ok((rows, true));
            }
            rows.push(serde_json::from_str(&row)?);
        }
        if is_last {
            tx.rollback().await?;
            return Ok((rows, false));
        }
    }
}

/// Tables with secrets are covered by queries of the same name, which hide them.
async fn veils(conn: &mut PgConnection) -> Result<String> {
    let sql = "select table_schema::text, table_name::text, string_agg(case \
          when column_name ~ $1 or table_name || '.' || column_name = any($2) \
          then quote_literal($3) || ' as ' || quote_ident(column_name) else quote_ident(column_name) end, ', ' \
          order by ordinal_position) \
        from information_schema.columns where table_schema in ('public', 'queue') group by table_schema, table_name \
        having bool_or(column_name ~ $1 or table_name || '.' || column_name = any($2)) order by table_name";
    let query =
        sqlx::query_as::<_, (String, String, String)>(sql).bind(SECRET).bind(SECRET_COLUMNS).bind(HIDDEN);
    let tables = query.fetch_all(conn).await?;
    let veil = |(schema, name, columns): &(String, String, String)| {
        format!("\"{name}\" AS NOT MATERIALIZED (SELECT {columns} FROM {schema}.\"{name}\")")
    };
    let mut veils: Vec<String> = tables.iter().map(veil).collect();
    // So that there is always one.
    veils.push("nothing_more AS (SELECT 1)".to_owned());
    Ok(veils.join(", "))
}

fn table(rows: &[Map<String, Value>]) -> String {
    let Some(first) = rows.first() else { return "no rows\n".to_owned() };
    let headings: Vec<&str> = first.keys().map(String::as_str).collect();
    let cell = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.values().map(cell).collect()).collect();
    output::grid(&headings, &rows)
}
