//! Reading a document to look whether its parts belong together: row by row, of which only outlines stay.

use super::row::{self, Stored};
use crate::error::{Error, Result};
use document::part::{Container, Kind, PartKey};
use document::validate::{Outline, Registry};
use futures_util::TryStreamExt;
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, StreamTrait};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Most shapes of one page, or of the mains that one page needs, that are compared: some 300 bytes each.
const SHAPES_MAX: usize = 2_000_000;

/// A page or a component, and the container of what it holds; none when it holds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its id.
    pub id: Uuid,
    /// The number of the container.
    pub inner: Option<i64>,
}

/// What was read, without what cannot be read.
#[derive(Clone, Debug)]
pub struct Looked<T> {
    /// What could be read.
    pub seen: T,
    /// Parts whose bytes are no transit.
    pub unreadable: Vec<PartKey>,
}

/// The pages of a document, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub async fn pages(tx: &Tx, root: i64) -> Result<Vec<Holder>> {
    let rows = tx.query_all_raw(sql(HOLDERS, [root.into(), Kind::Page.code().into()])).await?;
    let holder = |row: &sea_orm::QueryResult| {
        Ok(Holder { id: row.try_get_by_index(0)?, inner: row.try_get_by_index(1)? })
    };
    rows.iter().map(holder).collect()
}

/// The components of a document, by their ids: all of them, or those that are asked for. The file is `file`.
///
/// # Errors
/// Those of the database.
pub async fn components(
    tx: &Tx,
    root: i64,
    file: Uuid,
    asked: Option<Vec<Uuid>>,
) -> Result<Looked<(Registry, Vec<Holder>)>> {
    let (mut registry, mut holders, mut unreadable) = (Registry::new(file), Vec::new(), Vec::new());
    let mut rows = tx.stream_raw(sql(COMPONENTS, [root.into(), asked.into()])).await?;
    while let Some(row) = rows.try_next().await? {
        let Stored { part, inner } = row::read(&row, Container::File)?;
        match registry.push(&part) {
            Ok(()) => holders.push(Holder { id: part.key.id, inner }),
            Err(_) => unreadable.push(part.key),
        }
    }
    Ok(Looked { seen: (registry, holders), unreadable })
}

/// The shapes of a page, or those that are kept of a component.
///
/// # Errors
/// `document-limit-reached` when there are more than two million; those of the database.
pub async fn shapes(tx: &Tx, number: i64, container: Container) -> Result<Looked<Outline>> {
    let (mut seen, mut unreadable) = (Outline::new(), Vec::new());
    let mut rows = tx.stream_raw(sql(SHAPES, [number.into()])).await?;
    while let Some(row) = rows.try_next().await? {
        enough(seen.len())?;
        let Stored { part, .. } = row::read(&row, container)?;
        if seen.push(&part).is_err() {
            unreadable.push(part.key);
        }
    }
    Ok(Looked { seen, unreadable })
}

/// Shapes with all below them, each on its page. What is not there, or cannot be read, is left out.
///
/// # Errors
/// `document-limit-reached` when there are more than two million; those of the database.
pub async fn below(tx: &Tx, root: i64, asked: &[(Uuid, Uuid)]) -> Result<BTreeMap<(Uuid, Uuid), Outline>> {
    let mut found: BTreeMap<(Uuid, Uuid), Outline> = BTreeMap::new();
    if asked.is_empty() {
        return Ok(found);
    }
    let (pages, shapes): (Vec<Uuid>, Vec<Uuid>) = asked.iter().copied().unzip();
    let mut rows = tx.stream_raw(sql(BELOW, [root.into(), pages.into(), shapes.into()])).await?;
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        enough(count)?;
        count += 1;
        let (page, shape): (Uuid, Uuid) = (row.try_get_by_index(14)?, row.try_get_by_index(15)?);
        let Stored { part, .. } = row::read(&row, Container::Page(page))?;
        // What is told of a shape that is not there is told of one that cannot be read.
        let _ = found.entry((page, shape)).or_default().push(&part);
    }
    Ok(found)
}

/// Whether a shape is on a page.
///
/// # Errors
/// Those of the database.
pub async fn is_there(tx: &Tx, root: i64, page: Uuid, shape: Uuid) -> Result<bool> {
    Ok(tx.query_one_raw(sql(IS_THERE, [root.into(), page.into(), shape.into()])).await?.is_some())
}

fn enough(count: usize) -> Result<()> {
    if count < SHAPES_MAX {
        return Ok(());
    }
    let hint = format!("more than {SHAPES_MAX} shapes would have to be compared at once");
    Err(Error::restriction("document-limit-reached").hint(hint))
}

const HOLDERS: &str = "
    SELECT id, inner_container_id FROM file_part WHERE container_id = $1 AND kind = $2 ORDER BY id";

const COMPONENTS: &str = "
    SELECT kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
           main_instance, shape_type, children, NULL::uuid[], raw
      FROM file_part WHERE container_id = $1 AND kind = 3 AND ($2::uuid[] IS NULL OR id = ANY($2)) ORDER BY id";

const SHAPES: &str = "
    SELECT kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
           main_instance, shape_type, children, NULL::uuid[], raw
      FROM file_part WHERE container_id = $1 AND kind = 2 ORDER BY id";

/// Cycles end, because no row comes twice.
const BELOW: &str = "
    WITH RECURSIVE reached (page, shape, number, id) AS (
           SELECT a.page, a.shape, p.inner_container_id, a.shape
             FROM ROWS FROM (unnest($2::uuid[]), unnest($3::uuid[])) AS a (page, shape)
             JOIN file_part p ON p.container_id = $1 AND p.kind = 1 AND p.id = a.page
            WHERE p.inner_container_id IS NOT NULL
            UNION
           SELECT r.page, r.shape, r.number, unnest(p.children)
             FROM reached r
             JOIN file_part p ON p.container_id = r.number AND p.kind = 2 AND p.id = r.id)
    SELECT p.kind, p.id, p.inner_container_id, p.parent, p.frame, p.component, p.component_file, p.shape_ref,
           p.component_root, p.main_instance, p.shape_type, p.children, NULL::uuid[], p.raw, r.page, r.shape
      FROM reached r JOIN file_part p ON p.container_id = r.number AND p.kind = 2 AND p.id = r.id";

const IS_THERE: &str = "
    SELECT 1 AS one FROM file_part page
      JOIN file_part s ON s.container_id = page.inner_container_id AND s.kind = 2 AND s.id = $3
     WHERE page.container_id = $1 AND page.kind = 1 AND page.id = $2";
