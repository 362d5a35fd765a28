//! `atelier profile delete` and `restore`.

use std::process::ExitCode;

use anyhow::Result;
use domain::{
    admin::{self, person},
    deletion,
};
use serde_json::json;

use crate::{command::support::words, seat::Seat, settings::Place};

/// Delete an account with the teams that are its owner's alone
///
/// The person is shut out at once. Everything can be restored until the time of grace is over. Refused while others
/// are in teams that the person owns.
#[derive(Debug, clap::Args)]
pub(crate) struct Delete {
    #[command(flatten)]
    place: Place,
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
    place: Place,
    /// The email of the account
    email: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Deletes it, or tells that it could.
pub(crate) async fn delete(seat: &Seat, args: Delete) -> Result<ExitCode> {
    let Delete { place, email, dry_run, json } = args;
    let none = format!("nobody has the email {email}");
    let person = seat.with(&place, async |app| {
        let (now, delay) = (app.now(), app.config.limits.deletion_delay);
        let tx = platform::db::begin(&app.db).await?;
        let person = admin::person(&tx, &email, now).await.map_err(|error| words(error, &none))?;
        if dry_run {
            let allowed = deletion::person::may_be_deleted(&tx, person.id, now).await;
            allowed.map_err(|error| words(error, &none))?;
            return Ok(person);
        }
        let deleted = person::delete(&tx, seat.operator(), person.id, delay, now).await;
        seat.commit(app, tx, deleted.map_err(|error| words(error, &none))?.follow_ups).await?;
        Ok(person)
    });
    let person = person.await?;
    if json {
        seat.print_json(&json!({"id": person.id.0, "email": person.email, "deleted": !dry_run}))?;
    } else {
        let what = if dry_run { "could be deleted" } else { "is deleted" };
        seat.print(&format!("{} {what} ({})\n", person.email, person.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Brings it back.
pub(crate) async fn restore(seat: &Seat, args: Restore) -> Result<ExitCode> {
    let Restore { place, email, json } = args;
    let none = format!("nobody with the email {email} was deleted, or they were purged");
    let done = seat.with(&place, async |app| {
        let (now, delay) = (app.now(), app.config.limits.deletion_delay);
        let tx = platform::db::begin(&app.db).await?;
        let person = admin::deleted_person(&tx, &email, now).await.map_err(|error| words(error, &none))?;
        let restored = deletion::restore::profile(&tx, seat.operator(), person.id, delay, now).await;
        let restored = restored.map_err(|error| words(error, &none))?;
        tx.commit().await?;
        Ok((person, restored))
    });
    let (person, restored) = done.await?;
    if json {
        seat.print_json(&json!({
            "id": person.id.0, "email": person.email,
            "teams": restored.of("team"), "projects": restored.of("project"), "files": restored.of("file"),
            "fonts": restored.of("team_font_variant"),
        }))?;
    } else {
        seat.print(&format!("{} is back ({}) with {restored}\n", person.email, person.id))?;
    }
    Ok(ExitCode::SUCCESS)
}
