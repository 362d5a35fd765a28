//! The limit: what one writes by hand when nothing but speed is asked for. The columns that a claim in order of
//! priority and time needs, one index, claims and results in batches of 500, on two connections at once; no history,
//! no lease, no retry, no notice.

use std::{sync::Arc, time::Instant};

use anyhow::Result;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, PgPool};
use tokio::sync::Barrier;

/// One row, as one transaction.
pub(crate) const SINGLE: &str = "insert into raw_job (queue, payload) values ('q', $1)";
const BATCH: i64 = 500;
const CONNECTIONS: usize = 2;

pub(crate) async fn install(pool: &PgPool) -> Result<()> {
    let table = "drop table if exists raw_job; \
        create table raw_job (id bigint generated always as identity primary key, queue text not null, \
          state text not null default 'available', priority integer not null default 0, \
          attempt integer not null default 0, \
          run_at timestamptz not null default now(), locked_at timestamptz, locked_by text, finished_at timestamptz, \
          payload jsonb not null) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, \
          autovacuum_vacuum_cost_delay = 0); \
        create index raw_ready on raw_job (queue, priority, run_at, id) where state = 'available'";
    sqlx::raw_sql(table).execute(pool).await?;
    Ok(())
}

/// What both limits and ours carry.
pub(crate) fn payloads(n: usize) -> Vec<Value> {
    (0..n).map(|i| json!({"i": i})).collect()
}

/// Rows per second of inserts of 500 rows each.
pub(crate) async fn enqueue_batches(pool: &PgPool, jobs: usize) -> Result<f64> {
    let mut conn = pool.acquire().await?;
    let payloads = payloads(500);
    let started = Instant::now();
    for _ in 0..jobs / 500 {
        let texts: Vec<String> = payloads.iter().map(Value::to_string).collect();
        let insert = "insert into raw_job (queue, payload) select 'q', p::jsonb from unnest($1::text[]) p";
        sqlx::query(insert).bind(texts).execute(&mut *conn).await?;
    }
    Ok(per_second(jobs / 500 * 500, started))
}

/// Rows per second of inserts of one row each, each a transaction, on `connections` at once.
pub(crate) async fn enqueue_singles(uri: &str, connections: usize, each: usize) -> Result<f64> {
    let gate = Arc::new(Barrier::new(connections + 1));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (mut conn, gate) = (PgConnection::connect(uri).await?, gate.clone());
        tasks.spawn(async move {
            gate.wait().await;
            for i in 0..each {
                sqlx::query(SINGLE).bind(json!({"i": i})).execute(&mut conn).await?;
            }
            anyhow::Ok(())
        });
    }
    gate.wait().await;
    let started = Instant::now();
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(per_second(connections * each, started))
}

/// Jobs per second until `jobs` are done.
pub(crate) async fn drain(uri: &str, jobs: usize) -> Result<f64> {
    let gate = Arc::new(Barrier::new(CONNECTIONS + 1));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (conn, gate) = (PgConnection::connect(uri).await?, gate.clone());
        tasks.spawn(async move {
            gate.wait().await;
            work(conn, jobs / CONNECTIONS).await
        });
    }
    gate.wait().await;
    let started = Instant::now();
    let mut done = 0;
    while let Some(ended) = tasks.join_next().await {
        done += ended??;
    }
    Ok(per_second(done, started))
}

async fn work(mut conn: PgConnection, jobs: usize) -> Result<usize> {
    let claim = "update raw_job set state = 'running', attempt = attempt + 1, locked_at = now(), locked_by = 'w' \
        where id = any(array(select id from raw_job where queue = 'q' and state = 'available' and run_at <= now() \
          order by priority, run_at, id limit $1 for update skip locked)) returning id, payload";
    let mut done = 0;
    while done < jobs {
        let rows: Vec<(i64, Value)> = sqlx::query_as(claim).bind(BATCH).fetch_all(&mut conn).await?;
        if rows.is_empty() {
            break;
        }
        let ids: Vec<i64> = rows
            .iter()
            .map(|(id, payload)| {
                std::hint::black_box(payload);
                *id
            })
            .collect();
        let finish =
            "update raw_job set state = 'done', finished_at = now() where id = any($1) and locked_by = 'w'";
        sqlx::query(finish).bind(&ids).execute(&mut conn).await?;
        done += ids.len();
    }
    Ok(done)
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(crate) fn per_second(n: usize, since: Instant) -> f64 {
    n as f64 / since.elapsed().as_secs_f64()
}
