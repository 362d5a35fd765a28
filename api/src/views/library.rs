//! Libraries, as clients see them.

use crate::{
    rpc::format::Format,
    wire::{Instant, Opaque, Set},
};
use domain::file::library::{listed, summary};
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// A library of a file.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Library {
    /// Key.
    pub id: Uuid,
    /// The project it lies in.
    pub project_id: Uuid,
    /// The team that owns the project.
    pub team_id: Uuid,
    /// Document features that are on.
    pub features: Set<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub modified_at: Instant,
    /// Always null: what is deleted is no library.
    pub deleted_at: Option<Instant>,
    /// Name shown to members.
    pub name: String,
    /// Revision: one more with every change.
    pub revn: i64,
    /// Version mark: another one after a snapshot was restored.
    pub vern: i64,
    /// Version of the document model.
    pub version: i64,
    /// Whether it is published as a library.
    pub is_shared: bool,
    /// Its changes before this moment are in the file; null when none were fetched.
    pub synced_at: Option<Instant>,
    /// Whether it is a library of a library only.
    pub is_indirect: bool,
}

impl From<listed::Library> for Library {
    fn from(row: listed::Library) -> Library {
        Library {
            id: row.id.into(),
            project_id: row.project_id.into(),
            team_id: row.team_id.into(),
            features: row.features.into_iter().collect(),
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            deleted_at: None,
            name: row.name,
            revn: row.revn,
            vern: row.vern.into(),
            version: row.version.into(),
            is_shared: row.is_shared,
            synced_at: row.synced_at.map(Instant::from),
            is_indirect: row.is_indirect,
        }
    }
}

/// What is in a library, at a glance.
#[derive(Debug, Object)]
pub struct LibrarySummary {
    /// Components, one for each group of variants; of each of the sample `objects` holds its shapes.
    pub components: Sampled,
    /// Groups of variants.
    pub variants: Counted,
    /// Colours.
    pub colors: Sampled,
    /// Typographies.
    pub typographies: Sampled,
}

/// How many there are.
#[derive(Debug, Object)]
pub struct Counted {
    /// Their number.
    pub count: i64,
}

/// How many there are, and some of them.
#[derive(Debug, Object)]
pub struct Sampled {
    /// Their number.
    pub count: i64,
    /// The first by name: 4 components, 3 of what else there is.
    pub sample: Vec<Opaque>,
}

impl LibrarySummary {
    /// A summary for a caller who reads this format.
    pub fn new(summary: summary::Summary, format: Format) -> LibrarySummary {
        let sampled = |of: summary::Sampled| Sampled {
            count: of.count,
            sample: of.sample.into_iter().map(|value| Opaque::from(shown(value, format))).collect(),
        };
        LibrarySummary {
            components: sampled(summary.components),
            variants: Counted { count: summary.variants },
            colors: sampled(summary.colors),
            typographies: sampled(summary.typographies),
        }
    }
}

/// JSON shows parts of documents as `get-file` does.
fn shown(value: Value, format: Format) -> Value {
    match format {
        Format::Json => domain::file::parts::read::readable(value),
        Format::Transit | Format::TransitVerbose => value,
    }
}
