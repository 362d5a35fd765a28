//! Links that open pages of files, as clients see them.

use crate::wire::{Instant, Set};
use entities::share_link::{Audience as Word, Model};
use poem_openapi::{Enum, Object};
use uuid::Uuid;

/// Whom a link lets do more than look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "kebab-case")]
pub enum Audience {
    /// The members of the team, as without it.
    Team,
    /// Whoever is signed in.
    All,
}

impl From<Audience> for Word {
    fn from(audience: Audience) -> Word {
        match audience {
            Audience::Team => Word::Team,
            Audience::All => Word::All,
        }
    }
}

/// A link that opens pages of a file to whoever knows its key.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ShareLink {
    /// Key: all that it takes.
    pub id: Uuid,
    /// The file.
    pub file_id: Uuid,
    /// Who made it; null when they are gone.
    pub owner_id: Option<Uuid>,
    /// When it was made.
    pub created_at: Instant,
    /// The pages that it opens.
    pub pages: Set<Uuid>,
    /// Who may say something on them: `team`, or `all` who are signed in.
    pub who_comment: String,
    /// Who may look at how they are made, likewise.
    pub who_inspect: String,
}

impl From<Model> for ShareLink {
    fn from(row: Model) -> ShareLink {
        ShareLink {
            id: row.id.into(),
            file_id: row.file_id.into(),
            owner_id: row.owner_id.map(Uuid::from),
            created_at: row.created_at.into(),
            pages: row.pages.into_iter().collect(),
            who_comment: row.who_comment.as_str().to_owned(),
            who_inspect: row.who_inspect.as_str().to_owned(),
        }
    }
}
