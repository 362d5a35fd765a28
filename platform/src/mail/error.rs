//! Why a mail was not handed over.

/// What went wrong with a mail or the mailer.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The settings cannot work.
    #[error("mail cannot be set up: {0}")]
    Unusable(String),
    /// An address is malformed.
    #[error("the {role} of a mail is not an address: {reason}")]
    Address {
        /// `recipient`, `sender` or `reply address`.
        role: &'static str,
        /// What is wrong with it; does not repeat the address.
        reason: String,
    },
    /// A header name or value that would change the meaning of the mail, or is too long.
    #[error("the mail header \"{name}\" cannot be sent: {reason}")]
    Header {
        /// The name as given, control characters replaced.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Text or HTML is larger than a mail may be.
    #[error("the mail is larger than {bytes_max} bytes")]
    TooLarge {
        /// The limit, bytes.
        bytes_max: usize,
    },
    /// The mail could not be put together.
    #[error("the mail cannot be built: {0}")]
    Build(#[from] lettre::error::Error),
    /// A template and its parameters do not fit.
    #[error("the mail text cannot be made: {0}")]
    Template(#[from] minijinja::Error),
    /// The server refused the mail or could not be reached.
    #[error("the mail server {server} failed: {source}")]
    Smtp {
        /// Its host and port.
        server: String,
        /// What it said, or why it cannot be reached.
        source: lettre::transport::smtp::Error,
    },
    /// The server answered, but not as a mail server that takes mails.
    #[error("the mail server {server} did not answer as it should")]
    Silent {
        /// Its host and port.
        server: String,
    },
    /// The development mailbox cannot be written or read.
    #[error("the mailbox cannot be used: {0}")]
    Mailbox(#[source] std::io::Error),
}

impl MailError {
    /// Whether trying again cannot help: the mail itself is at fault, or the server refused it for good.
    ///
    /// A refused login counts as temporary, because somebody will mend the settings.
    pub fn is_permanent(&self) -> bool {
        match self {
            MailError::Smtp { source: error, .. } => {
                let code = error.status().map(u16::from);
                error.is_permanent() && !matches!(code, Some(530 | 534 | 535 | 538))
            }
            MailError::Unusable(_) | MailError::Silent { .. } | MailError::Mailbox(_) => false,
            MailError::Address { .. }
            | MailError::Header { .. }
            | MailError::TooLarge { .. }
            | MailError::Build(_)
            | MailError::Template(_) => true,
        }
    }
}
