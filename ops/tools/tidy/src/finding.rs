//! One thing to put right.

use std::fmt;

/// Where, and what is wrong there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    line: Option<usize>,
    what: String,
}

impl Finding {
    /// About a whole file.
    pub(crate) fn file(path: &str, what: impl Into<String>) -> Finding {
        Finding { path: path.to_owned(), line: None, what: what.into() }
    }

    /// About one line, counted from 1.
    pub(crate) fn line(path: &str, line: usize, what: impl Into<String>) -> Finding {
        Finding { path: path.to_owned(), line: Some(line), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.what),
            None => write!(f, "{}: {}", self.path, self.what),
        }
    }
}
