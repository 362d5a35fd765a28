//! `atelier storage restore`.

use std::process::ExitCode;

use anyhow::Result;
use dashboard::wording;
use domain::storage::why;
use entities::ids::StorageObjectId;

use crate::{seat::Seat, settings::Place};

/// Bring back hidden blobs, for another time of grace unless something begins to refer to them
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    /// The blobs
    #[arg(required = true)]
    ids: Vec<StorageObjectId>,
}

/// Brings back what can be, and tells of each; fails when one cannot.
pub(crate) async fn run(seat: &Seat, args: Args) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    let told = seat.with(&args.place, async |app| {
        let mut told = String::new();
        for id in &args.ids {
            match why::restore(app, seat.operator(), *id, app.now()).await {
                Ok(()) => told.push_str(&format!("{id}  is back\n")),
                Err(error) => {
                    told.push_str(&format!("{id}  {}\n", wording::not_restorable(&error)));
                    code = ExitCode::FAILURE;
                }
            }
        }
        Ok(told)
    });
    seat.print(&told.await?)?;
    Ok(code)
}
