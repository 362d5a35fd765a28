//! The channel on which workers hear of each other and of people.

use sqlx::PgExecutor;

use crate::sql;

/// Channel of PostgreSQL's NOTIFY.
pub(crate) const CHANNEL: &str = "atelier_queue";

/// What is said on it. Each also wakes the claimers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Message {
    /// Jobs are ready.
    Ready,
    /// Jobs for later were written: timers have to learn the moment.
    Scheduled,
    /// Switches or limits have changed.
    Control,
    /// Somebody asked for the end of running jobs.
    Cancel,
}

impl Message {
    fn text(self) -> &'static str {
        match self {
            Message::Ready => "",
            Message::Scheduled => "scheduled",
            Message::Control => "control",
            Message::Cancel => "cancel",
        }
    }

    /// What a payload says. Of a newer program it may say more than this one knows.
    pub(crate) fn of(payload: &str) -> Message {
        let known = [Message::Scheduled, Message::Control, Message::Cancel];
        known.into_iter().find(|message| message.text() == payload).unwrap_or(Message::Ready)
    }
}

/// Everybody hears `message` when the transaction commits.
pub(crate) async fn notify(executor: impl PgExecutor<'_>, message: Message) -> sqlx::Result<()> {
    sqlx::query(sql::NOTIFY).bind(CHANNEL).bind(message.text()).execute(executor).await?;
    Ok(())
}
