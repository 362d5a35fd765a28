//! From an answer to the delivery of its event, alone and while ten thousand wait for another team's slow server.

use std::{net::SocketAddr, time::Instant};

use anyhow::{Result, ensure};
use domain::{follow_up::FollowUps, webhook::event};
use entities::ids::ProfileId;
use jobs::Waker;
use serde_json::{Map, json};
use tokio::time::sleep;

use super::{hooked::Hooked, target::Target, waits::PAUSE};
use crate::{
    bench::Bench,
    figure::{Figures, median, quantile, spread},
    installation::{Installation, operator},
    wire::{self, Connection},
};

const GOAL_SOON: f64 = 3.0;
const GOAL_BESIDE: f64 = 2.0;
/// Events that are written in one transaction.
const BATCH: usize = 500;

pub(super) async fn measure(
    bench: &Bench,
    figures: &mut Figures,
    (installation, address): (&Installation, SocketAddr),
    (mut quick, mut slow): (Target, Target),
    empty: f64,
) -> Result<()> {
    let (pool, owner) = (&installation.app.pool, installation.owner);
    let ours = Hooked::make(pool, owner, &quick.host()).await?;
    let theirs = Hooked::make(pool, owner, &slow.host()).await?;
    let (renames, waiting) = if bench.quick { (30, 200) } else { (300, 10_000) };
    let mut connection = Connection::open(address).await?;
    let mut told = async |rounds: usize| -> Result<(Vec<f64>, Vec<f64>)> {
        let (mut halves, mut ends) = (vec![], vec![]);
        for _ in 0..rounds {
            let mut all = vec![];
            for number in 0..renames {
                let body = format!("{{\"id\":\"{}\",\"name\":\"Name {number}\"}}", ours.file);
                connection.exchange(&[&wire::post("rename-file", &installation.cookie, &body)]).await?;
                let answered = Instant::now();
                // It may be faster than the answer.
                let came = quick.next().await?;
                all.push(came.saturating_duration_since(answered).as_secs_f64() * 1_000.0);
                sleep(PAUSE).await;
            }
            halves.push(quantile(&all, 0.5));
            ends.push(quantile(&all, 0.99));
        }
        Ok((halves, ends))
    };
    let (alone_half, alone_end) = told(bench.rounds).await?;
    spread("answer to delivery over loopback, p50", &alone_half, "ms");
    spread("the same, p99", &alone_end, "ms");
    figures.at_most("event to delivery / an empty job, p50", median(&alone_half) / empty, GOAL_SOON);

    flood(installation, owner, &theirs, waiting).await?;
    println!("  {waiting} deliveries wait for a server that takes a second for each");
    let (beside_half, beside_end) = told(bench.rounds).await?;
    spread("answer to delivery beside them, p50", &beside_half, "ms");
    spread("the same, p99", &beside_end, "ms");
    let left = left(installation, &theirs).await?;
    println!("  {} were told meanwhile, {left} wait still", slow.count());
    ensure!(bench.quick || left > 0, "nothing stood in the way any more");
    figures.at_most(
        "p99 beside a slow server / alone",
        median(&beside_end) / median(&alone_end),
        GOAL_BESIDE,
    );
    Ok(())
}

/// So many events of a team at once.
async fn flood(installation: &Installation, owner: ProfileId, of: &Hooked, count: usize) -> Result<()> {
    let app = &installation.app;
    let waker = Waker::start(app);
    for batch in 0..count.div_ceil(BATCH) {
        let tx = platform::db::begin(&app.db).await?;
        let mut all = FollowUps::default();
        for _ in 0..BATCH.min(count - batch * BATCH) {
            let props =
                Map::from_iter([("team-id".to_owned(), json!(of.team)), ("id".to_owned(), json!(of.file))]);
            let occurred = event::Occurred { name: "rename-file", profile: owner, props, at: app.now() };
            all.jobs.extend(event::leave(&tx, &occurred).await?.jobs);
        }
        jobs::commit(app, &waker, &operator(), tx, all).await?;
    }
    Ok(())
}

async fn left(installation: &Installation, of: &Hooked) -> Result<i64> {
    let sql = "SELECT count(*) FROM queue.job WHERE kind = 'run-webhook' AND tenant = $1";
    Ok(sqlx::query_scalar(sql).bind(of.team).fetch_one(&installation.app.pool).await?)
}
