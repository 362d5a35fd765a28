//! The mains of the components whose copies are on a page, of the file and of its libraries.

use super::super::parts::outline::{self, Holder};
use crate::error::Result;
use document::part::Container;
use document::validate::{Mains, Outline, Registry, wanted};
use entities::ids::FileId;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Most libraries of one file that are looked into.
const LIBRARIES_MAX: i64 = 1000;

/// A document whose components are known.
pub(super) struct Source<'s> {
    pub(super) root: i64,
    pub(super) registry: &'s Registry,
    /// In the order of their ids.
    pub(super) holders: &'s [Holder],
}

/// The libraries that a file uses, and those that they use: the roots of their documents. Those that are deleted are
/// left out, and those that are no rows yet.
pub(super) async fn libraries(tx: &Tx, file: FileId) -> Result<BTreeMap<Uuid, i64>> {
    let rows = tx.query_all_raw(sql(LIBRARIES, [file.0.into(), LIBRARIES_MAX.into()])).await?;
    let library = |row: &sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(library).collect()
}

/// What has to be known to check a page of a file.
pub(super) async fn mains(
    tx: &Tx,
    own: &Source<'_>,
    libraries: &BTreeMap<Uuid, i64>,
    page: Uuid,
    shapes: &Outline,
) -> Result<Mains> {
    let mut asked: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for (file, component) in wanted(own.registry, page, shapes) {
        asked.entry(file).or_default().push(component);
    }
    let mut mains = Mains::new();
    for (file, components) in asked {
        if file == own.registry.file() {
            put(tx, &mut mains, own, &components).await?;
        } else if let Some(root) = libraries.get(&file).copied() {
            let looked = outline::components(tx, root, file, Some(components.clone())).await?;
            if !looked.unreadable.is_empty() {
                // What cannot be read is there all the same: nothing is said about its copies.
                continue;
            }
            let (registry, holders) = &looked.seen;
            mains.library(file);
            put(tx, &mut mains, &Source { root, registry, holders }, &components).await?;
        }
    }
    Ok(mains)
}

/// Puts the mains of these components in, as far as they are there.
async fn put(tx: &Tx, mains: &mut Mains, of: &Source<'_>, components: &[Uuid]) -> Result<()> {
    let (file, mut on_pages) = (of.registry.file(), BTreeMap::new());
    for id in components {
        let Some(home) = of.registry.home(*id) else { continue };
        let main = home.main.unwrap_or_default();
        let place = of.holders.binary_search_by_key(id, |holder| holder.id).ok();
        let inner = place.and_then(|at| of.holders.get(at)?.inner);
        match (home.page, inner.filter(|_| home.is_deleted)) {
            (Some(page), _) => drop(on_pages.insert(*id, (page, main))),
            (None, Some(inner)) => {
                let kept = outline::shapes(tx, inner, Container::Component(*id)).await?;
                mains.put(file, *id, main, kept.seen);
            }
            (None, None) => mains.put(file, *id, main, Outline::new()),
        }
    }
    let mut places: Vec<(Uuid, Uuid)> = on_pages.values().copied().collect();
    places.sort_unstable();
    places.dedup();
    let found = outline::below(tx, of.root, &places).await?;
    for (id, place) in on_pages {
        mains.put(file, id, place.1, found.get(&place).cloned().unwrap_or_default());
    }
    Ok(())
}

const LIBRARIES: &str = "
    WITH RECURSIVE used (id) AS (
      SELECT library_file_id FROM file_library_link WHERE file_id = $1
       UNION
      SELECT l.library_file_id FROM used u JOIN file_library_link l ON l.file_id = u.id)
    SELECT f.id, f.root_container_id FROM used u JOIN file f ON f.id = u.id
     WHERE f.deleted_at IS NULL AND f.root_container_id IS NOT NULL
     ORDER BY f.id LIMIT $2";
