//! How mails leave.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

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
    /// `PENPOT_USER_FEEDBACK_DESTINATION`: who gets what people think, when the flag user-feedback is on.
    pub feedback_destination: Option<String>,
    /// `PENPOT_PROFILE_BOUNCE_MAX_AGE`, `…_THRESHOLD`: mails that came back. Default 10 in 7 days.
    pub bounces: ReportLimit,
    /// `PENPOT_PROFILE_COMPLAINT_MAX_AGE`, `…_THRESHOLD`: complaints about mails. Default 2 in 7 days.
    pub complaints: ReportLimit,
}

/// From how many reports on, and how young, a person gets no more mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportLimit {
    /// Older ones do not count.
    pub age_max: Duration,
    /// So many are too many.
    pub threshold: u64,
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
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
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
            feedback_destination: vars
                .var(
                    "PENPOT_USER_FEEDBACK_DESTINATION",
                    "Who gets what people think, when the flag user-feedback is on; unset: nobody.",
                )
                .or(&["PENPOT_FEEDBACK_DESTINATION"])
                .optional(None, ADDRESS, String::clone, address),
            bounces: ReportLimit {
                age_max: vars
                    .var("PENPOT_PROFILE_BOUNCE_MAX_AGE", "How long a mail that came back counts.")
                    .duration(WEEK),
                threshold: vars
                    .var(
                        "PENPOT_PROFILE_BOUNCE_THRESHOLD",
                        "With so many of them a person gets no more mail.",
                    )
                    .number(10, 1..=1_000_000),
            },
            complaints: ReportLimit {
                age_max: vars
                    .var("PENPOT_PROFILE_COMPLAINT_MAX_AGE", "How long a complaint about a mail counts.")
                    .duration(WEEK),
                threshold: vars
                    .var(
                        "PENPOT_PROFILE_COMPLAINT_THRESHOLD",
                        "With so many of them a person gets no more mail.",
                    )
                    .number(2, 1..=1_000_000),
            },
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
