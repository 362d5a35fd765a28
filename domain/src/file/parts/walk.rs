//! Walking through the rows of a container.

use super::row::{self, Stored};
use crate::error::Result;
use document::part::Container;
use futures_util::TryStreamExt;
use platform::db::{Tx, sql};
use sea_orm::StreamTrait;
use uuid::Uuid;

/// Most rows that are read at once.
const ROWS_MAX: usize = 1000;
/// After so many bytes no more rows are read at once.
const BYTES_MAX: usize = 1 << 20;

/// Every row of a container in the order of its key, some at a time.
#[derive(Debug)]
pub(super) struct Walk {
    number: i64,
    container: Container,
    /// The revision that is read; none for the newest.
    revn: Option<i64>,
    /// The last row that was read; none when there are no more.
    after: Option<(i16, Uuid)>,
}

impl Walk {
    /// All of them, as they are or were at a revision that a snapshot shows.
    pub(super) fn through(number: i64, container: Container, revn: Option<i64>) -> Walk {
        Walk { number, container, revn, after: Some((-1, Uuid::nil())) }
    }

    /// Only what comes after this kind and id.
    pub(super) fn after(number: i64, container: Container, after: (i16, Uuid)) -> Walk {
        Walk { number, container, revn: None, after: Some(after) }
    }

    /// Ends a walk that has not ended, for one who has all of the container at hand.
    pub(super) fn end(&mut self) -> Option<Container> {
        self.after.take().map(|_| self.container)
    }

    /// The next rows; none when that was all.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn next(&mut self, tx: &Tx) -> Result<Option<Vec<Stored>>> {
        let Some((kind, id)) = self.after.take() else { return Ok(None) };
        let limit = i64::try_from(ROWS_MAX).unwrap_or(i64::MAX);
        let values = [self.number.into(), kind.into(), id.into(), limit.into()];
        let query = match self.revn {
            None => sql(ROWS, values),
            Some(revn) => sql(ROWS_AT, values.into_iter().chain([revn.into()])),
        };
        let mut rows = tx.stream_raw(query).await?;
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await? {
            let stored = row::read(&row, self.container)?;
            bytes += stored.part.raw.as_ref().map_or(0, Vec::len);
            let key = stored.part.key;
            batch.push(stored);
            if bytes > BYTES_MAX || batch.len() == ROWS_MAX {
                self.after = Some((key.kind.code(), key.id));
                break;
            }
        }
        Ok(Some(batch))
    }
}

const ROWS: &str = "
    SELECT kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
           main_instance, shape_type, children, NULL::uuid[] AS media, raw
      FROM file_part WHERE container_id = $1 AND (kind, id) > ($2, $3) ORDER BY kind, id LIMIT $4";

/// Both halves come in the order of their indexes, and are merged as far as the limit.
const ROWS_AT: &str = "
    SELECT kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
           main_instance, shape_type, children, NULL::uuid[] AS media, raw
      FROM (
           SELECT kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
                  main_instance, shape_type, children, raw
             FROM file_part WHERE container_id = $1 AND (kind, id) > ($2, $3) AND since <= $5
            UNION ALL
           SELECT kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
                  main_instance, shape_type, children, raw
             FROM file_part_archive
            WHERE container_id = $1 AND (kind, id) > ($2, $3) AND since <= $5 AND until > $5) p
     ORDER BY kind, id LIMIT $4";
