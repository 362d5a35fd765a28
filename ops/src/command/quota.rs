//! `atelier quota`: how much of something somebody may have, where it differs from the settings.

use std::{process::ExitCode, str::FromStr};

use anyhow::Result;
use clap::builder::PossibleValuesParser;
use domain::{
    admin::{
        self,
        quota::{self, Holder},
    },
    quota::Target,
};
use entities::{
    ids::{FileId, ProjectId, TeamId},
    usage_quote::Model,
};
use serde_json::json;

use crate::{command::support::describe, context::CommandContext, output, settings::DataDirArgs};

/// List stored quotas, set and remove them
///
/// They hold with the flag `quotes`. Of those that fit, the largest counts, in place of the setting.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List stored quotas
    List {
        #[command(flatten)]
        data_dir: DataDirArgs,
        /// Of this target only
        #[arg(long, value_parser = targets())]
        target: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    Set(Set),
}

/// Set a quota for a person, or in a team, a project or a file; or remove it
#[derive(Debug, clap::Args)]
struct Set {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// What is counted
    #[arg(value_parser = targets())]
    target: String,
    /// How many, or `none` to remove the quota
    quote: Quote,
    /// For the person with this email; with one of the others: for this person there
    #[arg(long, value_name = "EMAIL")]
    profile: Option<String>,
    /// In this team
    #[arg(long, value_name = "ID")]
    team: Option<TeamId>,
    /// In this project
    #[arg(long, value_name = "ID", conflicts_with = "team")]
    project: Option<ProjectId>,
    /// In this file
    #[arg(long, value_name = "ID", conflicts_with_all = ["team", "project"])]
    file: Option<FileId>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A number, or none.
#[derive(Debug, Clone, Copy)]
struct Quote(Option<u64>);

impl FromStr for Quote {
    type Err = String;

    fn from_str(text: &str) -> Result<Quote, String> {
        if text == "none" {
            return Ok(Quote(None));
        }
        match text.parse() {
            Ok(quote) if (1..=quota::QUOTE_MAX).contains(&quote) => Ok(Quote(Some(quote))),
            _ => Err(format!("a number from 1 to {}, or none", quota::QUOTE_MAX)),
        }
    }
}

fn targets() -> PossibleValuesParser {
    PossibleValuesParser::new(Target::ALL.map(Target::name))
}

/// Does it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    match args.action {
        Action::List { data_dir, target, json } => {
            let target = target.and_then(|name| Target::of_name(&name));
            let found = ctx.with(&data_dir, async |app| {
                let found = quota::list(&app.db, target).await?;
                Ok((found, app.config.flags.has("quotes")))
            });
            let (found, holds) = found.await?;
            show(ctx, &found, json)?;
            if !holds && !json {
                ctx.print("\nThe flag `quotes` is off: none of them holds.\n")?;
            }
        }
        Action::Set(args) => set(ctx, args).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn set(ctx: &CommandContext, args: Set) -> Result<()> {
    let Quote(quote) = args.quote;
    let had = ctx.with(&args.data_dir, async |app| {
        let tx = platform::db::begin(&app.db).await?;
        let profile = match &args.profile {
            Some(email) => {
                let found = admin::person(&tx, email, app.now()).await;
                Some(found.map_err(|error| describe(error, &format!("nobody has the email {email}")))?.id)
            }
            None => None,
        };
        let holder = Holder { profile, team: args.team, project: args.project, file: args.file };
        let target = Target::of_name(&args.target).ok_or_else(|| anyhow::anyhow!("unknown target"))?;
        let had = quota::set(&tx, ctx.operator(), target, holder, quote).await;
        let had = had.map_err(|error| describe(error, "there is no such team, project or file"))?;
        tx.commit().await?;
        Ok(had)
    });
    let had = had.await?;
    if args.json {
        return ctx.print_json(&json!({"target": args.target, "quote": quote, "replaced": had}));
    }
    ctx.print(&match (quote, had) {
        (Some(quote), _) => format!("{} is limited to {quote} there\n", args.target),
        (None, true) => format!("{} is what the settings say there\n", args.target),
        (None, false) => "there was none\n".to_owned(),
    })
}

fn show(ctx: &CommandContext, found: &[Model], as_json: bool) -> Result<()> {
    if as_json {
        let rows: Vec<_> = found
            .iter()
            .map(|row| {
                json!({
                    "target": row.target, "quote": row.quote, "profile_id": row.profile_id.map(|id| id.0),
                    "team_id": row.team_id.map(|id| id.0), "project_id": row.project_id.map(|id| id.0),
                    "file_id": row.file_id.map(|id| id.0),
                })
            })
            .collect();
        return ctx.print_json(&rows);
    }
    let cell = |id: Option<String>| id.unwrap_or_else(|| "-".to_owned());
    let rows: Vec<[String; 4]> = found
        .iter()
        .map(|row| {
            let holder = (row.team_id.map(|id| format!("team {id}")))
                .or(row.project_id.map(|id| format!("project {id}")))
                .or(row.file_id.map(|id| format!("file {id}")));
            [
                row.target.clone(),
                row.quote.to_string(),
                cell(row.profile_id.map(|id| id.to_string())),
                cell(holder),
            ]
        })
        .collect();
    ctx.print(&output::table(["TARGET", "QUOTA", "PERSON", "WHERE"], &rows))
}
