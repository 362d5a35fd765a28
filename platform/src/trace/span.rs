//! One span on its way: what it is, and what it is told.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use super::context::Context;

/// Facts of one span at most; more are left out.
const ATTRIBUTES_MAX: usize = 32;
/// Characters of one fact.
const TEXT_MAX: usize = 256;

/// A fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text; cut at 256 characters.
    Text(Cow<'static, str>),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.chars().take(TEXT_MAX).collect::<String>().into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::from(text.as_str())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Number(number)
    }
}

/// Who asked, and who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Kind {
    /// A step of something.
    #[default]
    Internal,
    /// Answers a request.
    Server,
    /// Asks another server.
    Client,
    /// Leaves a job.
    Producer,
    /// Does a job.
    Consumer,
}

/// What is kept beside each span of `tracing`.
pub(crate) struct Traced {
    /// Its ids.
    pub(crate) context: Context,
    /// The request or the job that it belongs to, as in the log.
    pub(super) labels: Labels,
    /// None when nobody will see it.
    pub(super) kept: Option<Box<Kept>>,
}

/// By what the log finds a line again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Labels {
    /// The request.
    pub(crate) request: Option<Arc<str>>,
    /// The job.
    pub(crate) job: Option<i64>,
}

/// What will be sent.
pub(super) struct Kept {
    pub(super) name: Cow<'static, str>,
    pub(super) kind: Kind,
    pub(super) parent: Option<[u8; 8]>,
    pub(super) began: SystemTime,
    pub(super) attributes: Vec<(&'static str, Value)>,
    pub(super) failed: bool,
}

impl Traced {
    pub(super) fn set(&mut self, name: &'static str, value: Value) {
        let Some(kept) = &mut self.kept else { return };
        if let Some(known) = kept.attributes.iter_mut().find(|(known, _)| *known == name) {
            known.1 = value;
        } else if kept.attributes.len() < ATTRIBUTES_MAX {
            kept.attributes.push((name, value));
        }
    }

    pub(super) fn rename(&mut self, name: impl FnOnce() -> String) {
        if let Some(kept) = &mut self.kept {
            kept.name = name().into();
        }
    }

    pub(super) fn leave_out(&mut self) {
        self.kept = None;
        self.context.sampled = false;
    }

    pub(super) fn fail(&mut self, kind: &str) {
        self.set("error.type", kind.into());
        if let Some(kept) = &mut self.kept {
            kept.failed = true;
        }
    }
}
