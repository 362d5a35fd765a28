//! `atelier storage migrate`.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context as _, Result};
use clap::builder::PossibleValuesParser;
use domain::storage::migrate::{Order, check};
use entities::storage_object::Backend;
use jobs::all::storage_migrate::StorageMigrate;

use super::refusal::describe;
use crate::{command::jobs::run as job, context::CommandContext, settings::DataDirArgs};

/// What an installation may have.
const BACKENDS: [&str; 3] = [Backend::Fs.as_str(), Backend::S3.as_str(), Backend::Db.as_str()];

/// Move blobs from one backend to another while everything runs, as a job
///
/// Readers notice nothing: a blob is copied, read back and compared by hash, and then its row is turned over. First let
/// new blobs go to the new backend (PENPOT_OBJECTS_STORAGE_BACKEND) in every process. `atelier jobs pause --kind
/// storage-migrate` lets it stand still; it goes on where it was.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The backend they are on
    #[arg(long, value_parser = PossibleValuesParser::new(BACKENDS))]
    from: String,
    /// The backend they go to
    #[arg(long, value_parser = PossibleValuesParser::new(BACKENDS))]
    to: String,
    /// Only those of a bucket, such as file-media-object
    #[arg(long)]
    bucket: Option<String>,
    /// Wait until it has ended
    #[arg(long)]
    wait: bool,
    /// How long to wait at most
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = job::time, requires = "wait")]
    timeout: Duration,
}

/// Enqueues it, and waits when asked to.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let order = Order { from: args.from.clone(), to: args.to.clone(), bucket: args.bucket.clone() };
    // Known at once, so it need not be a job that fails.
    ctx.read_only(&args.data_dir, async |app| check(app, &order).map_err(describe)).await?;
    let wanted = StorageMigrate { from: args.from, to: args.to, bucket: args.bucket };
    let entry = jobs::entry("storage-migrate").context("there is no such job")?;
    let wait = args.wait.then_some(args.timeout);
    job::start(ctx, &args.data_dir, entry, serde_json::to_value(wanted)?, None, wait, async |_, _| Ok(()))
        .await
}
