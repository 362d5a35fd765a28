//! Measures the queue against what hand-written SQL reaches on the same server in the same run.
//!
//! usage: `bench URI [--quick] [PART]...`, parts: drain enqueue latency spin large (default: all)
//! `ops/scripts/bench queue` starts a server for it. `bench worker …` is what it starts by itself.

mod bench;
mod drain;
mod enqueue;
mod figure;
mod large;
mod latency;
mod ours;
mod raw;
mod spin;
mod worker;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use sqlx::postgres::PgPoolOptions;

use bench::Bench;
use figure::Figures;

const PARTS: [&str; 5] = ["drain", "enqueue", "latency", "spin", "large"];

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<ExitCode> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|arg| arg == "worker") {
        worker::run(&args[1..]).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let quick = args.iter().any(|arg| arg == "--quick");
    args.retain(|arg| arg != "--quick");
    let uri = args.first().context("usage: bench URI [--quick] [PART]...")?.clone();
    let parts: Vec<&str> = args[1..].iter().map(String::as_str).collect();
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(part)) {
        bail!("there is no part {unknown:?}: one of {}", PARTS.join(", "));
    }
    let pool = PgPoolOptions::new().max_connections(20).connect(&uri).await?;
    atelier_queue::install(&pool).await?;
    raw::install(&pool).await?;
    let bench = Bench {
        uri,
        pool,
        rounds: if quick { 2 } else { 5 },
        jobs: if quick { 20_000 } else { 60_000 },
        quick,
    };
    let server: String = sqlx::query_scalar("select version()").fetch_one(&bench.pool).await?;
    println!("{}", server.split(" on ").next().unwrap_or_default());
    let mut figures = Figures::default();
    for part in PARTS.into_iter().filter(|part| parts.is_empty() || parts.contains(part)) {
        println!("== {part}");
        match part {
            "drain" => drain::measure(&bench, &mut figures).await?,
            "enqueue" => enqueue::measure(&bench, &mut figures).await?,
            "latency" => latency::measure(&bench, &mut figures).await?,
            "spin" => spin::measure(&bench, &mut figures).await?,
            _ => large::measure(&bench, &mut figures).await?,
        }
    }
    Ok(figures.end())
}
