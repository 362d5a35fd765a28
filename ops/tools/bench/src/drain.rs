//! How fast jobs are taken, run and put away, and what that costs.

use anyhow::Result;

use crate::{
    bench::Bench,
    figure::{Figures, ratio, spread},
    ours, raw,
    worker::Asked,
};

pub(crate) fn asked(jobs: usize, slots: Option<usize>) -> Asked {
    Asked { jobs, slots, spin_us: 0, latency: false }
}

/// Jobs per second in the median of one round.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let (mut limit, mut default, mut tuned) = (vec![], vec![], vec![]);
    let (mut wal, mut tx, mut cpu, mut rss) = (vec![], vec![], vec![], vec![]);
    let n = bench.jobs;
    for round in 0..=bench.rounds {
        ours::clear(&bench.pool).await?;
        raw::enqueue_batches(&bench.pool, n).await?;
        let raw = raw::drain(&bench.uri, n).await?;
        ours::clear(&bench.pool).await?;
        ours::enqueue_batches(&bench.pool, n).await?;
        let best = ours::worker(&bench.uri, &asked(n, Some(500))).await?;
        ours::clear(&bench.pool).await?;
        let before = written(bench).await?;
        ours::enqueue_batches(&bench.pool, n).await?;
        let enqueued = written(bench).await?;
        let plain = ours::worker(&bench.uri, &asked(n, None)).await?;
        let after = written(bench).await?;
        // The first round warms the server up.
        if round > 0 {
            limit.push(raw);
            tuned.push(n as f64 / best.seconds);
            default.push(n as f64 / plain.seconds);
            wal.push((after.0 - before.0) / n as f64);
            tx.push((after.1 - enqueued.1) / n as f64);
            cpu.push(plain.cpu_us / n as f64);
            rss.push(plain.rss_kib / 1024.0);
        }
    }
    spread("hand-written SQL, batches of 500, no history", &limit, "jobs/s");
    spread("queue, default settings (8 slots), history kept", &default, "jobs/s");
    spread("queue, 500 slots", &tuned, "jobs/s");
    figures.at_least("drain, default settings / raw", ratio(&default, &limit), 0.90);
    figures.at_least("drain, default / tuned", ratio(&default, &tuned), 0.95);
    figures.at_most("WAL of enqueue and run, bytes per job", spread("WAL", &wal, "B/job"), 1_100.0);
    figures.at_most("transactions per job", spread("transactions", &tx, "/job"), 0.006);
    figures.at_most("worker's processor time per empty job, us", spread("worker CPU", &cpu, "us/job"), 3.0);
    figures.at_most("worker's most memory, MB", spread("worker RSS", &rss, "MB"), 15.0);
    Ok(())
}

/// Bytes of WAL and transactions so far.
async fn written(bench: &Bench) -> Result<(f64, f64)> {
    let wal = "select (pg_current_wal_insert_lsn() - '0/0')::float8";
    let wal: f64 = sqlx::query_scalar(wal).fetch_one(&bench.pool).await?;
    let tx = "select xact_commit::float8 from pg_stat_database where datname = current_database()";
    let tx: f64 = sqlx::query_scalar(tx).fetch_one(&bench.pool).await?;
    Ok((wal, tx))
}
