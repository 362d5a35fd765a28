//! `atelier storage`: blobs.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use domain::{
    Error,
    storage::{self, Details, Filter},
};
use entities::{ids::StorageObjectId, storage_object::Model};
use serde_json::json;

use crate::{installation::Installation, output, settings::Place};

/// Look at stored blobs
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List blobs, newest first
    List(List),
    /// Show one blob: its row, whether anything refers to it, and whether its bytes are there
    Show {
        #[command(flatten)]
        place: Place,
        /// The blob
        id: StorageObjectId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    place: Place,
    /// Only this bucket, such as file-media-object
    #[arg(long)]
    bucket: Option<String>,
    /// Only this state
    #[arg(long, value_parser = ["pending", "valid", "deleting"])]
    state: Option<String>,
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

/// Does it.
pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    match args.action {
        Action::List(List { place, bucket, state, deleted, limit, json }) => {
            let filter = Filter { bucket, state, deleted, limit };
            let found =
                Installation::with(&place, async |app| Ok(storage::list(&app.db, filter).await?)).await?;
            if json { output::print_json(&found)? } else { output::print(&list(&found))? }
        }
        Action::Show { place, id, json } => {
            let shown = Installation::with(&place, async |app| match storage::show(app, id).await {
                Ok(details) => Ok(details),
                Err(Error::NotFound) => bail!("there is no blob {id}"),
                Err(error) => Err(anyhow!(error)),
            });
            let details = shown.await?;
            if json { output::print_json(&as_json(&details))? } else { output::print(&as_text(&details))? }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(found: &[Model]) -> String {
    let rows: Vec<[String; 7]> = found
        .iter()
        .map(|object| {
            [
                object.id.to_string(),
                object.bucket.clone(),
                object.backend.clone(),
                object.size.to_string(),
                object.content_type.clone(),
                object.state.clone(),
                output::time_or_dash(object.deleted_at),
            ]
        })
        .collect();
    output::table(["ID", "BUCKET", "BACKEND", "BYTES", "TYPE", "STATE", "GOES AT"], &rows)
}

fn as_json(details: &Details) -> serde_json::Value {
    json!({
        "object": details.object,
        "is_referenced": details.is_referenced,
        "stored_bytes": details.stored_bytes,
    })
}

fn as_text(Details { object, is_referenced, stored_bytes }: &Details) -> String {
    let stored = match stored_bytes {
        Some(bytes) if i64::try_from(*bytes) == Ok(object.size) => "there".to_owned(),
        Some(bytes) => format!("damaged: {bytes} bytes instead of {}", object.size),
        None => "not there".to_owned(),
    };
    let rows = [
        ("id", object.id.to_string()),
        ("bucket", object.bucket.clone()),
        ("backend", object.backend.clone()),
        ("size", format!("{} bytes", object.size)),
        ("type", object.content_type.clone()),
        ("sha256", object.sha256.clone()),
        ("state", object.state.clone()),
        ("bytes", stored),
        ("referenced", if *is_referenced { "yes" } else { "no" }.to_owned()),
        ("created", output::time(object.created_at)),
        ("touched", output::time_or_dash(object.touched_at)),
        ("expires", output::time_or_dash(object.expired_at)),
        ("goes at", output::time_or_dash(object.deleted_at)),
    ];
    output::facts(&rows)
}
