//! Copies of components: their heads, and what follows shapes of the main below them.

use super::defect::Defect;
use super::finding::{Edit, Finding};
use super::mains::Component;
use super::outline::ShapeOutline;
use super::role::{Around, Role, duplicate_slot};
use transit::value::Value;
use uuid::Uuid;

/// What makes a head of a copy.
const HEAD: [&str; 3] = ["component-id", "component-file", "component-root"];
/// What makes a shape follow another.
const FOLLOWS: [&str; 3] = ["shape-ref", "touched", "remote-synced"];
/// What a copied text notes of its content, and the group that all of it belongs to.
const TEXT_GROUPS: [&str; 3] = ["text-content-text", "text-content-attribute", "text-content-structure"];
const CONTENT_GROUP: &str = "content-group";

/// What the children of a copied head are in.
pub(super) fn inside(role: &Role<'_>) -> Around {
    let is_visible = matches!(role.scene.component(role.shape), Component::There(_));
    let was_visible = !matches!(role.around, Around::Copy { is_visible: false });
    Around::Copy { is_visible: is_visible && was_visible }
}

/// The head of a copy.
pub(super) fn head(role: &Role<'_>) -> (Vec<Finding>, Around) {
    if let Some(finding) = role.absent() {
        return (vec![detached(role, finding)], inside(role));
    }
    let is_top = role.around == Around::Plain;
    let mut found = Vec::new();
    match (is_top, role.shape.is_root()) {
        (true, false) => {
            found.push(not_root(role));
            return (found, inside(role));
        }
        (false, true) => {
            let finding = role.of(Defect::RootCopyNotAllowed, "component-root");
            found.push(finding.without("component-root"));
        }
        _ => {}
    }
    if is_top {
        found.extend(followed_head(role, true));
        found.extend(role.misplaced_slot());
        found.extend(duplicate_slot(role));
    } else {
        found.extend(nested(role));
    }
    found.extend(text_touched(role));
    (found, inside(role))
}

/// A copied head that is inside no component, and does not say so. What follows the main itself is a copy of its own;
/// what follows a shape inside another main belongs into a copy of that.
fn not_root(role: &Role<'_>) -> Finding {
    let main = match role.scene.component(role.shape) {
        Component::There(main) => main,
        _ => None,
    };
    if main.is_some() && role.shape.columns.shape_ref == main {
        let finding = role.of(Defect::ShouldBeComponentRoot, "component-root");
        return finding.with("component-root", Value::Bool(true));
    }
    role.of(Defect::NestedCopyNotAllowed, "component-root")
}

/// The head of a copy inside another component.
fn nested(role: &Role<'_>) -> Vec<Finding> {
    let Some(followed) = role.scene.followed(role.id) else {
        return Vec::from_iter(not_found(role));
    };
    if !followed.shape.is_head() {
        return Vec::from_iter(followed_head(role, false));
    }
    if role.shape.slot().is_some() {
        return Vec::new();
    }
    if let Some(finding) = missing_slot(role) {
        return vec![finding];
    }
    let (own, other) = (&role.shape.columns, &followed.shape.columns);
    if (own.component, own.component_file) == (other.component, other.component_file) {
        return Vec::new();
    }
    let finding = role.of(Defect::ComponentIdMismatch, "component-id");
    let file = other.component_file.into_iter();
    let finding = file.fold(finding, |finding, file| finding.with("component-file", Value::Uuid(file)));
    vec![other.component.into_iter().fold(finding, Finding::should_be)]
}

/// A head that stands where its component has another, and does not say for which it was swapped.
fn missing_slot(role: &Role<'_>) -> Option<Finding> {
    let (id, counterpart) = role.scene.counterpart(role.id)?;
    if role.shape.columns.shape_ref == Some(id) {
        return None;
    }
    let slot = counterpart.slot().unwrap_or(id);
    let touched = role.shape.touched_with(false, Some(ShapeOutline::slot_group(slot)));
    Some(role.of(Defect::MissingSlot, "touched").about(slot).with("touched", touched))
}

/// Whether what a head follows is there, and is one.
fn followed_head(role: &Role<'_>, is_top: bool) -> Option<Finding> {
    let Some(followed) = role.scene.followed(role.id) else { return not_found(role) };
    if followed.shape.is_head() {
        return None;
    }
    let finding = role.of(Defect::RefShapeIsNotHead, "shape-ref").about(role.shape.columns.shape_ref?);
    // Inside another copy it is a part of that; alone it would be nothing.
    Some(if is_top { finding } else { HEAD.into_iter().fold(finding, Finding::without) })
}

/// A shape in a copy that is no head.
pub(super) fn follower(role: &Role<'_>) -> Vec<Finding> {
    let mut found = role.no_head(true);
    match role.scene.followed(role.id) {
        None => found.extend(not_found(role)),
        Some(followed) if followed.shape.is_head() => {
            let finding = role.of(Defect::RefShapeIsHead, "component-id");
            let columns = &followed.shape.columns;
            let finding = columns
                .component_file
                .into_iter()
                .fold(finding, |finding, file| finding.with("component-file", Value::Uuid(file)));
            found.push(columns.component.into_iter().fold(finding, Finding::should_be));
        }
        Some(_) => {}
    }
    found.extend(role.misplaced_slot());
    found.extend(text_touched(role));
    found
}

/// What a copy follows is not there, as far as all is known where it could be.
fn not_found(role: &Role<'_>) -> Option<Finding> {
    let is_hidden = role.around == Around::Copy { is_visible: false } || !role.scene.is_all_visible(role.id);
    if is_hidden {
        return None;
    }
    let finding = role.of(Defect::RefShapeNotFound, "shape-ref");
    let finding = role.shape.columns.shape_ref.into_iter().fold(finding, Finding::about);
    // It may follow what the main follows, instead of the main.
    let alike: Vec<Uuid> = if role.around == Around::Plain { Vec::new() } else { role.scene.alike(role.id) };
    Some(match alike.as_slice() {
        [only] => finding.with("shape-ref", Value::Uuid(*only)),
        _ => finding,
    })
}

/// A copy of what is not there is what it shows, and nothing more, and below it nothing follows anything. Where heads
/// of other components are in it, somebody has to say what becomes of them.
fn detached(role: &Role<'_>, finding: Finding) -> Finding {
    let shapes = role.scene.shapes;
    let mut edits = Vec::new();
    for id in shapes.below(role.id).into_iter().filter(|id| *id != role.id) {
        let Some(shape) = shapes.get(id) else { continue };
        if shape.is_head() {
            return finding;
        }
        if shape.columns.shape_ref.is_some() {
            edits.extend(FOLLOWS.map(|name| Edit::Set(id, name, Value::Nil)));
        }
    }
    let finding = HEAD.into_iter().chain(FOLLOWS).fold(finding, Finding::without);
    edits.into_iter().fold(finding, Finding::mended)
}

fn text_touched(role: &Role<'_>) -> Option<Finding> {
    let notes = |name: &str| role.shape.touched.iter().any(|group| group == name);
    let is_wrong = TEXT_GROUPS.into_iter().any(notes) && !notes(CONTENT_GROUP);
    let touched = || role.shape.touched_with(true, Some(CONTENT_GROUP.to_owned()));
    is_wrong.then(|| role.of(Defect::InvalidTextTouched, "touched").with("touched", touched()))
}
