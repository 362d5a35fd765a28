//! `atelier profile`: accounts.

mod deletion;
mod sessions;

use std::{
    io::{BufRead as _, BufReader, IsTerminal as _, Read as _},
    process::ExitCode,
};

use anyhow::{Context as _, Result, anyhow, bail};
use domain::{
    Error,
    admin::{self, person},
    profile,
};
use entities::profile::Model;
use platform::app::App;
use serde_json::json;

use crate::{context::CommandContext, output, settings::DataDirArgs};

/// Create, activate, block, delete, restore and find accounts
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Create an active account, whatever the registration settings say
    ///
    /// The password is read from standard input, up to the first line break.
    Create {
        #[command(flatten)]
        data_dir: DataDirArgs,
        /// The email to sign in with
        #[arg(long)]
        email: String,
        /// The name that others see
        #[arg(long)]
        fullname: String,
    },
    /// Confirm an account's email in its owner's place
    Activate(AccountArgs),
    /// Shut somebody out: every session ends, no token works
    Block(AccountArgs),
    /// Let somebody in again
    Unblock(AccountArgs),
    /// Give somebody another password, and end their sessions
    ///
    /// The password is read from standard input, up to the first line break.
    SetPassword(AccountArgs),
    Delete(deletion::Delete),
    Restore(deletion::Restore),
    Sessions(sessions::Args),
    /// Find accounts by a part of their email or name, newest first
    Search {
        #[command(flatten)]
        data_dir: DataDirArgs,
        /// A part of the email or the name; nothing finds everybody
        #[arg(default_value = "")]
        text: String,
        /// At most so many
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=person::SEARCH_MAX))]
        limit: u64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct AccountArgs {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The email of the account
    email: String,
}

/// Does it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    match args.action {
        Action::Create { data_dir, email, fullname } => {
            let password = password_from_stdin(ctx)?;
            ctx.with(&data_dir, async |app| create(ctx, app, fullname, &email, password).await).await?;
        }
        Action::Activate(AccountArgs { data_dir, email }) => {
            ctx.with(&data_dir, async |app| {
                let done = profile::activate(&app.db, ctx.operator(), &email, app.now()).await;
                report(ctx, &email, done, "is active")
            })
            .await?;
        }
        Action::Block(account) => set_blocked(ctx, account, true).await?,
        Action::Unblock(account) => set_blocked(ctx, account, false).await?,
        Action::SetPassword(account) => set_password(ctx, account).await?,
        Action::Delete(args) => return deletion::delete(ctx, args).await,
        Action::Restore(args) => return deletion::restore(ctx, args).await,
        Action::Sessions(args) => return sessions::run(ctx, args).await,
        Action::Search { data_dir, text, limit, json } => {
            let found =
                ctx.with(&data_dir, async |app| Ok(person::search(&app.db, &text, None, limit).await?));
            show(ctx, &found.await?, json)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Not from the command line, which every process of the machine can read.
fn password_from_stdin(ctx: &CommandContext) -> Result<String> {
    if ctx.instance().is_some() {
        bail!("a password is not for a shell: use the command outside, where it is read from standard input");
    }
    let (stdin, mut text) = (std::io::stdin(), String::new());
    if stdin.is_terminal() {
        eprint!("Password (it is shown): ");
    }
    BufReader::new(stdin.take(8 * 1024)).read_line(&mut text).context("the password cannot be read")?;
    let password = text.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() {
        bail!("no password: pass it on standard input, such as `echo 'the password' | atelier profile …`");
    }
    Ok(password)
}

async fn create(
    ctx: &CommandContext,
    app: &App,
    fullname: String,
    email: &str,
    password: String,
) -> Result<()> {
    let made = profile::create::by_operator(app, ctx.operator(), fullname, email, password, app.now()).await;
    report(ctx, email, made, "was created and is active")
}

async fn set_blocked(ctx: &CommandContext, account: AccountArgs, blocked: bool) -> Result<()> {
    ctx.with(&account.data_dir, async |app| {
        let tx = platform::db::begin(&app.db).await?;
        let done = profile::set_blocked(&tx, ctx.operator(), &account.email, blocked, app.now()).await;
        if done.is_ok() {
            tx.commit().await?;
        }
        report(ctx, &account.email, done, if blocked { "is blocked" } else { "is not blocked" })
    })
    .await
}

async fn set_password(ctx: &CommandContext, account: AccountArgs) -> Result<()> {
    let password = password_from_stdin(ctx)?;
    ctx.with(&account.data_dir, async |app| {
        let done = admin::set_password(app, ctx.operator(), &account.email, password, app.now()).await;
        let (person, ended) = match done {
            Ok(done) => done,
            Err(error) => return report(ctx, &account.email, Err(error), ""),
        };
        ctx.print(&format!(
            "{} has another password, and {ended} sessions ended ({})\n",
            person.email, person.id
        ))
    })
    .await
}

fn report(ctx: &CommandContext, email: &str, done: domain::Result<Model>, what: &str) -> Result<()> {
    match done {
        Ok(person) => ctx.print(&format!("{} {what} ({})\n", person.email, person.id)),
        Err(Error::NotFound) => bail!("nobody has the email {email}"),
        Err(error) => Err(anyhow!(error)),
    }
}

fn show(ctx: &CommandContext, found: &[Model], as_json: bool) -> Result<()> {
    if as_json {
        let rows: Vec<_> = found
            .iter()
            .map(|person| {
                json!({
                    "id": person.id.0, "email": person.email, "fullname": person.fullname,
                    "is_active": person.is_active, "is_blocked": person.is_blocked,
                    "created_at": person.created_at, "deleted_at": person.deleted_at,
                })
            })
            .collect();
        return ctx.print_json(&rows);
    }
    let rows: Vec<[String; 5]> = found
        .iter()
        .map(|person| {
            let (id, created) = (person.id.to_string(), output::time(person.created_at));
            [id, person.email.clone(), person.fullname.clone(), state(person).to_owned(), created]
        })
        .collect();
    ctx.print(&output::table(["ID", "EMAIL", "NAME", "STATE", "CREATED"], &rows))
}

fn state(person: &Model) -> &'static str {
    match person {
        Model { deleted_at: Some(_), .. } => "deleted",
        Model { is_blocked: true, .. } => "blocked",
        Model { is_active: true, .. } => "active",
        _ => "not confirmed",
    }
}
