//! Every subcommand, one file each.

mod api;
mod audit;
mod dashboard;
mod desk;
mod doctor;
mod jobs;
mod mail;
mod migrate;
mod openapi;
mod profile;
mod quota;
mod ready;
mod storage;
mod team;
mod telemetry;
mod token;
mod up;
mod worker;

use std::process::ExitCode;

use anyhow::Result;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Up(up::Args),
    Api(api::Args),
    Worker(worker::Args),
    Dashboard(dashboard::Args),
    Migrate(migrate::Args),
    Doctor(doctor::Args),
    Jobs(jobs::Args),
    Storage(storage::Args),
    Profile(profile::Args),
    Audit(audit::Args),
    Token(token::Args),
    Mail(mail::Args),
    Telemetry(telemetry::Args),
    Team(team::Args),
    Quota(quota::Args),
    Openapi(openapi::Args),
}

impl Command {
    /// Whether it goes on until it is told to stop.
    pub(crate) fn serves(&self) -> bool {
        matches!(self, Command::Up(_) | Command::Api(_) | Command::Worker(_) | Command::Dashboard(_))
    }

    /// Does it; answers the exit status.
    pub(crate) async fn run(self) -> Result<ExitCode> {
        match self {
            Command::Up(args) => up::run(args).await,
            Command::Api(args) => api::run(args).await,
            Command::Worker(args) => worker::run(args).await,
            Command::Dashboard(args) => dashboard::run(args).await,
            Command::Migrate(args) => migrate::run(args).await,
            Command::Doctor(args) => doctor::run(args).await,
            Command::Jobs(args) => Box::pin(jobs::run(args)).await,
            Command::Storage(args) => storage::run(args).await,
            Command::Profile(args) => profile::run(args).await,
            Command::Audit(args) => audit::run(args).await,
            Command::Token(args) => token::run(args).await,
            Command::Mail(args) => mail::run(args).await,
            Command::Telemetry(args) => telemetry::run(args).await,
            Command::Team(args) => team::run(args).await,
            Command::Quota(args) => quota::run(args).await,
            Command::Openapi(args) => openapi::run(args),
        }
    }
}
