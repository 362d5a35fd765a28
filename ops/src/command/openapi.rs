//! `atelier openapi`: the document of every RPC method.

use std::process::ExitCode;

use anyhow::Result;

use crate::seat::Seat;

/// Print the OpenAPI document of every RPC method
///
/// The same as /api/main/doc/openapi.json, without a running server.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Prints it.
pub(crate) fn run(seat: &Seat, _: Args) -> Result<ExitCode> {
    seat.print_json(&api::openapi::document())?;
    Ok(ExitCode::SUCCESS)
}
