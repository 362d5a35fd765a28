//! `atelier explain`: why something is as it is, in sentences.

mod job;
mod object;
mod told;

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use jobs::read;
use serde_json::json;
use uuid::Uuid;

use super::support::words;
use crate::{seat::Seat, settings::Place};

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
        place: Place,
        /// Its number
        id: i64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// What an id is of, who owns it, whether it is deleted, and what brings it back
    Object {
        #[command(flatten)]
        place: Place,
        /// The id of a person, team, project, file, picture or blob
        id: Uuid,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Explains it.
pub(crate) async fn run(seat: &Seat, args: Args) -> Result<ExitCode> {
    let (told, id, json) = match args.action {
        Action::Job { place, id, json } => {
            let told = seat.with(&place, async |app| {
                let job = read::show(&app.pool, id).await?;
                let job = job.with_context(|| format!("there is no job {id} (any more)"))?;
                job::explain(app, &job).await
            });
            (told.await?, id.to_string(), json)
        }
        Action::Object { place, id, json } => {
            let told = seat.with(&place, async |app| {
                let found = domain::admin::object::chain(&app.db, id).await;
                let found = found
                    .map_err(|error| words(error, &format!("nothing has the id {id}, or it was purged")))?;
                object::explain(app, &found).await
            });
            (told.await?, id.to_string(), json)
        }
    };
    if json {
        seat.print_json(&json!({"id": id, "sentences": told.sentences, "commands": told.commands}))?;
    } else {
        seat.print(&told.text())?;
    }
    Ok(ExitCode::SUCCESS)
}
