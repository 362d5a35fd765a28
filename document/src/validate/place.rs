//! Whether a shape has a place: its geometry, what it is inside of, what it holds.

use super::defect::Defect;
use super::finding::{Edit, Finding};
use super::mains::Scene;
use super::outline::ShapeOutline;
use crate::geometry::completed::whole_geometry;
use crate::part::Container;
use std::collections::{HashMap, HashSet};
use transit::value::Value;
use uuid::Uuid;

const ROOT: Uuid = Uuid::nil();

/// Which shapes hold a shape.
pub(super) type Holders = HashMap<Uuid, Vec<Uuid>>;

/// The shapes that hold each shape of a page.
pub(super) fn holders(scene: &Scene<'_>) -> Holders {
    let mut holders = Holders::new();
    for (id, shape) in scene.shapes.iter() {
        for child in shape.columns.children() {
            let own = holders.entry(*child).or_default();
            if own.last() != Some(&id) {
                own.push(id);
            }
        }
    }
    holders
}

/// Whether a shape is held by the one it names.
pub(super) fn is_held(holders: &Holders, id: Uuid, shape: &ShapeOutline) -> bool {
    let parent = shape.columns.parent;
    holders.get(&id).is_some_and(|all| all.iter().any(|holder| Some(*holder) == parent))
}

/// What is wrong with the place of a shape.
pub(super) fn check(scene: &Scene<'_>, holders: &Holders, id: Uuid, shape: &ShapeOutline) -> Vec<Finding> {
    let of = |defect, field| Finding::of(defect, Container::Page(scene.page), id, field);
    let mut found = Vec::new();
    if let Some(geometry) = &shape.geometry {
        let field = missing(geometry);
        let mended = whole_geometry(geometry).into_iter();
        let finding = of(Defect::InvalidGeometry, field);
        found.push(mended.fold(finding, |finding, (name, value)| finding.with(name, value)));
    }
    found.extend(check_parent(scene, holders, id, shape));
    found.extend(check_children(scene, holders, id, shape));
    found.extend(check_frame(scene, id, shape));
    found
}

/// The first attribute that is not there.
fn missing(geometry: &Value) -> &'static str {
    let all = ["x", "y", "width", "height", "selrect", "points"];
    all.into_iter().find(|name| geometry.some(name).is_none()).unwrap_or("selrect")
}

fn check_parent(scene: &Scene<'_>, holders: &Holders, id: Uuid, shape: &ShapeOutline) -> Option<Finding> {
    let of = |defect| Finding::of(defect, Container::Page(scene.page), id, "parent-id");
    let parent = shape.columns.parent;
    if id == ROOT {
        return (parent != Some(ROOT)).then(|| of(Defect::ParentNotFound).should_be(ROOT));
    }
    let Some(parent) = parent.filter(|parent| scene.shapes.get(*parent).is_some()) else {
        let finding = of(Defect::ParentNotFound);
        return Some(to_the_root(scene, id, finding));
    };
    // Who else holds it is told about it.
    let is_free = holders.get(&id).is_none_or(Vec::is_empty);
    is_free.then(|| of(Defect::ChildNotInParent).about(parent).mended(Edit::Hold(parent, id)))
}

/// The finding with the shape in front of all others of the page.
pub(super) fn to_the_root(scene: &Scene<'_>, id: Uuid, finding: Finding) -> Finding {
    if scene.shapes.get(ROOT).is_none() {
        return finding;
    }
    let finding = finding.with("parent-id", Value::Uuid(ROOT)).with("frame-id", Value::Uuid(ROOT));
    finding.mended(Edit::Hold(ROOT, id))
}

fn check_children(scene: &Scene<'_>, holders: &Holders, id: Uuid, shape: &ShapeOutline) -> Vec<Finding> {
    let of = |defect, shape, field| Finding::of(defect, Container::Page(scene.page), shape, field);
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let mut is_twice = false;
    for child in shape.columns.children() {
        if !seen.insert(*child) {
            is_twice = true;
            continue;
        }
        match scene.shapes.get(*child) {
            None => {
                let finding = of(Defect::ChildNotFound, id, "shapes").about(*child);
                found.push(finding.mended(Edit::Release(id, *child)));
            }
            Some(own) if own.columns.parent != Some(id) => {
                let finding = of(Defect::InvalidParent, *child, "parent-id").about(id);
                // One that is where it says is held by this shape too much.
                let edit = if is_held(holders, *child, own) || *child == ROOT {
                    Edit::Release(id, *child)
                } else {
                    Edit::Set(*child, "parent-id", Value::Uuid(id))
                };
                found.push(finding.mended(edit));
            }
            Some(_) => {}
        }
    }
    if is_twice {
        found.push(of(Defect::DuplicatedChildren, id, "shapes").mended(Edit::HoldOnce(id)));
    }
    found
}

fn check_frame(scene: &Scene<'_>, id: Uuid, shape: &ShapeOutline) -> Option<Finding> {
    let of = |defect| Finding::of(defect, Container::Page(scene.page), id, "frame-id");
    let expected = if id == ROOT { Some(ROOT) } else { scene.shapes.frame_around(id) };
    let mend = |finding: Finding| match expected {
        Some(frame) => finding.should_be(frame),
        None => finding,
    };
    let frame = shape.columns.frame;
    if frame.and_then(|frame| scene.shapes.get(frame)).is_none() {
        return Some(mend(of(Defect::FrameNotFound)));
    }
    let is_wrong = expected.is_some() && frame != expected;
    is_wrong.then(|| mend(of(Defect::InvalidFrame)))
}
