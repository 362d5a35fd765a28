//! From the call that enqueues to the start of the handler, in an idle worker of another process.

use std::time::{Duration, Instant};

use anyhow::Result;
use atelier_queue::{NewJob, Waker, enqueue};
use rand::RngExt;
use serde_json::json;

use crate::{
    bench::Bench,
    figure::{Figures, median, quantile},
    ours, raw,
    worker::{Asked, now_us},
};

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let jobs = if bench.quick { 1_000 } else { 10_000 };
    ours::clear(&bench.pool).await?;
    let commit_ms = commit_ms(bench).await?;
    let worker = ours::start(&bench.uri, &Asked { jobs, slots: None, spin_us: 0, latency: true })?;
    let waker = Waker::start(&bench.pool);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut conn = bench.pool.acquire().await?;
    for _ in 0..jobs {
        let pause_us = rand::rng().random_range(12_000..18_000);
        tokio::time::sleep(Duration::from_micros(pause_us)).await;
        enqueue(&mut *conn, NewJob { payload: json!({"ts": now_us()}), ..ours::job() }).await?;
        waker.wake();
    }
    let report = worker.report().await?;
    let all = report.latency_ms;
    let [p50, p95, p99, most] = [0.5, 0.95, 0.99, 1.0].map(|part| quantile(&all, part));
    let stalls = all.iter().filter(|ms| **ms > 500.0).count();
    println!(
        "  {} jobs, 12 to 18 ms apart: p50 {p50:.2} ms, p95 {p95:.2}, p99 {p99:.2}, most {most:.2}; \
         commit {commit_ms:.2}",
        all.len()
    );
    figures.at_most("enqueue to start, p50, ms (commit + 1.1)", p50, commit_ms + 1.1);
    figures.at_most("enqueue to start, p99, ms (2 x p50 + 5)", p99, 2.0 * p50 + 5.0);
    #[expect(clippy::cast_precision_loss, reason = "a small count")]
    figures.at_most("jobs that started more than 500 ms late", stalls as f64, 0.0);
    Ok(())
}

/// Median of a durable insert of one row.
async fn commit_ms(bench: &Bench) -> Result<f64> {
    let mut conn = bench.pool.acquire().await?;
    let mut all = vec![];
    for i in 0..500 {
        let started = Instant::now();
        sqlx::query(raw::SINGLE).bind(json!({"i": i})).execute(&mut *conn).await?;
        all.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(median(&all))
}
