//! At a million jobs: no statement of the queue reads a whole table.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use atelier_queue::{
    Router, Run,
    admin::{self, Action, Limits, Scope, Target},
    read,
    read::{Filter, State},
};
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use tokio_util::sync::CancellationToken;

use super::setup::{PATIENCE, TestQueue, config};

/// Of ready jobs, and of jobs that ended.
const ROWS: i64 = 1_000_000;

/// A million ready jobs of many lanes, a million that ended, some dead jobs.
///
/// Nobody is connected to it then, so that statistics begin anew with whoever comes.
async fn full_queue() -> TestQueue {
    let queue = TestQueue::new().await;
    queue
        .run_sql(
            "insert into queue.job (lane, queue, kind, payload, tenant, priority) \
               select n % 500, 'default', 'k' || n % 20, '{}', \
                 case when n % 3 = 0 then md5((n % 500)::text)::uuid end, \
                 100 + n % 2 from generate_series(1, 1000000) n; \
             insert into queue.job (lane, queue, kind, payload, state, run_at) \
               select 0, 'default', 'k1', '{}', 0, now() + interval '1 day' from generate_series(1, 20000) n; \
             insert into queue.job_done (id, run_at, enqueued_at, clock_shift_ms, priority, attempt, max_attempts, \
                 queue, kind, payload) \
               select -n, now(), now(), 0, 100, 1, 1, 'default', 'k' || n % 20, '{}' \
                 from generate_series(1, 1000000) n; \
             insert into queue.job_dead (id, run_at, enqueued_at, clock_shift_ms, priority, attempt, max_attempts, \
                 queue, kind, payload, errors) \
               select -2000000 - n, now(), now(), 0, 100, 1, 1, 'default', 'k1', '{}', '[]' \
               from generate_series(1, 20000) n; \
             analyze queue.job; analyze queue.job_done; analyze queue.job_dead;",
        )
        .await;
    queue.pool.close().await;
    queue
}

/// Rows and index entries of our large tables that were read so far, by the statistics of the server.
const READ: &str = "select (select coalesce(sum(seq_tup_read), 0) from pg_stat_all_tables \
      where schemaname = 'queue' and relname like 'job%')::bigint \
    + (select coalesce(sum(idx_tup_read), 0) from pg_stat_all_indexes \
      where schemaname = 'queue' and relname like 'job%')::bigint";

/// The statistics once every other session has ended: each tells its part then at the latest.
async fn rows_read(queue: &TestQueue) -> i64 {
    let mut conn = PgConnection::connect(&queue.uri).await.expect("a connection");
    let others = "select count(*) from pg_stat_activity where datname = current_database() and backend_type = \
        'client backend' and pid <> pg_backend_pid()";
    let alone = async {
        while sqlx::query_scalar::<_, i64>(others).fetch_one(&mut conn).await.expect("asks") > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, alone).await.expect("others end");
    sqlx::raw_sql("select pg_stat_force_next_flush(); select pg_stat_clear_snapshot()")
        .execute(&mut conn)
        .await
        .expect("flushes");
    sqlx::query_scalar(READ).fetch_one(&mut conn).await.expect("counts")
}

/// Other sessions on the same database.
async fn visitor(queue: &TestQueue) -> TestQueue {
    TestQueue::open(queue.uri.clone()).await
}

#[tokio::test]
async fn nothing_reads_a_whole_table() {
    let queue = full_queue().await;
    let before = rows_read(&queue).await;
    // Claims in every way: plain, by lanes, with limits, and of a kind that is paused; rescue, promotion, gauges and
    // history are under way beside them.
    let ran = Arc::new(AtomicI64::new(0));
    let router = (0..20).fold(Router::new(), |router, n| {
        let ran = ran.clone();
        router.on(&format!("k{n}"), move |_: Run, _: Value| {
            ran.fetch_add(1, Relaxed);
            std::future::ready(Ok(()))
        })
    });
    let shutdown = CancellationToken::new();
    let visitor = visitor(&queue).await;
    let (pool, stop) = (visitor.pool.clone(), shutdown.clone());
    let worker = tokio::spawn(async move { atelier_queue::run(&pool, config(), router, stop).await });
    until(&ran, 500).await;
    let limits = Limits { concurrency: Some(2), rate: None };
    admin::limit(&visitor.pool, &Scope::Kind("k3".into()), limits, "eve").await.expect("is set");
    admin::pause(&visitor.pool, &Scope::Kind("k4".into()), "eve").await.expect("pauses");
    until(&ran, ran.load(Relaxed) + 3_000).await;
    shutdown.cancel();
    worker.await.expect("no panic").expect("ends well");
    visitor.pool.close().await;
    let (ran, read) = (ran.load(Relaxed), rows_read(&queue).await - before);
    assert!(read < ROWS, "{read} rows and index entries were read for {ran} jobs");
}

async fn until(ran: &AtomicI64, least: i64) {
    let reached = async {
        while ran.load(Relaxed) < least {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("{least} jobs never ran"));
}

#[tokio::test]
async fn pages_and_numbers_are_read_in_part() {
    let queue = full_queue().await;
    let one = |states: &[State], kind: Option<&str>| Filter {
        states: states.to_vec(),
        kind: kind.map(str::to_owned),
        limit: 50,
        ..Filter::default()
    };
    let before = rows_read(&queue).await;
    let visitor = visitor(&queue).await;
    for filter in [
        one(&[], None),
        one(&[State::Ready], Some("k7")),
        one(&[State::Running], None),
        one(&[State::Scheduled], None),
        one(&[State::Dead, State::Done], Some("rare")),
        Filter { before: Some(500_000), ..one(&[], None) },
        Filter { text: Some("boom".into()), ..one(&[State::Dead], None) },
    ] {
        let page = read::list(&visitor.pool, &filter).await.expect("reads");
        assert!(
            page.jobs.len() == 50 || page.next.is_some() || filter.states == [State::Running],
            "{filter:?}"
        );
    }
    let stats = read::stats(&visitor.pool, &["default", "webhooks"]).await.expect("reads");
    assert!(stats[0].ready.is_cut() && stats[0].scheduled.is_cut() && stats[0].dead.is_cut());
    assert_eq!(stats[1].ready.0, 0);
    let found = read::show(&visitor.pool, -777_777).await.expect("reads");
    assert_eq!(found.map(|job| job.state), Some(State::Done));
    let most = 1_000;
    let target = Target::Matching(Filter::default());
    assert_eq!(admin::count(&visitor.pool, Action::Cancel, &target, most).await.expect("counts"), most);
    visitor.pool.close().await;
    let read = rows_read(&queue).await - before;
    assert!(read < ROWS / 4, "{read} rows and index entries were read");
}
