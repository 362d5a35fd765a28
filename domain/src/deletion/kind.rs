//! What can be deleted as a whole.

use serde::{Deserialize, Serialize};

/// What can be deleted with everything inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A file with its document and its media.
    File,
    /// A project with its files.
    Project,
    /// A team with its projects.
    Team,
    /// A person with the teams that they own.
    Profile,
}

impl Kind {
    /// In messages to people.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Project => "project",
            Self::Team => "team",
            Self::Profile => "account",
        }
    }
}
