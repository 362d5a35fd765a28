//! `atelier explain`: why something is as it is, in sentences.

mod explanation;
mod job;
mod object;

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use jobs::read;
use serde_json::json;
use uuid::Uuid;

use super::support::describe;
use crate::{context::CommandContext, settings::DataDirArgs};

/// Tell in sentences why a job or an object is as it is, and what can be done
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Why a job is where it is, and what it waits for
    Job {
        #[command(flatten)]
        data_dir: DataDirArgs,
        /// Its number
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// What an id is of, who owns it, whether it is deleted, and what brings it back
    Object {
        #[command(flatten)]
        data_dir: DataDirArgs,
        /// The id of a person, team, project, file, picture or blob
        id: Uuid,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Explains it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let (explanation, id, json) = match args.action {
        Action::Job { data_dir, id, json } => {
            let explanation = ctx.with(&data_dir, async |app| {
                let job = read::show(&app.pool, id).await?;
                let job = job.with_context(|| format!("there is no job {id} (any more)"))?;
                job::explain(app, &job).await
            });
            (explanation.await?, id.to_string(), json)
        }
        Action::Object { data_dir, id, json } => {
            let explanation = ctx.with(&data_dir, async |app| {
                let found = domain::admin::object::chain(&app.db, id).await;
                let found = found.map_err(|error| {
                    describe(error, &format!("nothing has the id {id}, or it was purged"))
                })?;
                object::explain(app, &found).await
            });
            (explanation.await?, id.to_string(), json)
        }
    };
    if json {
        ctx.print_json(
            &json!({"id": id, "sentences": explanation.sentences, "commands": explanation.commands}),
        )?;
    } else {
        ctx.print(&explanation.text())?;
    }
    Ok(ExitCode::SUCCESS)
}
