//! What the library of a document consists of: its components, colours and typographies, and what components show.

use super::row;
use super::unpack;
use super::walk::Walk;
use crate::error::{Error, Result};
use document::part::{Container, Kind, OpenPart, Part, PartKey};
use entities::file;
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A document that is looked at in a transaction, which should see one moment only.
#[derive(Debug)]
pub enum Source {
    /// Rows below this container.
    Rows(i64),
    /// One that is no rows yet.
    Whole(BTreeMap<PartKey, OpenPart>),
}

impl Source {
    /// The document of a file.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is gone; [`Error::Platform`] when it cannot be read; those of the database.
    pub async fn open(app: &App, tx: &Tx, file: &file::Model) -> Result<Source> {
        if let Some(root) = file.root_container_id {
            return Ok(Source::Rows(root));
        }
        let parts = unpack::packed(app, tx, file.id).await?.ok_or(Error::NotFound)?;
        Ok(Source::Whole(parts.into_iter().map(|part| (part.key(), part)).collect()))
    }

    /// Shows every component, then every colour, then every typography; those of a kind by id.
    ///
    /// # Errors
    /// [`Error::Platform`] when one cannot be read; those of the database.
    pub async fn each(&self, tx: &Tx, see: &mut (impl FnMut(&OpenPart) + Send)) -> Result<()> {
        let root = match self {
            Source::Rows(root) => *root,
            Source::Whole(parts) => {
                let own = parts.values().filter(|part| is_of_library(part.key().kind));
                own.for_each(see);
                return Ok(());
            }
        };
        let before = (Kind::Component.code() - 1, Uuid::max());
        let mut walk = Walk::after(root, Container::File, before);
        while let Some(batch) = walk.next(tx).await? {
            for stored in &batch {
                if !is_of_library(stored.part.key.kind) {
                    return Ok(());
                }
                see(&open(&stored.part)?);
            }
        }
        Ok(())
    }

    /// A shape of a page with everything below it, in order of id; none when there is no such shape, or when all that
    /// is more than `limit` shapes.
    ///
    /// # Errors
    /// [`Error::Platform`] when one cannot be read; those of the database.
    pub async fn shapes(&self, tx: &Tx, page: Uuid, shape: Uuid, limit: usize) -> Result<Vec<OpenPart>> {
        let root = match self {
            Source::Rows(root) => *root,
            Source::Whole(parts) => return Ok(below(parts, page, shape, limit)),
        };
        let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let values = [root.into(), page.into(), shape.into(), most.into()];
        let rows = tx.query_all_raw(sql(BELOW, values)).await?;
        if rows.len() > limit {
            return Ok(vec![]);
        }
        rows.iter().map(|row| open(&row::read(row, Container::Page(page))?.part)).collect()
    }
}

fn is_of_library(kind: Kind) -> bool {
    matches!(kind, Kind::Component | Kind::Color | Kind::Typography)
}

fn open(part: &Part) -> Result<OpenPart> {
    let open = OpenPart::read(part).map_err(Error::platform)?;
    open.ok_or_else(|| Error::platform(format!("a part without bytes: {:?}", part.key)))
}

fn below(parts: &BTreeMap<PartKey, OpenPart>, page: Uuid, shape: Uuid, limit: usize) -> Vec<OpenPart> {
    let (mut found, mut open) = (BTreeSet::new(), vec![shape]);
    while let Some(id) = open.pop() {
        let key = PartKey::shape(Container::Page(page), id);
        let Some(part) = parts.get(&key).filter(|_| found.insert(key)) else { continue };
        if found.len() > limit {
            return vec![];
        }
        open.extend(part.columns.children());
    }
    found.iter().filter_map(|key| parts.get(key).cloned()).collect()
}

/// Circles end, because no id comes twice.
const BELOW: &str = "
    WITH RECURSIVE page AS (
           SELECT inner_container_id AS number FROM file_part WHERE container_id = $1 AND kind = 1 AND id = $2),
         reached (id) AS (
           SELECT $3::uuid
            UNION
           SELECT unnest(p.children)
             FROM reached r CROSS JOIN page
             JOIN file_part p ON p.container_id = page.number AND p.kind = 2 AND p.id = r.id)
    SELECT p.kind, p.id, p.inner_container_id, p.parent, p.frame, p.component, p.component_file, p.shape_ref,
           p.component_root, p.main_instance, p.shape_type, p.children, NULL::uuid[], p.raw
      FROM reached r CROSS JOIN page
      JOIN file_part p ON p.container_id = page.number AND p.kind = 2 AND p.id = r.id
     ORDER BY p.id LIMIT $4";
