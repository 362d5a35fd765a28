//! `atelier token`: keys for programs.

use std::process::ExitCode;

use anyhow::{Result, bail};
use domain::{access_token::NewToken, admin::person, profile};
use platform::{app::App, config::parse_duration};

use crate::{context::CommandContext, settings::DataDirArgs};

/// Make access tokens for programs
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Grant(GrantArgs),
}

/// Make an access token that acts for somebody; it is printed once and not kept
#[derive(Debug, clap::Args)]
struct GrantArgs {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The email of the account it acts for
    email: String,
    /// What the token is called, 1 to 250 characters
    #[arg(long, default_value = "granted by the operator")]
    name: String,
    /// How long it is good, such as 30d; it does not expire when left out
    #[arg(long)]
    expires_in: Option<String>,
}

/// Does it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let Action::Grant(GrantArgs { data_dir, email, name, expires_in }) = args.action;
    let expiration = match &expires_in {
        Some(text) => match parse_duration(text) {
            Some(length) if !length.is_zero() => Some(length),
            _ => bail!("--expires-in should be a length of time such as 30d"),
        },
        None => None,
    };
    let wanted = NewToken { name, expiration, kind: None };
    let token = ctx.with(&data_dir, async |app| grant(ctx, app, &email, wanted.clone()).await).await?;
    ctx.print(&format!("{token}\n"))?;
    Ok(ExitCode::SUCCESS)
}

async fn grant(ctx: &CommandContext, app: &App, email: &str, wanted: NewToken) -> Result<String> {
    if !app.config.flags.has("access-tokens") {
        bail!("access tokens are off here: add enable-access-tokens to PENPOT_FLAGS");
    }
    if app.config.auth.secret_key.is_none() {
        bail!("without PENPOT_SECRET_KEY the token would end with this process");
    }
    let tx = platform::db::begin(&app.db).await?;
    let Some(person) = profile::find(&tx, email).await? else { bail!("nobody has the email {email}") };
    if person.deleted_at.is_some() || person.is_blocked || !person.is_active {
        bail!("{email} is deleted, blocked or not confirmed: no token would work");
    }
    let (operator, wanted) = (ctx.operator(), wanted.checked()?);
    let made = person::grant_token(&tx, operator, &app.secrets, person.id, wanted, app.now()).await?;
    tx.commit().await?;
    made.token.ok_or_else(|| anyhow::anyhow!("the token has no key"))
}
