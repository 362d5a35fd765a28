//! What a document consists of, counted.

use super::source::Source;
use crate::error::Result;
use document::part::Kind;
use entities::file;
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;

/// How many of each there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pages.
    pub pages: i64,
    /// Shapes of pages by their type, without the roots of pages.
    pub shapes: BTreeMap<String, i64>,
    /// Components of the library, deleted ones included.
    pub components: i64,
    /// Those of them that are deleted.
    pub deleted_components: i64,
    /// Colours of the library.
    pub colors: i64,
    /// Typographies of the library.
    pub typographies: i64,
}

/// Counts.
///
/// # Errors
/// [`crate::Error::NotFound`] when the document is gone; those of the database.
pub async fn count(app: &App, tx: &Tx, file: &file::Model) -> Result<Counts> {
    let mut counts = Counts::default();
    match Source::of(app, tx, file).await? {
        Source::Rows { root, .. } => {
            for row in tx.query_all_raw(sql(OF_FILE, [root.into()])).await? {
                let (kind, all, deleted): (i16, i64, i64) =
                    (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
                counts.add(Kind::of_code(kind), all, deleted);
            }
            for row in tx.query_all_raw(sql(OF_PAGES, [root.into()])).await? {
                counts.shapes.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            }
        }
        Source::Packed(parts) => {
            for part in parts.values() {
                let raw = part.raw.as_deref().unwrap_or_default();
                let is_deleted = raw.windows(DELETED.len()).any(|bytes| bytes == DELETED.as_bytes());
                counts.add(Some(part.key.kind), 1, i64::from(is_deleted));
                let is_of_page = matches!(part.key.container, document::part::Container::Page(_));
                if is_of_page && !part.key.is_root() {
                    let kind = part.columns.shape_type.clone().unwrap_or_default();
                    *counts.shapes.entry(kind).or_default() += 1;
                }
            }
        }
    }
    Ok(counts)
}

impl Counts {
    fn add(&mut self, kind: Option<Kind>, all: i64, deleted: i64) {
        match kind {
            Some(Kind::Page) => self.pages += all,
            Some(Kind::Component) => {
                self.components += all;
                self.deleted_components += deleted;
            }
            Some(Kind::Color) => self.colors += all,
            Some(Kind::Typography) => self.typographies += all,
            _ => {}
        }
    }
}

/// How a deleted component says so. Nothing else can say it in these bytes: in text, quotes are escaped.
const DELETED: &str = "\"~:deleted\",true";

const OF_FILE: &str = "
    SELECT kind, count(*), count(*) FILTER (WHERE kind = 3 AND position('\"~:deleted\",true'::bytea IN raw) > 0)
      FROM file_part WHERE container_id = $1 GROUP BY kind";

const OF_PAGES: &str = "
    SELECT coalesce(s.shape_type, ''), count(*)
      FROM file_part p JOIN file_part s ON s.container_id = p.inner_container_id AND s.kind = 2
     WHERE p.container_id = $1 AND p.kind = 1 AND s.id <> '00000000-0000-0000-0000-000000000000'
     GROUP BY 1";
