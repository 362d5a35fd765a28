//! Handlers that use the processor: are all cores theirs?
//!
//! The limit is a plain tokio program that spawns a task for each burn and waits for it, as many at once as cores, with
//! no database at all. The queue shares the same cores with PostgreSQL, so what its statements cost is in the ratio.

use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::JoinSet;

use crate::{
    bench::Bench,
    figure::{Figures, ratio, spread},
    ours,
    raw::per_second,
    worker::{Asked, burn},
};

const BURN_US: u64 = 20;

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let (mut limit, mut queue) = (vec![], vec![]);
    for round in 0..=bench.rounds {
        let plain = plain(bench.jobs).await?;
        ours::clear(&bench.pool).await?;
        ours::enqueue_batches(&bench.pool, bench.jobs).await?;
        let asked = Asked { jobs: bench.jobs, slots: None, spin_us: BURN_US, latency: false };
        let report = ours::worker(&bench.uri, &asked).await?;
        if round > 0 {
            limit.push(plain);
            queue.push(bench.jobs as f64 / report.seconds);
        }
    }
    spread("plain tokio, a task per burn of 20 us", &limit, "burns/s");
    spread("queue, handlers that burn 20 us", &queue, "jobs/s");
    figures.at_least("handlers that burn 20 us / plain tokio", ratio(&queue, &limit), 0.85);
    Ok(())
}

async fn plain(n: usize) -> Result<f64> {
    let cores = std::thread::available_parallelism()?.get();
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..n {
        if tasks.len() >= 8 * cores {
            tasks.join_next().await;
        }
        tasks.spawn(async { burn(Duration::from_micros(BURN_US)) });
    }
    while tasks.join_next().await.is_some() {}
    Ok(per_second(n, started))
}
