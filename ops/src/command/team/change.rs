//! `atelier team transfer`, `delete` and `restore`.

use anyhow::Result;
use domain::{
    admin::{self, team},
    deletion,
    team::member,
};
use entities::ids::TeamId;
use serde_json::json;

use crate::{command::support::describe, context::CommandContext, output, settings::DataDirArgs};

const NONE: &str = "there is no such team, or it is deleted";

/// Make a member the owner; the owner until then becomes an admin
#[derive(Debug, clap::Args)]
pub(crate) struct Transfer {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The team's id
    id: TeamId,
    /// The email of the member who becomes the owner
    #[arg(long, value_name = "EMAIL")]
    to: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Delete a team with everything in it; it can be restored until the time of grace is over
#[derive(Debug, clap::Args)]
pub(crate) struct Delete {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The team's id
    id: TeamId,
    /// Only tell whether it could be deleted; change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Bring back a deleted team with everything that went with it
///
/// What was deleted in it before stays deleted.
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The team's id, as `team list --deleted` tells it
    id: TeamId,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Hands it over, and tells both.
pub(crate) async fn transfer(ctx: &CommandContext, args: Transfer) -> Result<()> {
    let Transfer { data_dir, id, to, json } = args;
    let heir = ctx.with(&data_dir, async |app| {
        let now = app.now();
        let tx = platform::db::begin(&app.db).await?;
        let heir = admin::person(&tx, &to, now).await;
        let heir = heir.map_err(|error| describe(error, &format!("nobody has the email {to}")))?;
        let follow_ups = member::transfer(&tx, ctx.operator(), id, heir.id, now).await;
        ctx.commit(app, tx, follow_ups.map_err(|error| describe(error, NONE))?).await?;
        Ok(heir)
    });
    let heir = heir.await?;
    if json {
        ctx.print_json(&json!({"id": id.0, "owner": heir.email}))
    } else {
        ctx.print(&format!("{} owns the team {id}\n", heir.email))
    }
}

/// Deletes it, or tells that it could.
pub(crate) async fn delete(ctx: &CommandContext, args: Delete) -> Result<()> {
    let Delete { data_dir, id, dry_run, json } = args;
    let deleted_at = ctx.with(&data_dir, async |app| {
        let tx = platform::db::begin(&app.db).await?;
        let delay = app.config.limits.deletion_delay;
        let deleted = team::delete(&tx, ctx.operator(), id, delay, app.now()).await;
        let deleted = deleted.map_err(|error| describe(error, NONE))?;
        // Tried and taken back: what would refuse it has done so.
        if dry_run {
            tx.rollback().await?;
        } else {
            ctx.commit(app, tx, deleted.follow_ups).await?;
        }
        Ok(deleted.deleted_at)
    });
    let deleted_at = deleted_at.await?;
    if json {
        return ctx.print_json(&json!({"id": id.0, "deleted": !dry_run, "purged_from": deleted_at}));
    }
    let until = output::time(deleted_at);
    let what =
        if dry_run { "could be deleted, and then restored" } else { "is deleted, and can be restored" };
    ctx.print(&format!("the team {id} {what} until {until}\n"))
}

/// Brings it back.
pub(crate) async fn restore(ctx: &CommandContext, args: Restore) -> Result<()> {
    let Restore { data_dir, id, json } = args;
    let restored = ctx.with(&data_dir, async |app| {
        let tx = platform::db::begin(&app.db).await?;
        let restored = deletion::restore::team(&tx, ctx.operator(), id, app.now()).await;
        let restored =
            restored.map_err(|error| describe(error, "there is no such team, or it was purged"))?;
        tx.commit().await?;
        Ok(restored)
    });
    let restored = restored.await?;
    if json {
        return ctx.print_json(&json!({
            "id": id.0, "projects": restored.of("project"), "files": restored.of("file"),
            "fonts": restored.of("team_font_variant"),
        }));
    }
    ctx.print(&format!("the team {id} is back: {restored}\n"))
}
