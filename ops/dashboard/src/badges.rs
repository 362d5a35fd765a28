//! How people and teams stand, in words and with a colour; never by colour alone.

use crate::format::relative_time;
use chrono::{DateTime, TimeDelta, Utc};
use domain::deletion::restore::MARGIN;
use entities::profile::Model;
use maud::{Markup, html};
use std::time::Duration;

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// May sign in.
    Active,
    /// The address was not confirmed.
    Unconfirmed,
    /// Shut out.
    Blocked,
    /// Deleted, and can come back before then.
    Deleted(DateTime<Utc>),
    /// Deleted for good: being purged.
    Gone,
}

impl Standing {
    /// Of an account. `delay` is the time of grace; demo accounts have none.
    pub(crate) fn of(person: &Model, delay: Duration, now: DateTime<Utc>) -> Standing {
        match person.deleted_at {
            Some(at) if at <= now => {
                let grace = if person.is_demo { Duration::ZERO } else { delay };
                due(at, grace).filter(|until| *until > now + MARGIN).map_or(Standing::Gone, Standing::Deleted)
            }
            _ if person.is_blocked => Standing::Blocked,
            _ if person.is_active => Standing::Active,
            _ => Standing::Unconfirmed,
        }
    }

    /// Whether it is there, blocked or not.
    pub(crate) fn is_there(self) -> bool {
        !matches!(self, Standing::Deleted(_) | Standing::Gone)
    }
}

fn due(at: DateTime<Utc>, grace: Duration) -> Option<DateTime<Utc>> {
    at.checked_add_signed(TimeDelta::from_std(grace).ok()?)
}

/// Every word about an account: its standing, and what is particular about it.
pub(crate) fn person(person: &Model, standing: Standing, now: DateTime<Utc>) -> Markup {
    html! {
        @match standing {
            Standing::Active => span class="state done" { "active" },
            Standing::Unconfirmed => span class="state paused" { "unconfirmed" },
            Standing::Blocked => span class="state dead" { "blocked" },
            Standing::Deleted(_) | Standing::Gone => span class="state" { "deleted" },
        }
        @if person.is_muted { " " span class="state paused" { "muted" } }
        @if person.is_demo { " " span class="state ready" { "demo" } }
        @match standing {
            Standing::Deleted(until) => span class="until" { " can come back; is purged " (relative_time(until, now)) },
            Standing::Gone => span class="until" { " for good" },
            _ => @if let Some(at) = person.deleted_at { span class="until" { " ends " (relative_time(at, now)) } },
        }
    }
}

/// Whether a deleted team can come back still.
pub(crate) fn can_come_back(deleted_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    deleted_at.is_some_and(|at| at > now + MARGIN)
}

/// How a team stands.
pub(crate) fn team(deleted_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Markup {
    html! { @match deleted_at {
        None => span class="state done" { "active" },
        Some(at) => {
            span class="state" { "deleted" }
            @if can_come_back(deleted_at, now) {
                span class="until" { " can come back; is purged " (relative_time(at, now)) }
            } @else { span class="until" { " for good" } }
        },
    } }
}

/// A role in a team.
pub(crate) fn role(is_owner: bool, is_admin: bool, can_edit: bool) -> &'static str {
    match (is_owner, is_admin, can_edit) {
        (true, ..) => "owner",
        (_, true, _) => "admin",
        (.., true) => "editor",
        _ => "viewer",
    }
}

/// The first letter large: `projects-per-team` as `Projects per team`.
pub(crate) fn sentence(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).map(|letter| if letter == '-' { ' ' } else { letter }).collect()
}
