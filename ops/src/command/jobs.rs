//! `atelier jobs`: durable jobs.

mod bulk;
mod filter;
mod list;
mod replay;
pub(super) mod run;
mod schedule;
mod show;
mod stats;
mod switches;

use std::process::ExitCode;

use anyhow::Result;
use domain::instance::Participation;
use jobs::admin::Action as Do;

use crate::{context::CommandContext, installation::join_installation, settings::DataDirArgs};

/// See and manage durable jobs
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    List(list::Args),
    Show(show::Args),
    Run(run::Args),
    Stats(stats::Args),
    /// Make dead jobs ready again, and what was discarded or cancelled
    Retry(bulk::Args),
    /// End waiting jobs at once; tell running ones to stop, and end those that do not
    Cancel(bulk::Args),
    /// Take dead jobs from the list; `retry` brings them back until their history is dropped
    Discard(bulk::Args),
    /// Make jobs that wait for their time ready now
    RunNow(bulk::Args),
    /// Give waiting jobs another priority
    Prioritise(bulk::Prioritise),
    /// Let nothing of a queue or kind start any more, in all workers within 2 s
    Pause(switches::PauseArgs),
    /// Let jobs of a queue or kind start again
    Resume(switches::PauseArgs),
    Limits(switches::LimitArgs),
    Schedule(schedule::Args),
    Replay(replay::Args),
    Actions(stats::Actions),
    /// Run every job that is due in this process, until none is left
    Drain {
        #[command(flatten)]
        data_dir: DataDirArgs,
    },
}

/// Does it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    match args.action {
        Action::List(args) => list::run(ctx, args).await,
        Action::Show(args) => show::run(ctx, args).await,
        Action::Run(args) => Box::pin(run::run(ctx, args)).await,
        Action::Stats(args) => stats::run(ctx, args).await,
        Action::Retry(args) => bulk::run(ctx, args, Do::Retry).await,
        Action::Cancel(args) => bulk::run(ctx, args, Do::Cancel).await,
        Action::Discard(args) => bulk::run(ctx, args, Do::Discard).await,
        Action::RunNow(args) => bulk::run(ctx, args, Do::RunNow).await,
        Action::Prioritise(args) => bulk::prioritise(ctx, args).await,
        Action::Pause(args) => switches::switch(ctx, args, true).await,
        Action::Resume(args) => switches::switch(ctx, args, false).await,
        Action::Limits(args) => switches::limits(ctx, args).await,
        Action::Schedule(args) => schedule::run(ctx, args).await,
        Action::Replay(args) => replay::run(ctx, args).await,
        Action::Actions(args) => stats::actions(ctx, args).await,
        Action::Drain { data_dir } => drain(ctx, &data_dir).await,
    }
}

/// A failing job is reported, and kept for another attempt or as a dead job.
async fn drain(ctx: &CommandContext, data_dir: &DataDirArgs) -> Result<ExitCode> {
    let drained = ctx.with(data_dir, async |app| {
        join_installation(app, Participation::OneOff).await?;
        Ok(jobs::drain(app, ctx.operator()).await?)
    });
    let drained = drained.await?;
    ctx.print(&format!("{} ran, {} of them failed\n", drained.ran, drained.failed))?;
    Ok(if drained.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
