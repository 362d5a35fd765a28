//! `atelier openapi`: the document of every RPC method.

use std::process::ExitCode;

use anyhow::Result;

use crate::context::CommandContext;

/// Print the OpenAPI document of every RPC method
///
/// The same as /api/main/doc/openapi.json, without a running server.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print the tables of limits instead, as they stand in docs/API.md
    #[arg(long)]
    limits: bool,
}

/// Prints it.
pub(crate) fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    if args.limits {
        ctx.print(&api::rpc::limits_table::markdown(api::methods::ALL))?;
    } else {
        ctx.print_json(&api::openapi::document())?;
    }
    Ok(ExitCode::SUCCESS)
}
