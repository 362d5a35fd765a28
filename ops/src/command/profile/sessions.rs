//! `atelier profile sessions`.

use std::process::ExitCode;

use anyhow::Result;
use domain::admin;
use entities::{http_session::Model, ids::SessionId};
use serde_json::json;

use crate::{command::support::describe, context::CommandContext, output, settings::DataDirArgs};

/// List the browsers in which somebody is signed in, or sign them out
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The email of the account
    email: String,
    /// End this session
    #[arg(long, value_name = "ID", conflicts_with = "end_all")]
    end: Option<SessionId>,
    /// End all of them
    #[arg(long)]
    end_all: bool,
    /// Only list what --end or --end-all would end
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Lists them; with --end or --end-all, those that were ended.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let none = format!("nobody has the email {}", args.email);
    let found = ctx.with(&args.data_dir, async |app| {
        let tx = platform::db::begin(&app.db).await?;
        let person =
            admin::person(&tx, &args.email, app.now()).await.map_err(|error| describe(error, &none))?;
        let mut found = admin::sessions(&tx, person.id).await?;
        if let Some(id) = args.end {
            found.retain(|session| session.id == id);
            if found.is_empty() {
                anyhow::bail!("{} has no session {id}", args.email);
            }
        }
        match (args.dry_run, args.end) {
            (true, _) => {}
            (false, Some(id)) => {
                let gone = admin::end_session(&tx, ctx.operator(), person.id, id).await;
                gone.map_err(|error| describe(error, "the session has ended already"))?;
            }
            (false, None) if args.end_all => {
                admin::end_sessions(&tx, ctx.operator(), person.id).await?;
            }
            (false, None) => {}
        }
        tx.commit().await?;
        Ok(found)
    });
    let found = found.await?;
    let ended = !args.dry_run && (args.end_all || args.end.is_some());
    show(ctx, &found, ended, args.json)?;
    Ok(ExitCode::SUCCESS)
}

fn show(ctx: &CommandContext, found: &[Model], ended: bool, as_json: bool) -> Result<()> {
    if as_json {
        let rows: Vec<_> = found
            .iter()
            .map(|session| {
                json!({
                    "id": session.id.0, "created_at": session.created_at, "renewed_at": session.modified_at,
                    "user_agent": session.user_agent, "ended": ended,
                })
            })
            .collect();
        return ctx.print_json(&rows);
    }
    let rows: Vec<[String; 4]> = found
        .iter()
        .map(|session| {
            let agent = session.user_agent.clone().unwrap_or_default();
            [
                session.id.to_string(),
                output::time(session.created_at),
                output::time(session.modified_at),
                agent,
            ]
        })
        .collect();
    ctx.print(&output::table(["ID", "CREATED", "RENEWED", "BROWSER"], &rows))?;
    if ended { ctx.print(&format!("{} ended\n", found.len())) } else { Ok(()) }
}
