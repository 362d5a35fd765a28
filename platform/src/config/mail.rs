//! How mails leave.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use lettre::message::Mailbox;

use super::flags::Flags;
use super::secret::Secret;
use super::variables::Variables;

/// Mails.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// The server; `None` (flag `smtp` off): mails are kept in the development mailbox.
    pub smtp: Option<SmtpConfig>,
    /// `ATELIER_MAIL_DIRECTORY`: the development mailbox. Default `<data>/mail`.
    pub directory: PathBuf,
    /// `PENPOT_SMTP_DEFAULT_FROM`: who mails come from.
    pub default_from: String,
    /// `PENPOT_SMTP_DEFAULT_REPLY_TO`: who answers go to.
    pub default_reply_to: String,
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct SmtpConfig {
    /// `PENPOT_SMTP_HOST`.
    pub host: String,
    /// `PENPOT_SMTP_PORT`. Default 465 with SSL, 587 with TLS, else 25.
    pub port: u16,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// `PENPOT_SMTP_USERNAME`; without it we do not log in.
    pub username: Option<String>,
    /// `PENPOT_SMTP_PASSWORD`.
    pub password: Option<Secret>,
    /// `ATELIER_SMTP_CA_FILE`: a PEM file with a root to trust besides those of the system.
    pub ca_file: Option<PathBuf>,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all.
    None,
    /// `PENPOT_SMTP_TLS`: STARTTLS, required.
    StartTls,
    /// `PENPOT_SMTP_SSL`: from the first byte.
    Implicit,
}

const FROM: &str = "Atelier <no-reply@example.com>";
const ADDRESS: &str = "a mail address such as Ana <ana@example.com>";

impl MailConfig {
    pub(super) fn read(vars: &mut Variables, flags: &Flags, data_dir: &Path) -> MailConfig {
        let smtp = SmtpConfig::read(vars);
        if flags.has("smtp") && smtp.is_none() {
            vars.refuse(
                "PENPOT_SMTP_HOST",
                "the name of a mail server, because PENPOT_FLAGS has enable-smtp",
                None,
            );
        }
        let address = |text: &str| Mailbox::from_str(text).ok().map(|_| text.to_owned());
        MailConfig {
            smtp: smtp.filter(|_| flags.has("smtp")),
            directory: vars
                .var("ATELIER_MAIL_DIRECTORY", "Where mails are kept as files when the flag smtp is off.")
                .path(data_dir.join("mail")),
            default_from: vars.var("PENPOT_SMTP_DEFAULT_FROM", "Who mails come from.").parsed(
                FROM.to_owned(),
                ADDRESS,
                String::clone,
                address,
            ),
            default_reply_to: vars.var("PENPOT_SMTP_DEFAULT_REPLY_TO", "Who answers to mails go to.").parsed(
                FROM.to_owned(),
                ADDRESS,
                String::clone,
                address,
            ),
        }
    }
}

impl SmtpConfig {
    fn read(vars: &mut Variables) -> Option<SmtpConfig> {
        let host =
            vars.var("PENPOT_SMTP_HOST", "The mail server, used when the flag smtp is on.").optional_text();
        let ssl =
            vars.var("PENPOT_SMTP_SSL", "Talk TLS to the mail server from the first byte.").boolean(false);
        let tls = vars.var("PENPOT_SMTP_TLS", "Require STARTTLS from the mail server.").boolean(false);
        let (encryption, port) = match (ssl, tls) {
            (true, _) => (Encryption::Implicit, 465),
            (false, true) => (Encryption::StartTls, 587),
            (false, false) => (Encryption::None, 25),
        };
        let port = vars.var("PENPOT_SMTP_PORT", "The port of the mail server.").number(port, 1..=65535);
        let username = vars
            .var("PENPOT_SMTP_USERNAME", "Who to log in to the mail server as; unset: no login.")
            .optional_text();
        let password = vars.var("PENPOT_SMTP_PASSWORD", "The password for that name.").optional_secret();
        let ca_file = vars
            .var("ATELIER_SMTP_CA_FILE", "A PEM file with a root certificate to trust besides the system's.")
            .optional_path();
        Some(SmtpConfig { host: host?, port, encryption, username, password, ca_file })
    }
}
