//! `atelier team list` and `members`.

use anyhow::Result;
use domain::admin::team::{self, LIST_MAX};
use entities::ids::TeamId;
use serde_json::json;

use crate::{command::support::describe, context::CommandContext, output, settings::DataDirArgs};

/// Find teams by a part of their name or of their owner's email, newest first
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// A part of the name or of the owner's email; nothing finds every team
    #[arg(default_value = "")]
    text: String,
    /// Those that are deleted and not purged yet, instead of the others
    #[arg(long)]
    deleted: bool,
    /// At most so many
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=LIST_MAX))]
    limit: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// List everybody in a team, deleted accounts too
#[derive(Debug, clap::Args)]
pub(crate) struct Members {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The team's id, as `team list` tells it
    id: TeamId,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints teams.
pub(crate) async fn list(ctx: &CommandContext, args: List) -> Result<()> {
    let found = ctx.with(&args.data_dir, async |app| {
        Ok(team::list(&app.db, &args.text, args.deleted, None, args.limit).await?)
    });
    let found = found.await?;
    if args.json {
        let rows: Vec<_> = found
            .iter()
            .map(|team| {
                json!({
                    "id": team.id.0, "name": team.name, "is_default": team.is_default, "owner": team.owner,
                    "members": team.members, "created_at": team.created_at, "deleted_at": team.deleted_at,
                })
            })
            .collect();
        return ctx.print_json(&rows);
    }
    let rows: Vec<[String; 6]> = found
        .iter()
        .map(|team| {
            [
                team.id.to_string(),
                team.name.clone(),
                team.owner.clone().unwrap_or_else(|| "-".to_owned()),
                team.members.to_string(),
                output::time(team.created_at),
                output::time_or_dash(team.deleted_at),
            ]
        })
        .collect();
    ctx.print(&output::table(["ID", "NAME", "OWNER", "MEMBERS", "CREATED", "PURGED"], &rows))
}

/// Prints people.
pub(crate) async fn members(ctx: &CommandContext, args: Members) -> Result<()> {
    let found = ctx.with(&args.data_dir, async |app| {
        team::members(&app.db, args.id).await.map_err(|error| describe(error, "there is no such team"))
    });
    let found = found.await?;
    if args.json {
        let rows: Vec<_> = found
            .iter()
            .map(|member| {
                json!({
                    "id": member.id.0, "email": member.email, "fullname": member.fullname, "role": role(member),
                    "joined_at": member.created_at, "deleted_at": member.deleted_at,
                })
            })
            .collect();
        return ctx.print_json(&rows);
    }
    let rows: Vec<[String; 6]> = found
        .iter()
        .map(|member| {
            [
                member.id.to_string(),
                member.email.clone(),
                member.fullname.clone(),
                role(member).to_owned(),
                output::time(member.created_at),
                output::time_or_dash(member.deleted_at),
            ]
        })
        .collect();
    ctx.print(&output::table(["ID", "EMAIL", "NAME", "ROLE", "JOINED", "DELETED"], &rows))
}

fn role(member: &team::Member) -> &'static str {
    match (member.is_owner, member.is_admin, member.can_edit) {
        (true, ..) => "owner",
        (_, true, _) => "admin",
        (.., true) => "editor",
        _ => "viewer",
    }
}
