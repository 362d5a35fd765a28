//! `reg-objects`: groups are measured anew, after what they hold was changed. Booleans keep the path they have: whoever
//! changes one sends its path.

use crate::effect::Effect;
use crate::fault::Fault;
use crate::geometry::bounds::{Rect, of_group};
use crate::geometry::matrix::{Matrix, Point, point_of};
use crate::params::{Params, Place};
use crate::part::{Container, OpenPart, PartKey};
use crate::schema::shape;
use crate::stop::{Reach, Step, Wanted};
use crate::tree::ancestors;
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct RegObjects {
    place: Place,
    shapes: Vec<Uuid>,
}

impl RegObjects {
    pub(crate) fn decode(mut params: Params) -> Result<RegObjects, Fault> {
        Ok(RegObjects { shapes: params.ids("shapes")?, place: params.container()? })
    }

    /// The groups and booleans to look at: each shape, then what is around it from the nearest on, each once.
    fn groups(&self, work: &Work, container: Container) -> Step<Vec<Uuid>> {
        let (mut seen, mut groups) = (std::collections::HashSet::new(), Vec::new());
        for id in &self.shapes {
            let above = ancestors(&work.parts, container, *id)?;
            for id in [*id].into_iter().chain(above) {
                let shape = work.parts.find_with(PartKey::shape(container, id), Reach::Above)?;
                let word = shape.and_then(|shape| shape.shape_type.as_deref());
                if matches!(word, Some("group" | "bool")) && seen.insert(id) {
                    groups.push(id);
                }
            }
        }
        Ok(groups)
    }
}

impl Effect for RegObjects {
    fn wanted(&self) -> Vec<Wanted> {
        let Some(container) = self.place.container else { return Vec::new() };
        let one = |id, reach| Wanted::whole(PartKey::shape(container, id), reach);
        let owner = Wanted::columns(container.owner(), Reach::Itself);
        let shapes = self.shapes.iter().flat_map(|id| [one(*id, Reach::Above), one(*id, Reach::Children)]);
        [owner].into_iter().chain(shapes).collect()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let Some(container) = work.existing(self.place.container)? else { return Ok(()) };
        for id in self.groups(work, container)? {
            let key = PartKey::shape(container, id);
            let Some(group) = work.parts.open(key)? else { continue };
            let group = group.clone();
            let is_bool = group.columns.shape_type.as_deref() == Some("bool");
            let is_masked = group.plain("masked-group") == Some(&Value::Bool(true));
            let measured = match (is_bool, is_masked) {
                (true, _) => None,
                (false, true) => Some(masked(work, &group)?),
                (false, false) => grouped(work, &group)?,
            };
            shape::check(measured.as_ref().unwrap_or(&group))
                .map_err(|fault| fault.under(&id.to_string()))?;
            if let Some(measured) = measured {
                work.parts.put(measured);
            }
        }
        Ok(())
    }
}

/// A child with its attributes.
fn child(work: &mut Work, group: &OpenPart, id: Uuid) -> Step<Option<OpenPart>> {
    let key = PartKey::shape(group.key().container, id);
    let child = work.parts.open(key);
    Ok(child.map_err(|halt| halt.with([Wanted::whole(group.key(), Reach::Children)]))?.cloned())
}

/// A masked group is where its mask is: its first child. Without it the group is not valid.
fn masked(work: &mut Work, group: &OpenPart) -> Step<OpenPart> {
    let mask = match group.columns.children().first() {
        Some(id) => child(work, group, *id)?,
        None => return Ok(group.clone()),
    };
    let of_mask = |name: &str| mask.as_ref().and_then(|mask| mask.plain(name)).cloned().unwrap_or(Value::Nil);
    let rect = of_mask("selrect");
    let mut measured = group.clone();
    for name in ["selrect", "points", "flip-x", "flip-y"] {
        measured.set(name, of_mask(name));
    }
    for name in ["x", "y", "width", "height"] {
        measured.set(name, rect.get(name).cloned().unwrap_or(Value::Nil));
    }
    Ok(measured)
}

/// A group is around what it holds, turned as it is. One that holds nothing stays where it is.
fn grouped(work: &mut Work, group: &OpenPart) -> Step<Option<OpenPart>> {
    let mut points: Vec<Point> = Vec::new();
    for id in group.columns.children() {
        if let Some(child) = child(work, group, *id)? {
            let own = child.plain("points").and_then(Value::items).unwrap_or_default();
            points.extend(own.iter().filter_map(point_of));
        }
    }
    let matrix = |name| group.plain(name).and_then(Matrix::of).unwrap_or(Matrix::IDENTITY);
    let Some((corners, rect)) = of_group(&points, matrix("transform"), matrix("transform-inverse")) else {
        return Ok(None);
    };
    let mut measured = group.clone();
    if let Some(view) = group.plain("svg-viewbox") {
        measured.set("svg-viewbox", moved_view(view, group.plain("selrect"), &rect));
    }
    let point =
        |[x, y]: Point| Value::tagged("point", Value::map([("x", Value::Float(x)), ("y", Value::Float(y))]));
    measured.set("points", Value::Vec(corners.map(point).to_vec()));
    measured.set("selrect", rect.to_value());
    let numbers = [("x", rect.x), ("y", rect.y), ("width", rect.width), ("height", rect.height)];
    for (name, number) in numbers {
        measured.set(name, Value::Float(number));
    }
    for name in ["flip-x", "flip-y"] {
        measured.set(name, Value::Bool(false));
    }
    Ok(Some(measured))
}

/// The part of an imported picture that is seen moves and grows with the group.
fn moved_view(view: &Value, old: Option<&Value>, new: &Rect) -> Value {
    let mut moved = view.clone();
    for (name, now) in [("x", new.x), ("y", new.y), ("width", new.width), ("height", new.height)] {
        let was = old.and_then(|old| old.get(name)).and_then(Value::as_number);
        let own = view.get(name).and_then(Value::as_number);
        if let (Some(was), Some(own)) = (was, own) {
            moved.put(name, Value::Float(own + now - was));
        }
    }
    let number = |name| moved.get(name).and_then(Value::as_number);
    if matches!(view, Value::Tagged(tag, _) if tag == "rect")
        && let (Some(x), Some(y), Some(width), Some(height)) =
            (number("x"), number("y"), number("width"), number("height"))
    {
        return Rect { x, y, width, height }.to_value();
    }
    moved
}
