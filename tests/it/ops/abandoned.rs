//! Somebody who stops waiting for a transaction leaves none open: what others write over that connection is committed.

use futures_util::poll;
use platform::{
    config::DatabaseConfig,
    db::{begin, begin_read, connect},
};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use sqlx::{PgPool, postgres::PgPoolOptions};
use std::{future::Future, pin::pin};
use tests::database::TestDatabase;

/// The steps in which a future may be dropped; opening takes fewer.
const STEPS: usize = 20;

/// Waits for so many steps, and then no more; tells whether it was too early.
async fn abandon<T>(opening: impl Future<Output = T>, steps: usize) -> bool {
    let mut opening = pin!(opening);
    for _ in 0..steps {
        if poll!(&mut opening).is_ready() {
            return false;
        }
        tokio::task::yield_now().await;
    }
    true
}

/// Writes over the one connection that the pool has; tells whether another one sees it.
async fn is_kept(db: &DatabaseConnection, other: &PgPool, number: usize) -> bool {
    db.execute_unprepared(&format!("UPDATE written SET number = {number}")).await.expect("is written");
    let seen = sqlx::query_scalar("SELECT number = $1 FROM written");
    seen.bind(i64::try_from(number).expect("small")).fetch_one(other).await.expect("reads")
}

#[tokio::test]
async fn what_is_written_after_somebody_stopped_waiting_is_kept() {
    let database = TestDatabase::empty().await;
    let config = DatabaseConfig { uri: None, pool_max: 1, pool_min: 1, binaries: None };
    let (_pool, db) = connect(&database.uri, &config).await.expect("connects");
    let other = PgPoolOptions::new().max_connections(1).connect(&database.uri).await.expect("connects");
    db.execute_unprepared("CREATE TABLE written AS SELECT 0::bigint AS number").await.expect("is made");
    let mut abandoned = 0;
    for steps in 1..=STEPS {
        abandoned += usize::from(abandon(begin(&db), steps).await);
        assert!(is_kept(&db, &other, steps).await, "lost after {steps} steps of opening one to write");
        abandoned += usize::from(abandon(begin_read(&db), steps).await);
        assert!(is_kept(&db, &other, STEPS + steps).await, "lost after {steps} steps of opening one to read");
    }
    assert!(abandoned > 2, "nobody stopped waiting in time");
}
