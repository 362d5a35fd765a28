//! `atelier storage list`.

use std::process::ExitCode;

use anyhow::Result;
use domain::storage::{self, Filter};
use entities::storage_object::{Model, State};

use crate::{context::CommandContext, output, settings::DataDirArgs, word_arg::word};

/// List blobs, newest first
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Only this bucket, such as file-media-object
    #[arg(long)]
    bucket: Option<String>,
    /// Only this state
    #[arg(long, value_parser = word::<State>())]
    state: Option<State>,
    /// Only those on their way out (true), or only the others (false)
    #[arg(long)]
    deleted: Option<bool>,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=storage::LIST_MAX))]
    limit: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints them.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let Args { data_dir, bucket, state, deleted, limit, json } = args;
    let filter = Filter { bucket, state, deleted, limit };
    let found = ctx.with(&data_dir, async |app| Ok(storage::list(&app.db, filter).await?)).await?;
    if json {
        ctx.print_json(&found)?
    } else {
        ctx.print(&text(&found))?
    }
    Ok(ExitCode::SUCCESS)
}

fn text(found: &[Model]) -> String {
    let rows: Vec<[String; 7]> = found
        .iter()
        .map(|object| {
            [
                object.id.to_string(),
                object.bucket.to_string(),
                object.backend.to_string(),
                object.size.to_string(),
                object.content_type.clone(),
                object.state.to_string(),
                output::time_or_dash(object.deleted_at),
            ]
        })
        .collect();
    output::table(["ID", "BUCKET", "BACKEND", "SIZE", "TYPE", "STATE", "REMOVED"], &rows)
}
