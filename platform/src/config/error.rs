//! What is wrong with the settings, all of it at once.

use std::fmt;

/// One variable that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The name of the variable.
    pub name: String,
    /// What it should be, completing "should be …".
    pub should: String,
    /// What it is; `None` when it is missing or secret.
    pub got: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: should be {}", self.name, self.should)?;
        match &self.got {
            Some(got) => write!(f, ", got {got:?}"),
            None => Ok(()),
        }
    }
}

/// Every variable that cannot be used, in the order they were read. Shown one a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
