//! The maps of a page: guides, flows, grids, positions of comments.

use crate::part::{OpenPart, PartKey};
use crate::stop::{Reach, Step, Wanted};
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

/// The page alone.
pub(super) fn wanted(page: Uuid) -> Vec<Wanted> {
    vec![Wanted::whole(PartKey::page(page), Reach::Itself)]
}

/// Puts an entry into a map of a page, or takes it away. The map goes with its last entry, unless it is to stay.
pub(super) fn set(
    work: &mut Work,
    page: Uuid,
    map: &str,
    key: &Value,
    entry: Option<Value>,
    stays_empty: bool,
) -> Step<()> {
    let Some(page) = work.parts.edit(PartKey::page(page))? else { return Ok(()) };
    let mut entries = map_of(page, map);
    let was_there = page.plain(map).is_some();
    match entry {
        Some(entry) => entries.put_at(key.clone(), entry),
        None => drop(entries.take_at(key)),
    }
    let is_empty = entries.entries().is_empty();
    let goes = is_empty && !(stays_empty && was_there);
    page.set(map, if goes { Value::Nil } else { entries });
    Ok(())
}

fn map_of(page: &OpenPart, map: &str) -> Value {
    match page.plain(map) {
        Some(entries @ Value::Map(_)) => entries.clone(),
        _ => Value::Map(Vec::new()),
    }
}
