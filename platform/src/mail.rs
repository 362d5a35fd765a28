//! Mails: made from templates, sent over SMTP or kept in a development mailbox.

mod error;
mod mailbox;
mod message;
mod smtp;
mod template;

use std::sync::Arc;

use tracing::Instrument as _;

use crate::clock::Clock;
use crate::config::MailConfig;
use crate::metrics::names;
use crate::trace;

pub use error::MailError;
pub use mailbox::StoredMail;
pub use message::{Attachment, Message};
pub(crate) use template::prepare;
pub use template::{Rendered, Template, render};

use mailbox::Mailbox;
use smtp::Smtp;

/// Hands mails over. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    sender: message::Sender,
    transport: Transport,
}

#[derive(Debug)]
enum Transport {
    Smtp(Smtp),
    Mailbox(Mailbox),
}

impl Mailer {
    /// SMTP when configured, else the development mailbox, whose directory is made.
    ///
    /// # Errors
    /// [`MailError::Unusable`]: the settings of the server, or the directory, cannot be used.
    pub fn new(config: &MailConfig) -> Result<Mailer, MailError> {
        let sender = message::Sender::new(&config.default_from, &config.default_reply_to)?;
        let transport = match &config.smtp {
            Some(smtp) => Transport::Smtp(Smtp::new(smtp)?),
            None => Transport::Mailbox(Mailbox::open(&config.directory)?),
        };
        Ok(Mailer { inner: Arc::new(Inner { sender, transport }) })
    }

    /// Hands one mail over: returns once the server has taken it, or once it lies in the mailbox.
    ///
    /// # Errors
    /// See [`MailError`]; [`MailError::is_permanent`] says whether trying again can help.
    pub async fn send(&self, message: &Message) -> Result<(), MailError> {
        let step = crate::step!("send mail", otel.kind = "client");
        let sent = self.hand_over(message).instrument(step.clone()).await;
        if sent.is_err() {
            trace::fail(&step, "mail");
        }
        let outcome = if sent.is_ok() { "sent" } else { "failed" };
        metrics::counter!(names::MAILS, "outcome" => outcome).increment(1);
        sent
    }

    async fn hand_over(&self, message: &Message) -> Result<(), MailError> {
        let id = crate::ids::new_id();
        let mail = message.build(&self.inner.sender, id)?;
        match &self.inner.transport {
            Transport::Smtp(smtp) => smtp.send(mail).await,
            Transport::Mailbox(mailbox) => {
                let stored = StoredMail::of(id, &self.inner.sender, message, Clock::system().now());
                mailbox.keep(stored, mail.formatted()).await
            }
        }
    }

    /// Whether mails are kept in the development mailbox instead of being sent.
    pub fn has_mailbox(&self) -> bool {
        matches!(self.inner.transport, Transport::Mailbox(_))
    }

    /// The newest mails of the development mailbox, newest first, at most `limit`; none with SMTP.
    ///
    /// # Errors
    /// [`MailError::Mailbox`].
    pub async fn mailbox(&self, limit: usize) -> Result<Vec<StoredMail>, MailError> {
        match &self.inner.transport {
            Transport::Mailbox(mailbox) => mailbox.newest(limit).await,
            Transport::Smtp(_) => Ok(vec![]),
        }
    }

    /// One mail of the development mailbox. Ids of any other form than ours name nothing.
    ///
    /// # Errors
    /// [`MailError::Mailbox`].
    pub async fn stored(&self, id: &str) -> Result<Option<StoredMail>, MailError> {
        match &self.inner.transport {
            Transport::Mailbox(mailbox) => mailbox.get(id).await,
            Transport::Smtp(_) => Ok(None),
        }
    }

    /// Connects and logs in to the server, or writes and removes a file in the mailbox; sends nothing.
    ///
    /// # Errors
    /// What would make [`Mailer::send`] fail, in words.
    pub async fn check(&self) -> Result<(), MailError> {
        match &self.inner.transport {
            Transport::Smtp(smtp) => smtp.check().await,
            Transport::Mailbox(mailbox) => mailbox.check().await,
        }
    }

    /// Where mails go, in words.
    pub fn describe(&self) -> String {
        match &self.inner.transport {
            Transport::Smtp(smtp) => smtp.describe(),
            Transport::Mailbox(mailbox) => format!("files in {}", mailbox.directory().display()),
        }
    }
}
