//! `atelier storage scrub`.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context as _, Result};
use domain::storage::scrub::Kind;
use jobs::all::storage_scrub::StorageScrub;

use super::report;
use crate::{command::jobs::run as job, settings::DataDirArgs};

use crate::context::CommandContext;

/// Compare everything that is stored with its rows, as a job
///
/// Finds rows without bytes (missing), bytes of another size or hash than their row says (size, hash), bytes without
/// rows that are a day old at least (stray), and rows that nothing refers to and no sweep looks at (unused). Nothing
/// is put right unless --repair names its kind. `atelier storage report` tells what was found;
/// `atelier jobs pause --kind storage-scrub` lets it stand still.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Read all bytes and compare their hash, not only their size
    #[arg(long)]
    deep: bool,
    /// Kinds that are put right at once, such as stray,missing
    #[arg(long, value_delimiter = ',', value_name = "KIND,…")]
    repair: Vec<Kind>,
    /// Rows or blobs looked at in a second, at most
    #[arg(long, default_value_t = StorageScrub::default().objects_per_second)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    objects_per_second: u32,
    /// Bytes read in a second, at most
    #[arg(long, default_value_t = StorageScrub::default().bytes_per_second)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    bytes_per_second: u64,
    /// Wait until it has ended, and print its report
    #[arg(long)]
    wait: bool,
    /// How long to wait at most
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = job::time, requires = "wait")]
    timeout: Duration,
}

/// Enqueues it, and waits when asked to.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let wanted = StorageScrub {
        deep: args.deep,
        repair: args.repair,
        objects_per_second: args.objects_per_second,
        bytes_per_second: args.bytes_per_second,
    };
    let entry = jobs::entry("storage-scrub").context("there is no such job")?;
    let wait = args.wait.then_some(args.timeout);
    let report = async |app: &platform::app::App, id| report::print(ctx, app, Some(id)).await;
    job::start(ctx, &args.data_dir, entry, serde_json::to_value(wanted)?, None, wait, report).await
}
