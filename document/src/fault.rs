//! What is wrong with one field of a change, or of what a change makes.

use std::fmt;

/// Longest part of a client's own name in a path, in characters.
const ECHO_MAX: usize = 60;

/// Which rule was broken: its name on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The change itself is not understood.
    Params,
    /// What it would store is not valid.
    Data,
    /// It would make something larger than this server keeps.
    Limit,
    /// A repair that nobody knows.
    Fix,
}

impl Code {
    /// The code that clients see.
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::Params => "params-validation",
            Code::Data => "data-validation",
            Code::Limit => "document-limit-reached",
            Code::Fix => "fix-not-implemented",
        }
    }
}

/// A field and what it should have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The broken rule.
    pub code: Code,
    /// Where, from the change down: `obj.fills.0.fill-color`. Empty for the whole.
    pub field: String,
    /// What it should be. Never what was sent.
    pub reason: String,
}

impl Fault {
    /// A fault of the change as sent.
    pub(crate) fn params(reason: impl Into<String>) -> Fault {
        Fault { code: Code::Params, field: String::new(), reason: reason.into() }
    }

    /// A fault of what the change makes.
    pub(crate) fn data(reason: impl Into<String>) -> Fault {
        Fault { code: Code::Data, ..Fault::params(reason) }
    }

    /// More than is kept.
    pub(crate) fn limit(reason: impl Into<String>) -> Fault {
        Fault { code: Code::Limit, ..Fault::params(reason) }
    }

    /// The same under another code.
    pub(crate) fn coded(self, code: Code) -> Fault {
        Fault { code, ..self }
    }

    /// The same as a fault of what was sent; a limit stays one.
    pub(crate) fn sent(self) -> Fault {
        if self.code == Code::Limit { self } else { self.coded(Code::Params) }
    }

    /// The same, one step further from the fault.
    pub(crate) fn under(mut self, step: &str) -> Fault {
        let step: String = step.chars().take(ECHO_MAX).collect();
        self.field = if self.field.is_empty() { step } else { format!("{step}.{}", self.field) };
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => f.write_str(&self.reason),
            field => write!(f, "{field} {}", self.reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_where_without_repeating_endless_names() {
        let fault = Fault::params("should be an id").under("id").under("0").under("fills");
        assert_eq!(fault.to_string(), "fills.0.id should be an id");
        assert_eq!(Fault::data("").under(&"é".repeat(100)).field.chars().count(), ECHO_MAX);
    }
}
