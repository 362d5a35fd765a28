//! `atelier mail`: the development mailbox.

use std::process::ExitCode;

use anyhow::{Result, bail};
use platform::{app::App, mail::StoredMail};

use crate::{context::CommandContext, output, settings::DataDirArgs};

/// Mails the mailbox keeps: all of them can be looked through.
const MAILS_MAX: usize = 1000;

/// Read the mails of the development mailbox
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List mails, newest first
    List {
        #[command(flatten)]
        data_dir: DataDirArgs,
        /// Only those to this email
        #[arg(long)]
        to: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print one mail's text
    Show {
        #[command(flatten)]
        data_dir: DataDirArgs,
        /// Its id, as listed
        id: String,
        /// Print everything as JSON, the HTML form too
        #[arg(long)]
        json: bool,
    },
    /// Print the newest token that was mailed to an email
    LastToken {
        #[command(flatten)]
        data_dir: DataDirArgs,
        /// The email
        email: String,
    },
}

/// Does it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    match args.action {
        Action::List { data_dir, to, limit, json } => {
            let mails = ctx.with(&data_dir, async |app| all(app, to.as_deref()).await).await?;
            let mails: Vec<_> = mails.into_iter().take(limit.into()).collect();
            list(ctx, &mails, json)?;
        }
        Action::Show { data_dir, id, json } => {
            let found = ctx.with(&data_dir, async |app| {
                kept(app)?;
                Ok(app.mailer.stored(&id).await?)
            });
            let Some(mail) = found.await? else { bail!("there is no mail {id}") };
            if json {
                ctx.print_json(&mail)?;
            } else {
                let StoredMail { from, to, subject, text, .. } = mail;
                ctx.print(&format!("From: {from}\nTo: {to}\nSubject: {subject}\n\n{text}\n"))?;
            }
        }
        Action::LastToken { data_dir, email } => {
            let mails = ctx.with(&data_dir, async |app| all(app, Some(&email)).await).await?;
            let Some(token) = mails.iter().find_map(|mail| token(&mail.text)) else {
                bail!("no token was mailed to {email}")
            };
            ctx.print(&format!("{token}\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn kept(app: &App) -> Result<()> {
    if !app.mailer.has_mailbox() {
        bail!("mails are sent here, not kept: {}", app.mailer.describe());
    }
    Ok(())
}

async fn all(app: &App, to: Option<&str>) -> Result<Vec<StoredMail>> {
    kept(app)?;
    let mut mails = app.mailer.mailbox(MAILS_MAX).await?;
    if let Some(to) = to {
        mails.retain(|mail| address(&mail.to).eq_ignore_ascii_case(to));
    }
    Ok(mails)
}

/// The address in `Name <address>`.
fn address(to: &str) -> &str {
    let inside = to.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or(to, |(address, _)| address).trim()
}

/// What follows `token=` in a link.
fn token(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("token=")?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

fn list(ctx: &CommandContext, mails: &[StoredMail], as_json: bool) -> Result<()> {
    if as_json {
        return ctx.print_json(&mails);
    }
    let row = |mail: &StoredMail| {
        [mail.id.clone(), output::time(mail.sent_at), mail.to.clone(), mail.subject.clone()]
    };
    let rows: Vec<[String; 4]> = mails.iter().map(row).collect();
    ctx.print(&output::table(["ID", "SENT", "TO", "SUBJECT"], &rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_addresses_are_found() {
        assert_eq!(token("see http://x/#/auth?token=a-B_c.1 now"), Some("a-B_c.1"));
        assert_eq!((token("nothing"), token("token= x")), (None, None));
        assert_eq!(address("Ana <ana@x.com>"), "ana@x.com");
        assert_eq!(address(" ana@x.com"), "ana@x.com");
    }
}
