//! `atelier jobs run`.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context as _, Result, bail};
use chrono::TimeDelta;
use domain::instance::Participation;
use jobs::{
    Enqueue, EnqueueError, Entry, Waker,
    read::{self, Shown, State},
    worker::WorkerConfig,
};
use platform::{app::App, config::parse_duration};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::show;
use crate::{
    context::CommandContext,
    installation::{Installation, join_installation},
    settings::DataDirArgs,
    time_arg::TimeArg,
};

/// Enqueue a job by its name
///
/// A running worker takes it. With --wait on a private database that nobody else runs on, this command works itself.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The job, such as objects-gc
    #[arg(value_parser = entry)]
    name: &'static Entry,
    /// Its arguments as a JSON object, when it takes any
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = object)]
    args: Value,
    /// Move the clock that this run sees, and nothing else, such as +8d
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true)]
    now: Option<TimeArg>,
    /// Wait until it has ended; the exit status tells how
    #[arg(long)]
    wait: bool,
    /// How long to wait at most
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = time, requires = "wait")]
    timeout: Duration,
}

/// Enqueues it, and waits when asked to.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let wait = args.wait.then_some(args.timeout);
    start(ctx, &args.data_dir, args.name, args.args, args.now, wait, async |_, _| Ok(())).await
}

/// Enqueues a job and prints its number or, with a time to wait, how it ended and whatever `after` adds to that.
pub(crate) async fn start(
    ctx: &CommandContext,
    data_dir: &DataDirArgs,
    entry: &'static Entry,
    payload: Value,
    now: Option<TimeArg>,
    wait: Option<Duration>,
    after: impl AsyncFnOnce(&App, i64) -> Result<()>,
) -> Result<ExitCode> {
    let started = async |app: &App, is_mine: bool| {
        let id = enqueue(ctx, app, entry, payload, now).await?;
        let Some(limit) = wait else {
            ctx.print(&format!("{id}\n"))?;
            return Ok(ExitCode::SUCCESS);
        };
        let code = wait_for(ctx, app, is_mine, id, limit).await?;
        after(app, id).await?;
        Ok(code)
    };
    if ctx.instance().is_some() {
        return ctx.with(data_dir, async |app| started(app, false).await).await;
    }
    let installation = Installation::open(data_dir).await?;
    let done = started(&installation.app, installation.database.is_mine()).await;
    ctx.record(&installation.app, &done).await;
    let closed = installation.close().await;
    let code = done?;
    closed?;
    Ok(code)
}

async fn enqueue(
    ctx: &CommandContext,
    app: &App,
    entry: &'static Entry,
    payload: Value,
    now: Option<TimeArg>,
) -> Result<i64> {
    let at = app.now();
    let clock_shift = now.map_or_else(TimeDelta::zero, |time| time.shift(at));
    let options = Enqueue { clock_shift, ..Enqueue::default() };
    let id = match jobs::enqueue_named(&app.db, ctx.operator(), entry.name, payload, options).await {
        Ok(Some(id)) => id,
        Ok(None) => bail!("an unfinished {} for the same thing is there already", entry.name),
        Err(error @ EnqueueError::Payload(_)) => {
            bail!("--args: {error}; an example: {}", (entry.example)())
        }
        Err(error) => return Err(error.into()),
    };
    Waker::start(app).wake();
    Ok(id)
}

async fn wait_for(
    ctx: &CommandContext,
    app: &App,
    is_mine: bool,
    id: i64,
    limit: Duration,
) -> Result<ExitCode> {
    let ended = if is_mine {
        work_until_ended(ctx, app, id, limit).await?
    } else {
        read::wait(&app.pool, id, limit).await?
    };
    let ended = ended.with_context(|| {
        format!("job {id} has not ended within the time: see `atelier jobs show {id}`; is a worker running?")
    })?;
    ctx.print(&show::text(&ended))?;
    Ok(if ended.state == State::Done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Nobody else does it: works here, other jobs that are due included, until this one has ended.
async fn work_until_ended(
    ctx: &CommandContext,
    app: &App,
    id: i64,
    limit: Duration,
) -> Result<Option<Shown>> {
    join_installation(app, Participation::OneOff).await?;
    let stop = CancellationToken::new();
    let config = WorkerConfig::of(app, ctx.operator().clone());
    let working = jobs::worker::run(app.clone(), config, stop.clone());
    let waiting = async {
        let ended = read::wait(&app.pool, id, limit).await;
        stop.cancel();
        ended
    };
    let (worked, ended) = tokio::join!(working, waiting);
    worked?;
    Ok(ended?)
}

fn entry(name: &str) -> Result<&'static Entry, String> {
    let names = || jobs::all::ALL.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", ");
    jobs::entry(name).ok_or_else(|| format!("there is no such job: one of {}", names()))
}

fn object(text: &str) -> Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err("should be a JSON object such as {\"id\": 1}".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A time to wait, as typed.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    parse_duration(text)
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "should be a time such as 30s or 10m".to_owned())
}
