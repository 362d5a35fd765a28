//! Measures a server against what it stands on: the bare work, nginx, and the process at rest. And deleting a large
//! team, the pages of the dashboard, drawings, and what people do together.
//!
//! usage: `bench-server URI [--quick] [PART]...`; parts: upload drawings reads sweep memory rpc deletion dashboard
//! document live people, without any all of them. `bench-server bare …` is what it starts by itself.
//! `ops/scripts/bench` starts a PostgreSQL server for `storage`, `rpc`, `deletion`, `dashboard`, `document`, `live` and
//! `people`, and a Redis for `live`. The binary `atelier` must lie beside this one.

mod bare;
mod bare_api;
mod bench;
mod dashboard;
mod deletion;
mod document;
mod drawings;
#[path = "../../bench/src/figure.rs"]
mod figure;
mod installation;
mod live;
mod memory;
mod nginx;
mod people;
mod pictures;
mod process;
mod reads;
mod rpc;
mod sweep;
mod upload;
mod wire;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use sqlx::PgPool;
use tokio::signal::unix::{SignalKind, signal};

use bench::Bench;
use figure::Figures;

const PARTS: [&str; 11] = [
    "upload",
    "drawings",
    "reads",
    "sweep",
    "memory",
    "rpc",
    "deletion",
    "dashboard",
    "document",
    "live",
    "people",
];

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<ExitCode> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|arg| arg == "bare") {
        match args.get(1).map(String::as_str) {
            Some("live") => live::run_bare(args.get(2).context("no Redis")?).await?,
            _ => bare_api::run(&args[1..]).await?,
        }
        return Ok(ExitCode::SUCCESS);
    }
    let quick = args.iter().any(|arg| arg == "--quick");
    args.retain(|arg| arg != "--quick");
    let uri = args.first().context("usage: bench-server URI [--quick] [PART]...")?.clone();
    let parts = args.split_off(1);
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(&part.as_str())) {
        bail!("there is no part {unknown:?}: one of {}", PARTS.join(", "));
    }
    let mut asked = signal(SignalKind::terminate())?;
    // Whatever was started ends with the future that holds it.
    tokio::select! {
        done = measure(uri, quick, &parts) => done,
        _ = tokio::signal::ctrl_c() => bail!("stopped"),
        _ = asked.recv() => bail!("stopped"),
    }
}

async fn measure(uri: String, quick: bool, parts: &[String]) -> Result<ExitCode> {
    let pool = PgPool::connect(&uri).await?;
    let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&pool).await?;
    let atelier = std::env::current_exe()?.with_file_name("atelier");
    let bench = Bench {
        uri,
        postmaster: process::parent(backend.unsigned_abs())?,
        pool,
        atelier,
        rounds: if quick { 2 } else { 5 },
        quick,
    };
    let server: String = sqlx::query_scalar("SELECT version()").fetch_one(&bench.pool).await?;
    println!("{}", server.split(" on ").next().unwrap_or_default());
    let mut figures = Figures::default();
    let wanted = |part: &&str| parts.is_empty() || parts.iter().any(|one| one == part);
    for part in PARTS.into_iter().filter(wanted) {
        println!("== {part}");
        match part {
            "upload" => Box::pin(upload::measure(&bench, &mut figures)).await?,
            "drawings" => drawings::measure(&bench, &mut figures)?,
            "reads" => Box::pin(reads::measure(&bench, &mut figures)).await?,
            "deletion" => Box::pin(deletion::measure(&bench, &mut figures)).await?,
            "document" => Box::pin(document::measure(&bench, &mut figures)).await?,
            "dashboard" => Box::pin(dashboard::measure(&bench, &mut figures)).await?,
            "sweep" => Box::pin(sweep::measure(&bench, &mut figures)).await?,
            "live" => Box::pin(live::measure(&bench, &mut figures)).await?,
            "people" => Box::pin(people::measure(&bench, &mut figures)).await?,
            "rpc" => Box::pin(rpc::measure(&bench, &mut figures)).await?,
            _ => Box::pin(memory::measure(&bench, &mut figures)).await?,
        }
    }
    Ok(figures.end())
}
