//! What is put on a page as a whole: the main of a component with all that is in it, or all variants of a component
//! with what holds them.

use crate::geometry::bounds::Rect;
use crate::geometry::matrix::{Point, point_of};
use crate::part::{Container, OpenPart, PartKey};
use crate::stop::{Reach, Step, Wanted};
use crate::tree::subtree;
use crate::working_set::WorkingSet;
use std::collections::{BTreeMap, BTreeSet};
use transit::value::Value;
use uuid::Uuid;

/// Shapes that stay together.
#[derive(Debug)]
pub(super) struct Unit {
    /// Their page in the library.
    pub(super) page: Uuid,
    /// The one that holds the others.
    pub(super) root: Uuid,
    /// It holds variants of a component, and is no main itself.
    pub(super) is_of_variants: bool,
    /// All of them, what holds before what is held.
    pub(super) shapes: Vec<OpenPart>,
    ids: BTreeSet<Uuid>,
}

impl Unit {
    /// That of a main; none when there is no such shape.
    pub(super) fn read(library: &mut WorkingSet, page: Uuid, main: Uuid) -> Step<Option<Unit>> {
        let container = Container::Page(page);
        let top = PartKey::shape(container, main);
        let all = |top| [Wanted::whole(top, Reach::Below), Wanted::columns(top, Reach::Above)];
        let Some(shape) = library.open(top).map_err(|halt| halt.with(all(top)))? else { return Ok(None) };
        let (variant, parent) = (shape.plain("variant-id").and_then(Value::as_uuid), shape.columns.parent);
        let mut root = main;
        if let Some(parent) = parent.filter(|parent| variant == Some(*parent)) {
            let key = PartKey::shape(container, parent);
            let holder = library.open(key).map_err(|halt| halt.with(all(key)))?;
            let holds = |holder: &&OpenPart| {
                holder.plain("is-variant-container") == Some(&Value::Bool(true))
                    && holder.columns.children().contains(&main)
            };
            root = if holder.as_ref().is_some_and(holds) { parent } else { main };
        }
        let top = PartKey::shape(container, root);
        let mut shapes = vec![];
        for id in subtree(library, container, root).map_err(|halt| halt.with(all(top)))? {
            let shape = library.open(PartKey::shape(container, id)).map_err(|halt| halt.with(all(top)))?;
            shapes.extend(shape.cloned());
        }
        let ids = shapes.iter().map(|shape| shape.key().id).collect();
        Ok(Some(Unit { page, root, is_of_variants: root != main, shapes, ids }))
    }

    /// Whether a shape is among them.
    pub(super) fn holds(&self, page: Uuid, shape: Uuid) -> bool {
        self.page == page && self.ids.contains(&shape)
    }

    /// Whether the main of a component is among them.
    pub(super) fn has_main_of(&self, component: &OpenPart) -> bool {
        let id = |name: &str| component.plain(name).and_then(Value::as_uuid);
        let place = id("main-instance-page").zip(id("main-instance-id"));
        place.is_some_and(|(page, main)| self.holds(page, main))
    }

    /// What holds each of them, the root left out.
    pub(super) fn parents(&self) -> BTreeMap<Uuid, Uuid> {
        let mut parents = BTreeMap::new();
        for shape in &self.shapes {
            for child in shape.columns.children() {
                if *child != self.root {
                    parents.entry(*child).or_insert(shape.key().id);
                }
            }
        }
        parents
    }

    /// Where the root is; nowhere when it does not say.
    pub(super) fn bounds(&self) -> Option<Rect> {
        bounds(self.shapes.first()?)
    }
}

/// The rectangle around a shape.
pub(super) fn bounds(shape: &OpenPart) -> Option<Rect> {
    let points = shape.plain("points").and_then(Value::items).unwrap_or_default();
    let mut points: Vec<Point> = points.iter().filter_map(point_of).collect();
    if points.is_empty() {
        let rect = shape.plain("selrect")?;
        let number = |name| rect.get(name).and_then(Value::as_number);
        let (x, y) = (number("x")?, number("y")?);
        points = vec![[x, y], [x + number("width")?, y + number("height")?]];
    }
    Rect::around(&points)
        .filter(|rect| [rect.x, rect.y, rect.width, rect.height].iter().all(|n| n.is_finite()))
}
