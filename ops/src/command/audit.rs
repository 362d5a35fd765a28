//! `atelier audit`: the audit log.

use std::process::ExitCode;

use anyhow::{Result, bail};
use domain::{
    audit::{self, Filter},
    profile,
};
use entities::audit_log::Model;
use platform::app::App;
use serde_json::json;
use uuid::Uuid;

use crate::{context::CommandContext, output, settings::DataDirArgs, time_arg::TimeArg};

/// Look at what was done, by whom and from where
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    List(ListArgs),
}

/// List events, newest first
#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Only what this person did: an ID or an email
    #[arg(long)]
    profile: Option<String>,
    /// Only what was written since then, such as -2h or 2026-05-01T12:00:00Z
    #[arg(long, allow_hyphen_values = true)]
    since: Option<TimeArg>,
    /// Only events of this name, such as create-team
    #[arg(long)]
    name: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=audit::LIST_MAX))]
    limit: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Does it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let Action::List(ListArgs { data_dir, profile, since, name, limit, json }) = args.action;
    let found = ctx.with(&data_dir, async |app| {
        let profile = match &profile {
            Some(who) => Some(id_of(app, who).await?),
            None => None,
        };
        let since = since.map(|time| time.at(app.now()));
        Ok(audit::list(&app.db, Filter { profile, since, name, limit }).await?)
    });
    show(ctx, &found.await?, json)?;
    Ok(ExitCode::SUCCESS)
}

/// An id may be of somebody who is gone; an email may not.
async fn id_of(app: &App, who: &str) -> Result<Uuid> {
    if let Ok(id) = who.parse() {
        return Ok(id);
    }
    match profile::find(&app.db, who).await? {
        Some(person) => Ok(person.id.into()),
        None => bail!("nobody has the email {who}"),
    }
}

fn show(ctx: &CommandContext, found: &[Model], as_json: bool) -> Result<()> {
    if as_json {
        let event = |event: &Model| {
            json!({
                "id": event.id, "name": event.name, "type": event.kind, "source": event.source,
                "created_at": event.created_at, "tracked_at": event.tracked_at,
                "archived_at": event.archived_at, "profile_id": event.profile_id,
                "ip_addr": event.ip_addr, "props": event.props, "context": event.context,
            })
        };
        return ctx.print_json(&found.iter().map(event).collect::<Vec<_>>());
    }
    let rows: Vec<[String; 5]> = found
        .iter()
        .map(|event| {
            let who = if event.profile_id.is_nil() { "-".to_owned() } else { event.profile_id.to_string() };
            let from = event.ip_addr.clone().unwrap_or_else(|| "-".to_owned());
            [output::time(event.created_at), event.name.clone(), who, from, event.props.to_string()]
        })
        .collect();
    ctx.print(&output::table(["TIME", "EVENT", "BY", "IP ADDRESS", "DETAILS"], &rows))
}
