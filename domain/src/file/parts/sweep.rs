//! Sweeping what no file holds any more: parts of purged files, and of pages that were deleted or replaced.

use crate::error::Result;
use platform::app::App;
use platform::db::sql;
use sea_orm::ConnectionTrait;
use std::fmt::{Display, Formatter};

/// Most parts of one batch.
const PARTS_MAX: i64 = 5000;
/// Most containers of one batch.
const CONTAINERS_MAX: i64 = 100;

/// What one batch took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Containers that are gone.
    pub containers: u64,
    /// Parts that are gone.
    pub parts: u64,
}

impl Swept {
    /// Both of two batches.
    #[must_use]
    pub fn plus(self, other: Swept) -> Swept {
        Swept { containers: self.containers + other.containers, parts: self.parts + other.parts }
    }

    /// All of it: none means that nothing is left, or that somebody else is at it.
    pub fn total(&self) -> u64 {
        self.containers + self.parts
    }
}

/// As `swept: 3 parts of documents`.
impl Display for Swept {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self.parts {
            1 => f.write_str("swept: 1 part of a document"),
            many => write!(f, "swept: {many} parts of documents"),
        }
    }
}

/// Removes some containers that belong to no file, after what is in them; at most 5000 parts. Call it again until
/// nothing is left.
///
/// # Errors
/// Those of the database.
pub async fn sweep_batch(app: &App) -> Result<Swept> {
    let tx = platform::db::begin(&app.db).await?;
    let rows = tx.query_all_raw(sql(DEAD, [CONTAINERS_MAX.into()])).await?;
    let dead: Vec<i64> = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
    if dead.is_empty() {
        return Ok(Swept::default());
    }
    let mut swept = Swept::default();
    for parts in [PARTS, ARCHIVED] {
        let values = [dead.clone().into(), PARTS_MAX.into()];
        swept.parts += tx.execute_raw(sql(parts, values)).await?.rows_affected();
    }
    swept.containers = tx.execute_raw(sql(EMPTY, [dead.into()])).await?.rows_affected();
    tx.commit().await?;
    Ok(swept)
}

const DEAD: &str = "
    SELECT id FROM file_container WHERE file_id IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED";

const PARTS: &str = "
    DELETE FROM file_part WHERE (container_id, kind, id) IN (
      SELECT container_id, kind, id FROM file_part WHERE container_id = ANY($1) LIMIT $2)";

const ARCHIVED: &str = "
    DELETE FROM file_part_archive WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM file_part_archive WHERE container_id = ANY($1) LIMIT $2))";

const EMPTY: &str = "
    DELETE FROM file_container c WHERE c.id = ANY($1)
       AND NOT EXISTS (SELECT 1 FROM file_part p WHERE p.container_id = c.id)
       AND NOT EXISTS (SELECT 1 FROM file_part_archive p WHERE p.container_id = c.id)";
