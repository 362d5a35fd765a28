//! Which pages there are.

use crate::error::Result;
use entities::ids::FileId;
use platform::db::sql;
use sea_orm::ConnectionTrait;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The pages of some documents.
#[derive(Clone, Debug, Default)]
pub struct Pages(HashMap<Uuid, HashSet<Uuid>>);

impl Pages {
    /// Those of these files.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of(conn: &impl ConnectionTrait, files: impl IntoIterator<Item = FileId>) -> Result<Pages> {
        let files: HashSet<Uuid> = files.into_iter().map(Uuid::from).collect();
        let mut pages = Pages::default();
        if files.is_empty() {
            return Ok(pages);
        }
        let files: Vec<Uuid> = files.into_iter().collect();
        for row in conn.query_all_raw(sql(PAGES, [files.into()])).await? {
            let (file, page): (Uuid, Uuid) = (row.try_get("", "file_id")?, row.try_get("", "page_id")?);
            pages.0.entry(file).or_default().insert(page);
        }
        Ok(pages)
    }

    /// Whether a file has no such page. Of a document that is not rows that is not known, and no.
    pub fn lack(&self, file: FileId, page: Uuid) -> bool {
        self.0.get(&file.0).is_some_and(|pages| !pages.contains(&page))
    }
}

const PAGES: &str = "
    SELECT f.id AS file_id, p.id AS page_id
      FROM file f JOIN file_part p ON p.container_id = f.root_container_id AND p.kind = 1
     WHERE f.id = ANY($1)";
