//! `atelier jobs replay`.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use domain::instance::Participation;
use jobs::{
    Rehearsed,
    read::{self, State},
};

use super::show;
use crate::{context::CommandContext, installation::join_installation, settings::DataDirArgs};

/// Run a dead job here and now, with the code of this program
///
/// One that was discarded or cancelled as well. The exit status is 0 only when it is done.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Its number
    id: i64,
    /// Only tell what it would do, if its kind can tell; change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs or rehearses it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    ctx.with(&args.data_dir, async |app| {
        let id = args.id;
        let job = read::show(&app.pool, id).await?.with_context(|| format!("there is no job {id} (any more)"))?;
        if !matches!(job.state, State::Dead | State::Discarded | State::Cancelled) {
            bail!("job {id} is {}: only dead, discarded and cancelled ones can be replayed", job.state);
        }
        join_installation(app, Participation::OneOff).await?;
        if args.dry_run {
            return match jobs::rehearse(app, ctx.operator(), &job).await {
                Ok(Rehearsed::Would(text)) => {
                    ctx.print(&format!("{text}\n"))?;
                    Ok(ExitCode::SUCCESS)
                }
                Ok(Rehearsed::CannotTell) => bail!("a {} cannot tell what it would do", job.kind),
                Err(error) => bail!("it would fail: {error}"),
            };
        }
        if !jobs::replay(app, ctx.operator(), id).await? {
            bail!("job {id} could not be had: an unfinished one with its unique key is there, or somebody was faster");
        }
        let ended = read::show(&app.pool, id).await?.context("it is gone")?;
        ctx.print(&show::text(&ended))?;
        Ok(if ended.state == State::Done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
    .await
}
