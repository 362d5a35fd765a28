//! Which jobs a command is about.

use chrono::{DateTime, Utc};
use jobs::read::{Filter, State};

use crate::time_arg::TimeArg;

/// Options that choose jobs; each narrows the choice.
#[derive(Debug, clap::Args)]
pub(crate) struct FilterArgs {
    /// Only this state (scheduled, ready, running, done, dead, discarded, cancelled); again for more
    #[arg(long)]
    state: Vec<State>,
    /// Only this kind, such as send-mail
    #[arg(long)]
    kind: Option<String>,
    /// Only this queue
    #[arg(long)]
    queue: Option<String>,
    /// Only the work of this team
    #[arg(long)]
    tenant: Option<uuid::Uuid>,
    /// Only those enqueued since then, such as -2h or 2026-05-01T12:00:00Z
    #[arg(long, allow_hyphen_values = true)]
    since: Option<TimeArg>,
    /// Only those with this text in an error
    #[arg(long)]
    text: Option<String>,
}

impl FilterArgs {
    /// Nothing was chosen: it means all.
    pub(super) fn is_empty(&self) -> bool {
        self.state.is_empty()
            && self.kind.is_none()
            && self.queue.is_none()
            && self.tenant.is_none()
            && self.since.is_none()
            && self.text.is_none()
    }

    pub(super) fn states(&self) -> &[State] {
        &self.state
    }

    pub(super) fn filter(self, now: DateTime<Utc>) -> Filter {
        Filter {
            states: self.state,
            kind: self.kind,
            queue: self.queue,
            tenant: self.tenant,
            since: self.since.map(|since| since.at(now)),
            text: self.text,
            ..Filter::default()
        }
    }
}
