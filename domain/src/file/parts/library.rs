//! What the library of a document consists of: its components, colours and typographies, and what components show.

use super::row;
use super::source::Source;
use crate::error::{Error, Result};
use document::part::{Container, Kind, OpenPart, Part};
use entities::file;
use futures_util::TryStreamExt;
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::StreamTrait;
use std::collections::HashMap;
use uuid::Uuid;

/// The library of one document, as a transaction sees it, which should see one moment only.
pub struct Assets<'t>(Source<'t>);

impl<'t> Assets<'t> {
    /// That of a file.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the document is gone; [`Error::Platform`] when it cannot be read; those of the
    /// database.
    pub async fn of(app: &App, tx: &'t Tx, file: &file::Model) -> Result<Assets<'t>> {
        Ok(Assets(Source::of(app, tx, file).await?))
    }

    /// Shows every component, then every colour, then every typography; those of a kind by id.
    ///
    /// # Errors
    /// [`Error::Platform`] when one cannot be read; those of the database.
    pub async fn each(&self, see: &mut (impl FnMut(&OpenPart) + Send)) -> Result<()> {
        let mut walk = self.0.all();
        while let Some(batch) = walk.next().await? {
            for stored in &batch {
                if matches!(stored.part.key.kind, Kind::Component | Kind::Color | Kind::Typography) {
                    see(&open(&stored.part)?);
                }
            }
        }
        Ok(())
    }

    /// A shape of a page with everything below it, by id; none when there is no such shape, or when all that is more
    /// than `limit` shapes, at most 1000.
    ///
    /// # Errors
    /// [`Error::Platform`] when one cannot be read; those of the database.
    pub async fn shapes(&self, page: Uuid, shape: Uuid, limit: usize) -> Result<Vec<OpenPart>> {
        let Some(page) = self.0.find(Kind::Page, page).await? else { return Ok(vec![]) };
        let Some(inside) = self.0.inside(&page) else { return Ok(vec![]) };
        let ids: Vec<Uuid> = self.0.below(inside, &[shape]).await?.into_iter().collect();
        if ids.len() > limit {
            return Ok(vec![]);
        }
        let mut shapes = self.0.some(inside, &ids).await?;
        shapes.sort_by_key(|shape| shape.key.id);
        shapes.iter().map(open).collect()
    }
}

/// Shows the components, colours and typographies of many documents, which have these roots, in the order of
/// [`Assets::each`]: with the root of each.
///
/// # Errors
/// [`Error::Platform`] when one cannot be read; those of the database.
pub async fn each_of(tx: &Tx, roots: &[i64], see: &mut (impl FnMut(i64, &OpenPart) + Send)) -> Result<()> {
    let mut rows = tx.stream_raw(sql(EACH_OF, [roots.to_vec().into()])).await?;
    while let Some(found) = rows.try_next().await? {
        let part = row::read(&found, Container::File)?.part;
        see(found.try_get_by_index(14)?, &open(&part)?);
    }
    Ok(())
}

/// A shape of a page of one of many documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Main {
    /// The root of the document.
    pub root: i64,
    /// The page.
    pub page: Uuid,
    /// The shape.
    pub shape: Uuid,
}

/// How many shapes of many documents are shown.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Of one, with everything below it: else none.
    pub each: usize,
    /// Of all together: those that come later get none.
    pub all: usize,
    /// Likewise, bytes.
    pub bytes: usize,
}

/// Shapes with everything below them, by id; as [`Assets::shapes`], of many documents in one statement.
///
/// # Errors
/// [`Error::Platform`] when one cannot be read; those of the database.
pub async fn shapes_of(tx: &Tx, mains: &[Main], room: Room) -> Result<HashMap<Main, Vec<OpenPart>>> {
    let roots: Vec<i64> = mains.iter().map(|main| main.root).collect();
    let (pages, shapes): (Vec<Uuid>, Vec<Uuid>) = mains.iter().map(|main| (main.page, main.shape)).unzip();
    let each = i64::try_from(room.each).unwrap_or(i64::MAX);
    let mut rows =
        tx.stream_raw(sql(SHAPES_OF, [roots.into(), pages.into(), shapes.into(), each.into()])).await?;
    let mut found: HashMap<Main, Vec<OpenPart>> = HashMap::new();
    let (mut count, mut bytes) = (0, 0);
    while let Some(row) = rows.try_next().await? {
        let number: i64 = row.try_get_by_index(14)?;
        let main = usize::try_from(number - 1).ok().and_then(|at| mains.get(at));
        let main = *main.ok_or_else(|| Error::platform("a shape of nothing"))?;
        let part = row::read(&row, Container::Page(main.page))?.part;
        count += 1;
        bytes += part.raw.as_ref().map_or(0, Vec::len);
        if count > room.all || bytes > room.bytes {
            // It may not be whole.
            found.remove(&main);
            break;
        }
        found.entry(main).or_default().push(open(&part)?);
    }
    Ok(found)
}

fn open(part: &Part) -> Result<OpenPart> {
    let open = OpenPart::read(part).map_err(Error::platform)?;
    open.ok_or_else(|| Error::platform(format!("a part without bytes: {:?}", part.key)))
}

/// The columns of a part, then the root.
const EACH_OF: &str = "
    SELECT p.kind, p.id, p.inner_container_id, p.parent, p.frame, p.component, p.component_file, p.shape_ref,
           p.component_root, p.main_instance, p.shape_type, p.children, p.media, p.raw, root.id
      FROM unnest($1::bigint[]) AS root (id)
      JOIN file_part p ON p.container_id = root.id AND p.kind IN (3, 4, 5)
     ORDER BY root.id, p.kind, p.id";

/// The columns of a shape, then which main it is of, from 1. Cycles end, because no shape comes twice.
const SHAPES_OF: &str = "
    WITH RECURSIVE asked AS (
           SELECT a.number, a.shape, page.inner_container_id AS inside
             FROM ROWS FROM (unnest($1::bigint[]), unnest($2::uuid[]), unnest($3::uuid[])) WITH ORDINALITY
                  AS a (root, page, shape, number)
             JOIN file_part page ON page.container_id = a.root AND page.kind = 1 AND page.id = a.page
            WHERE page.inner_container_id IS NOT NULL),
         below (number, inside, id) AS (
           SELECT number, inside, shape FROM asked
            UNION
           SELECT b.number, b.inside, child.id
             FROM below b
             JOIN file_part held ON held.container_id = b.inside AND held.kind = 2 AND held.id = b.id
            CROSS JOIN LATERAL unnest(held.children) AS child (id)),
         fitting AS (SELECT number FROM below GROUP BY number HAVING count(*) <= $4)
    SELECT p.kind, p.id, p.inner_container_id, p.parent, p.frame, p.component, p.component_file, p.shape_ref,
           p.component_root, p.main_instance, p.shape_type, p.children, p.media, p.raw, b.number
      FROM below b
      JOIN fitting USING (number)
      JOIN file_part p ON p.container_id = b.inside AND p.kind = 2 AND p.id = b.id
     ORDER BY b.number, p.id";
