//! `atelier profile`: accounts.

mod deletion;
mod sessions;

use std::{io::Read as _, process::ExitCode};

use anyhow::{Context as _, Result, anyhow, bail};
use domain::{
    Error,
    admin::{self, person},
    profile,
};
use entities::profile::Model;
use platform::app::App;
use serde_json::json;

use crate::{output, seat::Seat, settings::Place};

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
        place: Place,
        /// The email to sign in with
        #[arg(long)]
        email: String,
        /// The name that others see
        #[arg(long)]
        fullname: String,
    },
    /// Confirm an account's email in its owner's place
    Activate(Who),
    /// Shut somebody out: every session ends, no token works
    Block(Who),
    /// Let somebody in again
    Unblock(Who),
    /// Give somebody another password, and end their sessions
    ///
    /// The password is read from standard input, up to the first line break.
    SetPassword(Who),
    Delete(deletion::Delete),
    Restore(deletion::Restore),
    Sessions(sessions::Args),
    /// Find accounts by a part of their email or name, newest first
    Search {
        #[command(flatten)]
        place: Place,
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
struct Who {
    #[command(flatten)]
    place: Place,
    /// The email of the account
    email: String,
}

/// Does it.
pub(crate) async fn run(seat: &Seat, args: Args) -> Result<ExitCode> {
    match args.action {
        Action::Create { place, email, fullname } => {
            let password = password_from_stdin(seat)?;
            seat.with(&place, async |app| create(seat, app, fullname, &email, password).await).await?;
        }
        Action::Activate(Who { place, email }) => {
            seat.with(&place, async |app| {
                let done = profile::activate(&app.db, seat.operator(), &email, app.now()).await;
                told(seat, &email, done, "is active")
            })
            .await?;
        }
        Action::Block(who) => set_blocked(seat, who, true).await?,
        Action::Unblock(who) => set_blocked(seat, who, false).await?,
        Action::SetPassword(who) => set_password(seat, who).await?,
        Action::Delete(args) => return deletion::delete(seat, args).await,
        Action::Restore(args) => return deletion::restore(seat, args).await,
        Action::Sessions(args) => return sessions::run(seat, args).await,
        Action::Search { place, text, limit, json } => {
            let found = seat.with(&place, async |app| Ok(person::search(&app.db, &text, None, limit).await?));
            show(seat, &found.await?, json)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Not from the command line, which every process of the machine can read.
fn password_from_stdin(seat: &Seat) -> Result<String> {
    if seat.instance().is_some() {
        bail!("a password is not for a shell: use the command outside, where it is read from standard input");
    }
    let mut text = String::new();
    std::io::stdin().take(8 * 1024).read_to_string(&mut text).context("the password cannot be read")?;
    let password = text.lines().next().unwrap_or_default().to_owned();
    if password.is_empty() {
        bail!("no password: pass it on standard input, such as `echo 'the password' | atelier profile …`");
    }
    Ok(password)
}

async fn create(seat: &Seat, app: &App, fullname: String, email: &str, password: String) -> Result<()> {
    let made = profile::create::by_operator(app, seat.operator(), fullname, email, password, app.now()).await;
    told(seat, email, made, "was created and is active")
}

async fn set_blocked(seat: &Seat, who: Who, blocked: bool) -> Result<()> {
    seat.with(&who.place, async |app| {
        let tx = platform::db::begin(&app.db).await?;
        let done = profile::set_blocked(&tx, seat.operator(), &who.email, blocked, app.now()).await;
        if done.is_ok() {
            tx.commit().await?;
        }
        told(seat, &who.email, done, if blocked { "is blocked" } else { "is not blocked" })
    })
    .await
}

async fn set_password(seat: &Seat, who: Who) -> Result<()> {
    let password = password_from_stdin(seat)?;
    seat.with(&who.place, async |app| {
        let done = admin::set_password(app, seat.operator(), &who.email, password, app.now()).await;
        let (person, ended) = match done {
            Ok(done) => done,
            Err(error) => return told(seat, &who.email, Err(error), ""),
        };
        seat.print(&format!(
            "{} has another password, and {ended} sessions ended ({})\n",
            person.email, person.id
        ))
    })
    .await
}

fn told(seat: &Seat, email: &str, done: domain::Result<Model>, what: &str) -> Result<()> {
    match done {
        Ok(person) => seat.print(&format!("{} {what} ({})\n", person.email, person.id)),
        Err(Error::NotFound) => bail!("nobody has the email {email}"),
        Err(error) => Err(anyhow!(error)),
    }
}

fn show(seat: &Seat, found: &[Model], as_json: bool) -> Result<()> {
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
        return seat.print_json(&rows);
    }
    let rows: Vec<[String; 5]> = found
        .iter()
        .map(|person| {
            let (id, created) = (person.id.to_string(), output::time(person.created_at));
            [id, person.email.clone(), person.fullname.clone(), state(person).to_owned(), created]
        })
        .collect();
    seat.print(&output::table(["ID", "EMAIL", "NAME", "STATE", "CREATED"], &rows))
}

fn state(person: &Model) -> &'static str {
    match person {
        Model { deleted_at: Some(_), .. } => "deleted",
        Model { is_blocked: true, .. } => "blocked",
        Model { is_active: true, .. } => "active",
        _ => "not confirmed",
    }
}
