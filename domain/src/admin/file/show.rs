//! What is in a file.

use super::lately;
use crate::error::{Error, Result};
use crate::file::parts::measure::{self, Amount};
use chrono::{DateTime, Utc};
use document::part::Kind;
use entities::file;
use entities::ids::{FileId, ProfileId};
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::{EntityTrait, FromQueryResult};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Most people that are listed.
const EDITORS_MAX: i64 = 100;

/// A file, deleted or not. Bytes are those of transit, without what stands in columns.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// Key.
    pub id: FileId,
    /// Name.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub modified_at: DateTime<Utc>,
    /// When it is purged, if it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Published as a library.
    pub is_shared: bool,
    /// Revision.
    pub revn: i64,
    /// Version mark.
    pub vern: i32,
    /// Version of the data model.
    pub version: i32,
    /// Document features in use.
    pub features: Vec<String>,
    /// Whether its document is rows. If not, nothing is told of it.
    pub is_rows: bool,
    /// Its pages, at most 1000, in order.
    pub pages: Vec<PageContents>,
    /// Shapes of all pages, by type, the most frequent first.
    pub shapes: Vec<(String, i64)>,
    /// What lies in the file itself, by kind.
    pub library: Vec<LibraryCount>,
    /// Bytes of the document.
    pub bytes: i64,
    /// Parts that are kept for snapshots.
    pub archived_parts: i64,
    /// Bytes of them.
    pub archived_bytes: i64,
    /// Snapshots of people that are not deleted.
    pub user_snapshots: i64,
    /// Snapshots of the system.
    pub system_snapshots: i64,
    /// The newest revision that a snapshot shows.
    pub pinned_revn: Option<i64>,
    /// Who changed it in the last hour, the last one first, at most 100.
    pub editors: Vec<Editor>,
}

/// What is on a page.
#[derive(Clone, Debug, Serialize)]
pub struct PageContents {
    /// Its id.
    pub id: Uuid,
    /// Its name; none when it has none, or cannot be read.
    pub name: Option<String>,
    /// Shapes by type, the root among them.
    pub shapes: BTreeMap<String, i64>,
    /// How many there are.
    pub count: i64,
    /// Bytes of them.
    pub bytes: i64,
}

/// How many parts of a kind lie in the file itself.
#[derive(Clone, Debug, Serialize)]
pub struct LibraryCount {
    /// `file`, `page`, `component`, `color`, `typography`, `media` or `tokens`; `kept-shape` for shapes that are kept
    /// of deleted components.
    pub kind: &'static str,
    /// How many.
    pub count: i64,
    /// Bytes of them.
    pub bytes: i64,
}

/// Somebody who changed a file of late.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
pub struct Editor {
    /// Their key; zeros for an operator without an account.
    pub profile_id: ProfileId,
    /// Their address, if the account is there.
    pub email: Option<String>,
    /// Batches of changes.
    pub batches: i64,
    /// Sessions that they came from.
    pub sessions: i64,
    /// When the last one came.
    pub last_at: DateTime<Utc>,
}

/// Snapshots of a file.
#[derive(Clone, Copy, Debug, Default, FromQueryResult)]
struct Snapshots {
    people: i64,
    own: i64,
}

/// Tells everything about a file, as it is at one moment.
///
/// # Errors
/// [`Error::NotFound`] when there is no such file.
pub async fn show(app: &App, id: FileId, now: DateTime<Utc>) -> Result<Shown> {
    let tx = platform::db::begin_read(&app.db).await?;
    let row = file::Entity::find_by_id(id).one(&tx).await?.ok_or(Error::NotFound)?;
    let document = Document::of(&tx, row.root_container_id).await?;
    let archived = measure::archived(&tx, id).await?;
    let snapshots = Snapshots::find_by_statement(sql(SNAPSHOTS, [id.0.into(), now.into()])).one(&tx).await?;
    let snapshots = snapshots.unwrap_or_default();
    let values = [id.0.into(), lately(now).into(), EDITORS_MAX.into()];
    let editors = Editor::find_by_statement(sql(EDITORS, values)).all(&tx).await?;
    tx.rollback().await?;
    Ok(Shown {
        id,
        name: row.name,
        created_at: row.created_at,
        modified_at: row.modified_at,
        deleted_at: row.deleted_at,
        is_shared: row.is_shared,
        revn: row.revn,
        vern: row.vern,
        version: row.version,
        features: row.features,
        is_rows: row.root_container_id.is_some(),
        bytes: document.bytes(),
        shapes: document.shapes(),
        pages: document.pages,
        library: document.library,
        archived_parts: archived.count,
        archived_bytes: archived.bytes,
        user_snapshots: snapshots.people,
        system_snapshots: snapshots.own,
        pinned_revn: (row.pinned_revn >= 0).then_some(row.pinned_revn),
        editors,
    })
}

/// What a document is made of.
#[derive(Default)]
struct Document {
    pages: Vec<PageContents>,
    library: Vec<LibraryCount>,
}

impl Document {
    async fn of(tx: &Tx, root: Option<i64>) -> Result<Document> {
        let Some(root) = root else { return Ok(Document::default()) };
        let mut pages: Vec<PageContents> = Vec::new();
        for page in measure::pages(tx, root).await? {
            let (id, name) = (page.id, page.name);
            pages.push(PageContents { id, name, shapes: BTreeMap::new(), count: 0, bytes: 0 });
        }
        for counted in measure::shapes(tx, root).await? {
            let Some(page) = pages.iter_mut().find(|page| page.id == counted.page) else { continue };
            *page.shapes.entry(word(counted.shape_type)).or_default() += counted.count;
            page.count += counted.count;
            page.bytes += counted.bytes;
        }
        let mut library: Vec<LibraryCount> = Vec::new();
        for (kind, Amount { count, bytes }) in measure::kinds(tx, root).await? {
            library.push(LibraryCount { kind: called(kind), count, bytes });
        }
        let Amount { count, bytes } = measure::kept(tx, root).await?;
        if count > 0 {
            library.push(LibraryCount { kind: "kept-shape", count, bytes });
        }
        Ok(Document { pages, library })
    }

    fn bytes(&self) -> i64 {
        let library = self.library.iter().map(|one| one.bytes);
        library.chain(self.pages.iter().map(|page| page.bytes)).sum()
    }

    fn shapes(&self) -> Vec<(String, i64)> {
        let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
        for (name, count) in self.pages.iter().flat_map(|page| &page.shapes) {
            *counts.entry(name).or_default() += count;
        }
        let mut counts: Vec<(String, i64)> =
            counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }
}

fn word(shape_type: Option<String>) -> String {
    shape_type.unwrap_or_else(|| "none".to_owned())
}

fn called(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "file",
        Kind::Page => "page",
        Kind::Component => "component",
        Kind::Color => "color",
        Kind::Typography => "typography",
        Kind::Media => "media",
        Kind::Tokens => "tokens",
        Kind::Shape => "shape",
    }
}

const SNAPSHOTS: &str = "
    SELECT count(*) FILTER (WHERE created_by = 'user' AND deleted_at IS NULL) AS people,
           count(*) FILTER (WHERE created_by = 'system' AND (deleted_at IS NULL OR deleted_at >= $2)) AS own
      FROM file_snapshot WHERE file_id = $1";

const EDITORS: &str = "
    SELECT c.profile_id, p.email, count(*) AS batches, count(DISTINCT c.session_id) AS sessions,
           max(c.created_at) AS last_at
      FROM file_change c LEFT JOIN profile p ON p.id = c.profile_id
     WHERE c.file_id = $1 AND c.created_at >= $2
     GROUP BY c.profile_id, p.email
     ORDER BY last_at DESC, c.profile_id LIMIT $3";
