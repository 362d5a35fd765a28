//! Which jobs: one address, one view.

use crate::{
    error::{PageError, Result},
    form::{Fields, query},
};
use chrono::{DateTime, TimeDelta, Utc};
use jobs::read::{Filter, Order, State};

/// A choice of jobs as the address has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobQuery {
    /// What comes first.
    pub order: Order,
    /// Empty: all. An order that is about one state has it here, so that what is shown is what can be acted on.
    pub states: Vec<State>,
    /// A kind.
    pub kind: Option<String>,
    /// A queue.
    pub queue: Option<String>,
    /// A team.
    pub team: Option<uuid::Uuid>,
    /// Created within so many hours.
    pub hours: Option<u32>,
    /// Text in an error.
    pub text: Option<String>,
    /// Dead jobs that have this in common.
    pub group: Option<String>,
}

/// Longer texts choose nothing more.
const TEXT_CHARS_MAX: usize = 200;
/// No job is older than a hundred years. The database does not know every moment of all that an integer can say.
const HOURS_MAX: u32 = 100 * 366 * 24;

impl JobQuery {
    /// Reads it.
    ///
    /// # Errors
    /// Names the field and what it should be.
    pub fn read(fields: &Fields) -> Result<JobQuery> {
        let text =
            |name: &str| fields.get(name).map(|text| text.trim().chars().take(TEXT_CHARS_MAX).collect());
        let mut states = vec![];
        for state in fields.all("state") {
            let state: State = state.parse().map_err(PageError::Wrong)?;
            if !states.contains(&state) {
                states.push(state);
            }
        }
        let order: Order = match fields.get("sort") {
            Some(name) => name.parse().map_err(|error| PageError::Wrong(format!("sort: {error}")))?,
            None => Order::default(),
        };
        if let Some(state) = order.state() {
            states = vec![state];
        }
        Ok(JobQuery {
            order,
            states,
            kind: text("kind"),
            queue: text("queue"),
            team: fields.parsed("team", "the ID of a team")?,
            hours: fields.parsed("hours", "a number of hours")?,
            text: text("text"),
            group: text("group"),
        })
    }

    /// For the queue.
    pub fn filter(&self, now: DateTime<Utc>) -> Filter {
        let hours = |hours: u32| now.checked_sub_signed(TimeDelta::hours(i64::from(hours.min(HOURS_MAX))));
        Filter {
            states: self.states.clone(),
            kind: self.kind.clone(),
            queue: self.queue.clone(),
            tenant: self.team,
            since: self.hours.and_then(hours),
            text: self.text.clone(),
            fingerprint: self.group.clone(),
            ..Filter::default()
        }
    }

    /// Its fields, in one order.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields: Vec<_> = self.states.iter().map(|state| ("state", state.name().to_owned())).collect();
        let order = (self.order != Order::default()).then(|| self.order.name().to_owned());
        let mut add = |name, value: Option<String>| fields.extend(value.map(|value| (name, value)));
        add("kind", self.kind.clone());
        add("queue", self.queue.clone());
        add("team", self.team.map(|team| team.to_string()));
        add("hours", self.hours.map(|hours| hours.to_string()));
        add("text", self.text.clone());
        add("group", self.group.clone());
        add("sort", order);
        fields
    }

    /// The address of the list, with more fields.
    pub fn address(&self, more: &[(&str, &str)]) -> String {
        let fields = self.fields();
        let pairs = fields.iter().map(|(name, value)| (*name, value.as_str()));
        let query = query(pairs.chain(more.iter().copied()));
        if query.is_empty() { "/admin/jobs".to_owned() } else { format!("/admin/jobs?{query}") }
    }

    /// What was chosen, in words.
    pub fn words(&self) -> String {
        let mut words = vec![];
        if !self.states.is_empty() {
            words.push(self.states.iter().map(|state| state.name()).collect::<Vec<_>>().join(" or "));
        }
        words.extend(self.kind.as_ref().map(|kind| format!("of kind {kind}")));
        words.extend(self.queue.as_ref().map(|queue| format!("in queue {queue}")));
        words.extend(self.team.map(|team| format!("of team {team}")));
        words.extend(self.hours.map(|hours| format!("of the last {hours} h")));
        words.extend(self.text.as_ref().map(|text| format!("with {text:?} in an error")));
        words.extend(self.group.as_ref().map(|_| "with one error in common".to_owned()));
        if words.is_empty() { "all jobs".to_owned() } else { format!("jobs {}", words.join(", ")) }
    }
}
