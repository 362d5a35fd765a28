//! `atelier profile delete` and `restore`.

use std::process::ExitCode;

use anyhow::Result;
use domain::{
    admin::{self, person},
    deletion,
};
use serde_json::json;

use crate::{command::support::describe, context::CommandContext, settings::DataDirArgs};

/// Delete an account with the teams that are its owner's alone
///
/// The person is shut out at once. Everything can be restored until the time of grace is over. Refused while others
/// are in teams that the person owns.
#[derive(Debug, clap::Args)]
pub(crate) struct Delete {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The email of the account
    email: String,
    /// Only tell whether it could be deleted; change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Bring back the account that was deleted last with this email, with the teams that went with it
///
/// Its owner signs in again. Refused when the time of grace is over, or somebody else has the email now.
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The email of the account
    email: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Deletes it, or tells that it could.
pub(crate) async fn delete(ctx: &CommandContext, args: Delete) -> Result<ExitCode> {
    let Delete { data_dir, email, dry_run, json } = args;
    let none = format!("nobody has the email {email}");
    let person = ctx.with(&data_dir, async |app| {
        let (now, delay) = (app.now(), app.config.limits.deletion_delay);
        let tx = platform::db::begin(&app.db).await?;
        let person = admin::person(&tx, &email, now).await.map_err(|error| describe(error, &none))?;
        if dry_run {
            let allowed = deletion::person::may_be_deleted(&tx, person.id, now).await;
            allowed.map_err(|error| describe(error, &none))?;
            return Ok(person);
        }
        let deleted = person::delete(&tx, ctx.operator(), person.id, delay, now).await;
        ctx.commit(app, tx, deleted.map_err(|error| describe(error, &none))?.follow_ups).await?;
        Ok(person)
    });
    let person = person.await?;
    if json {
        ctx.print_json(&json!({"id": person.id.0, "email": person.email, "deleted": !dry_run}))?;
    } else {
        let what = if dry_run { "could be deleted" } else { "is deleted" };
        ctx.print(&format!("{} {what} ({})\n", person.email, person.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Brings it back.
pub(crate) async fn restore(ctx: &CommandContext, args: Restore) -> Result<ExitCode> {
    let Restore { data_dir, email, json } = args;
    let none = format!("nobody with the email {email} was deleted, or they were purged");
    let done = ctx.with(&data_dir, async |app| {
        let (now, delay) = (app.now(), app.config.limits.deletion_delay);
        let tx = platform::db::begin(&app.db).await?;
        let person = admin::deleted_person(&tx, &email, now).await.map_err(|error| describe(error, &none))?;
        let restored = deletion::restore::profile(&tx, ctx.operator(), person.id, delay, now).await;
        let restored = restored.map_err(|error| describe(error, &none))?;
        tx.commit().await?;
        Ok((person, restored))
    });
    let (person, restored) = done.await?;
    if json {
        ctx.print_json(&json!({
            "id": person.id.0, "email": person.email,
            "teams": restored.of("team"), "projects": restored.of("project"), "files": restored.of("file"),
            "fonts": restored.of("team_font_variant"),
        }))?;
    } else {
        ctx.print(&format!("{} is back ({}) with {restored}\n", person.email, person.id))?;
    }
    Ok(ExitCode::SUCCESS)
}
