//! Where mains are put: on a page of their own, in rows below what is there.

use super::asked::Asked;
use super::unit::{Unit, bounds};
use crate::file::ROOT;
use crate::geometry::number::Number;
use crate::part::{Container, OpenPart, PartKey};
use crate::stop::{Reach, Step, Wanted};
use crate::working_set::WorkingSet;
use transit::value::Value;
use uuid::Uuid;

/// What the page is called, as clients call it.
pub(super) const PAGE_NAME: &str = "Main components";
/// Between two mains.
const GAP: f64 = 50.0;

/// A page, and where the first main goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) page: Uuid,
    /// It has to be made.
    pub(super) is_new: bool,
    left: f64,
    top: f64,
}

impl Place {
    /// The page of that name on which none of the shapes is; else a new one of this id.
    pub(super) fn find(own: &mut WorkingSet, units: &[Unit], new: Uuid) -> Step<Place> {
        let pages = own.find(PartKey::FILE)?.map(|file| file.children().to_vec()).unwrap_or_default();
        let (mut asked, mut named) = (Asked::default(), vec![]);
        for page in pages {
            let is_named = |page: &OpenPart| page.plain("name").and_then(Value::as_str) == Some(PAGE_NAME);
            let found = own.open(PartKey::page(page)).map(|page| page.is_some_and(is_named));
            named.extend(asked.take(found)?.filter(|found| *found).map(|_| page));
        }
        asked.end()?;
        for page in named {
            if !Place::has_any(own, page, units)? {
                return Place::below(own, page);
            }
        }
        Ok(Place { page: new, is_new: true, left: 0.0, top: 0.0 })
    }

    fn has_any(own: &WorkingSet, page: Uuid, units: &[Unit]) -> Step<bool> {
        let (mut asked, mut has_any) = (Asked::default(), false);
        for shape in units.iter().flat_map(|unit| &unit.shapes) {
            let found = own.find(PartKey::shape(Container::Page(page), shape.key().id));
            has_any |= asked.take(found.map(|found| found.is_some()))?.unwrap_or(false);
        }
        if has_any { Ok(true) } else { asked.end().map(|()| false) }
    }

    /// Below everything on a page.
    fn below(own: &mut WorkingSet, page: Uuid) -> Step<Place> {
        let container = Container::Page(page);
        let root = PartKey::shape(container, ROOT);
        let all = [Wanted::whole(root, Reach::Children)];
        let children = own.find_with(root, Reach::Children).map_err(|halt| halt.with(all))?;
        let children = children.map(|root| root.children().to_vec()).unwrap_or_default();
        let mut place = Place { page, is_new: false, left: 0.0, top: 0.0 };
        for child in children {
            let shape = own.open(PartKey::shape(container, child)).map_err(|halt| halt.with(all))?;
            if let Some(rect) = shape.and_then(bounds) {
                place.left = place.left.min(rect.x);
                place.top = place.top.max(rect.y + rect.height + GAP);
            }
        }
        Ok(place)
    }

    /// How far each unit is moved: as many rows as columns, in cells that hold the largest.
    pub(super) fn moves(&self, units: &[&Unit]) -> Vec<[Number; 2]> {
        let columns = (1..=units.len()).find(|side| side * side >= units.len()).unwrap_or(1);
        let rects: Vec<_> = units.iter().map(|unit| unit.bounds()).collect();
        let largest = rects
            .iter()
            .flatten()
            .fold([0.0_f64; 2], |[width, height], rect| [width.max(rect.width), height.max(rect.height)]);
        let at = |start: f64, cell: usize, size: f64| {
            let cell = f64::from(u32::try_from(cell).unwrap_or(u32::MAX));
            cell.mul_add(size + GAP, start)
        };
        let moved = |(index, rect): (usize, &Option<crate::geometry::bounds::Rect>)| match rect {
            Some(rect) => [
                Number::Float(at(self.left, index % columns, largest[0]) - rect.x),
                Number::Float(at(self.top, index / columns, largest[1]) - rect.y),
            ],
            None => [Number::Float(0.0); 2],
        };
        rects.iter().enumerate().map(moved).collect()
    }
}
