//! The same when a million jobs wait, and when a million have ended.

use std::time::Instant;

use anyhow::Result;
use atelier_queue::read::{self, Filter, State};

use crate::{
    bench::Bench,
    drain::asked,
    figure::{Figures, quantile, spread},
    ours, raw,
};

const MILLION: usize = 1_000_000;

/// How full the tables are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Full {
    Empty,
    Pending,
    Finished,
}

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let rounds = if bench.quick { 1 } else { 3 };
    let mut ours = [vec![], vec![], vec![]];
    let mut limits = [vec![], vec![]];
    for _ in 0..rounds {
        ours::clear(&bench.pool).await?;
        limits[0].push(raw_drain(bench, 0).await?);
        ours[0].push(drain(bench).await?);
        ours::clear(&bench.pool).await?;
        limits[1].push(raw_drain(bench, MILLION).await?);
        fill(bench, Full::Pending).await?;
        ours[1].push(drain(bench).await?);
        ours::clear(&bench.pool).await?;
        fill(bench, Full::Finished).await?;
        ours[2].push(drain(bench).await?);
    }
    let raw_empty = spread("hand-written SQL, empty table", &limits[0], "jobs/s");
    let raw_pending = spread("hand-written SQL, 1 M pending", &limits[1], "jobs/s");
    println!("  (its own ratio: {:.2})", raw_pending / raw_empty);
    let empty = spread("queue, empty tables", &ours[0], "jobs/s");
    let pending = spread("queue, 1 M pending", &ours[1], "jobs/s");
    let finished = spread("queue, 1 M finished", &ours[2], "jobs/s");
    figures.at_least("drain with 1 M pending / own value", pending / empty, 0.9);
    figures.at_least("drain with 1 M finished / own value", finished / empty, 0.9);
    fill(bench, Full::Pending).await?;
    pages(bench, figures).await
}

async fn fill(bench: &Bench, full: Full) -> Result<()> {
    if full != Full::Empty {
        ours::enqueue_batches(&bench.pool, MILLION).await?;
    }
    if full == Full::Finished {
        // Through a worker, so that the history is what a history is.
        ours::worker(&bench.uri, &asked(MILLION, Some(500))).await?;
    }
    sqlx::query("vacuum analyze queue.job").execute(&bench.pool).await?;
    sqlx::query("checkpoint").execute(&bench.pool).await?;
    Ok(())
}

/// Jobs per second of one drain on top of what is there.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
async fn drain(bench: &Bench) -> Result<f64> {
    ours::enqueue_batches(&bench.pool, bench.jobs).await?;
    let report = ours::worker(&bench.uri, &asked(bench.jobs, None)).await?;
    Ok(bench.jobs as f64 / report.seconds)
}

async fn raw_drain(bench: &Bench, before: usize) -> Result<f64> {
    raw::enqueue_batches(&bench.pool, before + bench.jobs).await?;
    sqlx::query("vacuum analyze raw_job").execute(&bench.pool).await?;
    raw::drain(&bench.uri, bench.jobs).await
}

/// What a dashboard asks, on a million waiting and more than a million ended jobs.
async fn pages(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let middle: i64 =
        sqlx::query_scalar("select (min(id) + max(id)) / 2 from queue.job").fetch_one(&bench.pool).await?;
    let page = |states: &[State], kind: Option<&str>, before| Filter {
        states: states.to_vec(),
        kind: kind.map(str::to_owned),
        before,
        limit: 50,
        ..Filter::default()
    };
    let questions = [
        ("first page", page(&[], None, None)),
        ("deep page", page(&[], None, Some(middle))),
        ("running jobs", page(&[State::Running], None, None)),
        ("a kind that is rare", page(&[], Some("rare"), None)),
    ];
    for (name, filter) in questions {
        let mut all = vec![];
        for _ in 0..100 {
            let started = Instant::now();
            read::list(&bench.pool, &filter).await?;
            all.push(started.elapsed().as_secs_f64() * 1_000.0);
        }
        figures.at_most(&format!("list at 1 M + 1 M rows, {name}, p95, ms"), quantile(&all, 0.95), 50.0);
    }
    let mut all = vec![];
    for _ in 0..100 {
        let started = Instant::now();
        read::stats(&bench.pool, &["default", "webhooks", "media"]).await?;
        all.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    figures.at_most("stats of 3 queues at 1 M + 1 M rows, p95, ms", quantile(&all, 0.95), 50.0);
    Ok(())
}
