//! Where a document is read from: its rows, or what the release before wrote whole.

use super::containers::held_by;
use super::row::{self, Stored};
use super::unpack;
use crate::error::{Error, Result};
use document::part::{Container, Kind, Part, PartKey};
use entities::file;
use futures_util::TryStreamExt;
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, StreamTrait};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Most rows that are read at once, and most ids that are asked for at once.
pub(super) const ROWS_MAX: usize = 1000;
/// After so many bytes no more rows are read at once.
const BYTES_MAX: usize = 1 << 20;
/// Rows that are asked for before it is known how large they are. What is asked for and not read is sent all the same,
/// and thrown away.
const ROWS_FIRST: usize = 100;

/// The document of one file, as a transaction sees it.
pub(super) enum Source<'t> {
    /// As it is, or as it was at a revision that a snapshot shows: then it is only walked through, for what is asked by
    /// its id is looked up in the document as it is.
    Rows {
        tx: &'t Tx,
        root: i64,
        revn: Option<i64>,
    },
    Packed(BTreeMap<PartKey, Part>),
}

/// What a part holds: its shapes, and where they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inside {
    pub(super) container: Container,
    number: i64,
}

impl<'t> Source<'t> {
    /// That of a file.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the document is gone; [`Error::Platform`] when it cannot be read.
    pub(super) async fn of(app: &App, tx: &'t Tx, file: &file::Model) -> Result<Source<'t>> {
        if let Some(root) = file.root_container_id {
            return Ok(Source::Rows { tx, root, revn: None });
        }
        let parts = unpack::packed(app, tx, file.id).await?.ok_or(Error::NotFound)?;
        Ok(Source::Packed(parts.iter().map(|part| (part.key(), part.to_part())).collect()))
    }

    /// That of a file as it was at a revision that a snapshot shows: then it is rows.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not.
    pub(super) fn at(tx: &'t Tx, file: &file::Model, revn: i64) -> Result<Source<'t>> {
        let root = file.root_container_id.ok_or(Error::NotFound)?;
        Ok(Source::Rows { tx, root, revn: Some(revn) })
    }

    /// Everything that lies in the file itself, in the order of a document.
    pub(super) fn all(&self) -> Walk<'_> {
        let number = if let Source::Rows { root, .. } = self { *root } else { 0 };
        self.walk(Inside { container: Container::File, number })
    }

    /// The shapes that a part holds.
    pub(super) fn walk(&self, inside: Inside) -> Walk<'_> {
        Walk { source: self, inside, after: Some((-1, Uuid::nil())), limit: ROWS_FIRST }
    }

    /// What a part holds, if it holds shapes.
    pub(super) fn inside(&self, stored: &Stored) -> Option<Inside> {
        let key = stored.part.key;
        let container = held_by(key.kind.code(), key.id)?;
        let number = match self {
            Source::Rows { .. } => stored.inner?,
            Source::Packed(_) => 0,
        };
        Some(Inside { container, number })
    }

    /// A part that lies in the file itself.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn find(&self, kind: Kind, id: Uuid) -> Result<Option<Stored>> {
        let key = PartKey::of_file(kind, id);
        match self {
            Source::Packed(parts) => Ok(parts.get(&key).map(whole)),
            Source::Rows { tx, root, .. } => {
                let values = [(*root).into(), kind.code().into(), vec![id].into()];
                let found = tx.query_one_raw(sql(SOME, values)).await?;
                found.map(|row| row::read(&row, Container::File)).transpose()
            }
        }
    }

    /// The id of the first page; none when there is no page.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the document is gone; those of the database.
    pub(super) async fn first_page(&self) -> Result<Option<Uuid>> {
        let file = self.find(Kind::File, Uuid::nil()).await?.ok_or(Error::NotFound)?;
        Ok(file.part.columns.children().first().copied())
    }

    /// These shapes, in no order; at most [`ROWS_MAX`] of them.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn some(&self, inside: Inside, ids: &[Uuid]) -> Result<Vec<Part>> {
        match self {
            Source::Packed(parts) => {
                let one = |id: &Uuid| parts.get(&PartKey::shape(inside.container, *id)).cloned();
                Ok(ids.iter().filter_map(one).collect())
            }
            Source::Rows { tx, .. } => {
                let values = [inside.number.into(), Kind::Shape.code().into(), ids.to_vec().into()];
                let rows = tx.query_all_raw(sql(SOME, values)).await?;
                rows.iter().map(|row| Ok(row::read(row, inside.container)?.part)).collect()
            }
        }
    }

    /// These shapes and all below them, by their ids.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn below(&self, inside: Inside, ids: &[Uuid]) -> Result<BTreeSet<Uuid>> {
        match self {
            Source::Rows { tx, .. } => {
                let rows = tx.query_all_raw(sql(BELOW, [inside.number.into(), ids.to_vec().into()])).await?;
                Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
            }
            Source::Packed(parts) => {
                let (mut left, mut found) = (ids.to_vec(), BTreeSet::new());
                while let Some(id) = left.pop() {
                    let Some(part) = parts.get(&PartKey::shape(inside.container, id)) else { continue };
                    if found.insert(id) {
                        left.extend(part.columns.children());
                    }
                }
                Ok(found)
            }
        }
    }
}

fn whole(part: &Part) -> Stored {
    Stored { part: part.clone(), inner: None }
}

/// Every row of a container in the order of its key, some at a time.
pub(super) struct Walk<'s> {
    source: &'s Source<'s>,
    inside: Inside,
    /// The last row that was read; none when there are no more.
    after: Option<(i16, Uuid)>,
    /// How many rows are asked for next: about as many as will be read.
    limit: usize,
}

impl Walk<'_> {
    /// The next rows; none when that was all.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Stored>>> {
        let Some((kind, id)) = self.after.take() else { return Ok(None) };
        let (tx, revn) = match self.source {
            Source::Rows { tx, revn, .. } => (tx, revn),
            Source::Packed(parts) => {
                let container = self.inside.container;
                let first = PartKey { container, kind: Kind::File, id: Uuid::nil() };
                let inside = parts.range(first..).take_while(|(key, _)| key.container == container);
                return Ok(Some(inside.map(|(_, part)| whole(part)).collect()));
            }
        };
        let limit = i64::try_from(self.limit).unwrap_or(i64::MAX);
        let values = [self.inside.number.into(), kind.into(), id.into(), limit.into()];
        let query = match revn {
            None => sql(ROWS, values),
            Some(revn) => sql(ROWS_AT, values.into_iter().chain([(*revn).into()])),
        };
        let mut rows = tx.stream_raw(query).await?;
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await? {
            let stored = row::read(&row, self.inside.container)?;
            bytes += stored.part.raw.as_ref().map_or(0, Vec::len);
            let key = stored.part.key;
            batch.push(stored);
            if bytes > BYTES_MAX || batch.len() == self.limit {
                self.after = Some((key.kind.code(), key.id));
                break;
            }
        }
        let fit = (batch.len() * BYTES_MAX).checked_div(bytes).unwrap_or(ROWS_MAX);
        self.limit = fit.clamp(1, ROWS_MAX);
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

const SOME: &str = "
    SELECT kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
           main_instance, shape_type, children, NULL::uuid[] AS media, raw
      FROM file_part WHERE container_id = $1 AND kind = $2 AND id = ANY($3)";

/// A shape that holds itself, which nothing makes, ends it.
const BELOW: &str = "
    WITH RECURSIVE below (id) AS (
      SELECT p.id FROM file_part p WHERE p.container_id = $1 AND p.kind = 2 AND p.id = ANY($2)
       UNION
      SELECT p.id FROM below b
        JOIN file_part held ON held.container_id = $1 AND held.kind = 2 AND held.id = b.id
       CROSS JOIN LATERAL unnest(held.children) AS child (id)
        JOIN file_part p ON p.container_id = $1 AND p.kind = 2 AND p.id = child.id)
    SELECT id FROM below";
