//! The same through the queue's own calls.

use std::{process::Stdio, sync::Arc, time::Instant};

use anyhow::{Context as _, Result};
use atelier_queue::{NewJob, Waker, enqueue, enqueue_batch};
use serde_json::json;
use sqlx::{Connection, PgConnection, PgPool};
use tokio::{io::AsyncReadExt, process::Command, sync::Barrier};

use crate::{
    raw::{payloads, per_second},
    worker::{Asked, Report},
};

pub(crate) fn job() -> NewJob {
    NewJob::new("default", "empty", json!({}))
}

/// Jobs per second of batches of 500.
pub(crate) async fn enqueue_batches(pool: &PgPool, jobs: usize) -> Result<f64> {
    let mut conn = pool.acquire().await?;
    let payloads = payloads(500);
    let started = Instant::now();
    for _ in 0..jobs / 500 {
        enqueue_batch(&mut *conn, job(), &payloads).await?;
    }
    Ok(per_second(jobs / 500 * 500, started))
}

/// Jobs per second of one job a transaction, on `connections` at once, each followed by a wake-up.
pub(crate) async fn enqueue_singles(
    pool: &PgPool,
    uri: &str,
    connections: usize,
    each: usize,
) -> Result<f64> {
    let (gate, waker) = (Arc::new(Barrier::new(connections + 1)), Waker::start(pool));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (mut conn, gate, waker) = (PgConnection::connect(uri).await?, gate.clone(), waker.clone());
        tasks.spawn(async move {
            gate.wait().await;
            for i in 0..each {
                enqueue(&mut conn, NewJob { payload: json!({"i": i}), ..job() }).await?;
                waker.wake();
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

/// A worker process that has ended by itself.
pub(crate) async fn worker(uri: &str, asked: &Asked) -> Result<Report> {
    start(uri, asked)?.report().await
}

/// A worker process of its own, so that what it uses can be told apart.
pub(crate) struct Started(tokio::process::Child);

pub(crate) fn start(uri: &str, asked: &Asked) -> Result<Started> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["worker", uri, &serde_json::to_string(asked)?]).kill_on_drop(true);
    Ok(Started(command.stdout(Stdio::piped()).spawn()?))
}

impl Started {
    pub(crate) async fn report(mut self) -> Result<Report> {
        let mut text = String::new();
        self.0.stdout.take().context("piped")?.read_to_string(&mut text).await?;
        anyhow::ensure!(self.0.wait().await?.success(), "the worker failed");
        Ok(serde_json::from_str(&text)?)
    }
}

/// Nothing is left of earlier rounds, and no vacuum or checkpoint of theirs disturbs the next.
pub(crate) async fn clear(pool: &PgPool) -> Result<()> {
    for statement in [
        "truncate queue.job, queue.job_done, queue.job_dead, raw_job",
        "vacuum analyze queue.job",
        "vacuum analyze raw_job",
        "checkpoint",
    ] {
        sqlx::query(statement).execute(pool).await?;
    }
    Ok(())
}
