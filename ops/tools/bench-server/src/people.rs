//! What people do together and others hear of: mails about comments, and webhooks, one of which is slow. A worker and
//! an API in this process, as `atelier up` runs them.

mod comments;
mod hooked;
mod target;
mod waits;
mod webhooks;

use std::time::Duration;

use anyhow::{Context as _, Result};
use jobs::{
    Enqueue, Waker,
    all::run_webhook::RunWebhook,
    worker::{self, WorkerConfig},
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    bench::Bench,
    figure::{Figures, quantile},
    installation::{Installation, operator},
};
use target::Target;
use waits::{PAUSE, waits};

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let (quick, slow) = (Target::start(Duration::ZERO).await?, Target::start(Duration::from_secs(1)).await?);
    let hosts = format!("{} {}", quick.host(), slow.host());
    let settings = [
        ("PENPOT_FLAGS", "enable-webhooks"),
        ("PENPOT_SSRF_ALLOWED_HOSTS", hosts.as_str()),
        ("ATELIER_RPC_LIMITS", "create-comment-thread=off"),
    ];
    let installation = Installation::with(bench, 1, &settings).await?;
    let (app, served) = (installation.app.clone(), installation.serve().await?);
    let leave = CancellationToken::new();
    let worker = tokio::spawn(worker::run(app.clone(), WorkerConfig::of(&app, operator()), leave.clone()));
    // It looks around first.
    sleep(Duration::from_secs(1)).await;
    let empty = empty(&installation, if bench.quick { 50 } else { 1_000 }).await?;
    comments::measure(bench, figures, &installation, served.address, empty).await?;
    webhooks::measure(bench, figures, (&installation, served.address), (quick, slow), empty).await?;
    leave.cancel();
    worker.await??;
    served.end().await?;
    installation.close().await;
    Ok(())
}

/// Enqueue to start of a job that has nothing to do, median, milliseconds, as the rows tell it.
async fn empty(installation: &Installation, count: usize) -> Result<f64> {
    let app = &installation.app;
    let waker = Waker::start(app);
    for number in 0..count {
        let id = Uuid::from_u128(u128::try_from(number)?);
        let job = RunWebhook { event_id: id, webhook_id: id, team_id: id };
        jobs::enqueue(&app.db, &operator(), &job, Enqueue::default()).await?.context("is new")?;
        waker.wake();
        sleep(PAUSE).await;
    }
    let waited = waits(installation, "run-webhook", count).await?;
    let (p50, p99) = (quantile(&waited, 0.5), quantile(&waited, 0.99));
    println!("  enqueue to start of a job with nothing to do: p50 {p50:.2} ms, p99 {p99:.2}");
    Ok(p50)
}
