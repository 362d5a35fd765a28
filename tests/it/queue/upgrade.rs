//! Processes of the release before go on while and after the tables are brought up to date.

use atelier_queue::{
    NewJob, SCHEMA,
    admin::{self, Action, Target},
    read::State,
};
use serde_json::json;
use sqlx::{Connection, PgConnection, PgPool};
use tests::database::TestDatabase;

use super::setup::TestQueue;

/// What the release with the first version of the tables does to jobs that somebody ended.
mod before {
    pub const CANCEL: &str = "with d as (delete from queue.job j where id = $1 and state < 2 returning j.*) \
        insert into queue.job_void (id, run_at, enqueued_at, clock_shift_ms, priority, attempt, max_attempts, queue, \
          kind, payload, outcome, errors) select id, run_at, enqueued_at, clock_shift_ms, priority, attempt, \
          max_attempts, queue, kind, payload, 3, errors from d";
    pub const STATE: &str =
        "(select (10 + outcome)::smallint as code from queue.job_void where id = $1 limit 1)";
    pub const RETRY: &str = "with x as materialized (select id from queue.job_void where id = any($1) \
          order by id desc limit 10 for update skip locked), \
        i as (insert into queue.job (lane, id, queue, kind, payload) \
          select queue.lane(j.kind, j.tenant), j.id, j.queue, j.kind, j.payload \
          from queue.job_void j join x on x.id = j.id on conflict do nothing returning id), \
        c as (delete from queue.job_void j using i where j.id = i.id returning 1) select count(*) from c";
    pub const ADD_DAYS: &str = "select queue.add_days($1)";
    pub const DROP_DAYS: &str = "select queue.drop_days('job_void', now() + interval '1 hour')";
}

/// An empty database with the first version.
async fn first_version() -> String {
    let database = TestDatabase::empty().await;
    let mut conn = PgConnection::connect(&database.uri).await.expect("connects");
    let versions = "create schema queue; create table queue.version (number integer primary key, \
        installed_at timestamptz not null default now()); insert into queue.version values (1);";
    for sql in [versions, SCHEMA, "select queue.add_days(3)"] {
        sqlx::raw_sql(sql).execute(&mut conn).await.expect("is made");
    }
    database.uri
}

/// Cancels a job and takes it back, as the release before does.
async fn works(old: &mut PgConnection, id: i64) {
    let cancelled = sqlx::query(before::CANCEL).bind(id).execute(&mut *old).await.expect("cancels");
    assert_eq!(cancelled.rows_affected(), 1);
    let state: i16 = sqlx::query_scalar(before::STATE).bind(id).fetch_one(&mut *old).await.expect("shows");
    assert_eq!(state, 13);
    let back: i64 = sqlx::query_scalar(before::RETRY).bind(vec![id]).fetch_one(old).await.expect("retries");
    assert_eq!(back, 1);
}

#[tokio::test]
async fn the_release_before_works_beside_this_one() {
    let uri = first_version().await;
    let pool = PgPool::connect(&uri).await.expect("connects");
    let put =
        "insert into queue.job (lane, queue, kind, payload) values (1, 'default', 'act', '{}') returning id";
    let id: i64 = sqlx::query_scalar(put).fetch_one(&pool).await.expect("enqueues");
    // What it has prepared goes on to mean the same.
    let mut old = PgConnection::connect(&uri).await.expect("connects");
    works(&mut old, id).await;
    sqlx::query(before::CANCEL).bind(id).execute(&mut old).await.expect("cancels");
    let queue = TestQueue::on(uri).await;
    assert_eq!(queue.show(id).await.state, State::Cancelled, "what was ended before is still there");
    let ids = Target::Ids(vec![id]);
    assert_eq!(admin::apply(&queue.pool, Action::Retry, &ids, "eve").await.expect("retries"), 1);
    works(&mut old, id).await;

    // And so does what it sends for the first time.
    let mut old = PgConnection::connect(&queue.uri).await.expect("connects");
    works(&mut old, id).await;
    sqlx::query(before::CANCEL).bind(id).execute(&mut old).await.expect("cancels");
    assert_eq!(queue.show(id).await.state, State::Cancelled);
    let next = queue.put(NewJob::new("default", "act", json!({}))).await;
    assert_eq!(
        admin::apply(&queue.pool, Action::Cancel, &Target::Ids(vec![next]), "eve").await.expect("ends"),
        1
    );
    let state: i16 = sqlx::query_scalar(before::STATE).bind(next).fetch_one(&mut old).await.expect("shows");
    assert_eq!(state, 13, "it sees what this release ended");

    // Days are made and dropped by either.
    let past = "create table queue.job_cancelled_20010101 partition of queue.job_cancelled \
        for values from ('2001-01-01 00:00+00') to ('2001-01-02 00:00+00')";
    queue.run_sql(past).await;
    let dropped: i32 = sqlx::query_scalar(before::DROP_DAYS).fetch_one(&mut old).await.expect("drops");
    assert_eq!(dropped, 1);
    let days = "select count(*) from pg_inherits where inhparent = 'queue.job_cancelled'::regclass";
    let known = queue.count(days).await;
    let made: i32 = sqlx::query_scalar(before::ADD_DAYS).bind(9).fetch_one(&mut old).await.expect("makes");
    assert_eq!(
        queue.count(days).await,
        known + i64::from(made) / 2,
        "days have one name: none was made twice"
    );
    assert!(made >= 10, "{made}");
}
