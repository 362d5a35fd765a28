//! Operations on one shape of the tree, what a copy notes about them, and which component is newer afterwards.

use crate::outcome::{Done, Refused};
use crate::tree::*;
use std::collections::BTreeSet;
use transit::value::Value;
use uuid::Uuid;

/// Group: attributes. The content stands apart.
const GROUPS: &str = "name-group: name
fill-group: fills hide-fill-on-export fill-color fill-opacity
stroke-group: strokes stroke-width
content-group: position-data bool-type bool-content
visibility-group: hidden
modifiable-group: blocked
text-font-group: grow-type font-family font-size font-style font-weight
text-display-group: letter-spacing line-height text-align
radius-group: r1 r2 r3 r4
geometry-group: type selrect points locked proportion proportion-lock x y width height rotation
geometry-group: transform transform-inverse
layer-effects-group: opacity blend-mode
shadow-group: shadow
blur-group: blur background-blur
mask-group: masked-group
constraints-group: constraints-h constraints-v fixed-scroll
layout-container: layout
layout-gap: layout-gap layout-gap-type";

pub fn group(shape_type: &str, attribute: &str) -> Option<&'static str> {
    if attribute == "content" {
        return match shape_type {
            "path" => Some("geometry-group"),
            "text" => Some("content-group"),
            _ => None,
        };
    }
    GROUPS.lines().find_map(|line| {
        let (group, names) = line.split_once(": ").unwrap();
        names.split(' ').any(|name| name == attribute).then_some(group)
    })
}

fn close(attribute: &str, a: &Value, b: &Value, limit: f64) -> bool {
    let near = |a: Option<&Value>, b: Option<&Value>| {
        let (a, b) = (a.and_then(Value::as_number), b.and_then(Value::as_number));
        a.zip(b).is_some_and(|(a, b)| (a - b).abs() < limit)
    };
    if a.as_number().is_some() && b.as_number().is_some() {
        return near(Some(a), Some(b));
    }
    match attribute {
        "selrect" => "x y x1 y1 x2 y2 width height".split(' ').all(|name| near(a.get(name), b.get(name))),
        "points" | "position-data" => {
            let (a, b) = (a.items().unwrap_or(&[]), b.items().unwrap_or(&[]));
            let same = |a: &Value, b: &Value| near(a.get("x"), b.get("x")) && near(a.get("y"), b.get("y"));
            a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        _ => a.same(b),
    }
}

pub fn operate(shape: &mut Value, operation: &Value, mark: &mut bool) -> Done {
    let copy = is_copy(shape);
    match word(operation, "type") {
        "set" => {
            let value = operation.get("val").cloned().unwrap_or(Value::Nil);
            set(shape, word(operation, "attr"), value, operation, mark)
        }
        "assign" => {
            let value = operation.some("value").cloned().ok_or(Refused)?;
            for (name, new) in value.entries() {
                let name = name.as_keyword().ok_or(Refused)?;
                let old = shape.some(name).cloned().unwrap_or(Value::Nil);
                if name != "type" && !old.same(new) {
                    set(shape, name, new.clone(), operation, mark)?;
                }
            }
            Ok(())
        }
        "set-touched" => {
            let touched = operation.some("touched").cloned().unwrap_or(Value::Nil);
            shape.take("touched");
            if copy && !touched.items().unwrap_or(&[]).is_empty() {
                shape.put("touched", touched);
            }
            Ok(())
        }
        "set-remote-synced" => {
            shape.take("remote-synced");
            if copy && flag(operation, "remote-synced") {
                shape.put("remote-synced", Value::Bool(true));
            }
            Ok(())
        }
        _ => Err(Refused),
    }
}

fn set(shape: &mut Value, attribute: &str, new: Value, operation: &Value, mark: &mut bool) -> Done {
    *mark = false;
    let old = shape.some(attribute).cloned().unwrap_or(Value::Nil);
    if attribute == "id" {
        return if old == new { Ok(()) } else { Err(Refused) };
    }
    let shape_type = word(shape, "type").to_owned();
    let own = group(&shape_type, attribute);
    let geometry = own == Some("geometry-group") && attribute != "width" && attribute != "height";
    let equal = close(attribute, &old, &new, if geometry { 1.0 } else { 0.001 });
    let ignored = geometry && flag(operation, "ignore-geometry");
    let mut groups: Vec<String> = vec![];
    if let Some(own) = own.filter(|_| !equal) {
        groups.push(own.to_owned());
        if own == "content-group" && attribute == "content" {
            let mut kinds = BTreeSet::new();
            text(&old, &new, &mut kinds);
            groups.extend(kinds.into_iter().map(|kind| format!("text-content-{kind}")));
        }
    }
    if attribute == "applied-tokens" {
        groups.extend(tokens(&shape_type, &old, &new));
    }
    let noted =
        is_copy(shape) && !flag(operation, "ignore-touched") && !ignored && attribute != "position-data";
    if noted && !groups.is_empty() {
        let mut touched = shape.some("touched").and_then(Value::items).unwrap_or(&[]).to_vec();
        touched.extend(groups.iter().map(|group| Value::keyword(group)));
        shape.put("touched", Value::Set(touched));
        shape.take("remote-synced");
    }
    *mark = own.is_some() && !equal && !ignored;
    shape.take(attribute);
    if !new.is_nil() {
        shape.put(attribute, new);
    }
    Ok(())
}

/// What differs in two texts. In documents of these tests numbers and defaults do not occur.
fn text(a: &Value, b: &Value, kinds: &mut BTreeSet<&'static str>) {
    let nodes = |node: &Value| node.some("children").and_then(Value::items).unwrap_or(&[]).to_vec();
    if a.is_map() != b.is_map() || nodes(a).len() != nodes(b).len() {
        kinds.insert("structure");
        return;
    }
    if a.some("text") != b.some("text") {
        kinds.insert("text");
    }
    let counted = ["fills", "font-size", "font-weight", "font-family", "typography-ref-id"];
    if counted.iter().any(|name| a.some(name) != b.some(name)) {
        kinds.insert("attribute");
    }
    for (a, b) in nodes(a).iter().zip(&nodes(b)) {
        text(a, b, kinds);
    }
}

fn tokens(shape_type: &str, old: &Value, new: &Value) -> Vec<String> {
    let mut changed: Vec<&str> = vec![];
    for (name, _) in old.entries().iter().chain(new.entries()) {
        let Some(name) = name.as_keyword() else { continue };
        if old.some(name) != new.some(name) {
            changed.push(name);
        }
    }
    let mut groups: Vec<String> = vec![];
    for name in &changed {
        let attribute = match *name {
            "fill" => "fills",
            "stroke-color" | "stroke-width" => "strokes",
            name => name,
        };
        groups.extend(group(shape_type, attribute).map(str::to_owned));
    }
    let of_text = "fill font-family font-size font-weight letter-spacing line-height text-case text-decoration \
        typography";
    let in_text = changed.iter().any(|name| of_text.split(' ').any(|token| token == *name));
    if shape_type == "text" && in_text && !groups.is_empty() {
        groups.extend(["content-group".to_owned(), "text-content-attribute".to_owned()]);
    }
    groups
}

/// The component whose main the shape is in, as the document is in the end.
pub fn component_of_main(doc: &Value, container: &Value, own: Uuid) -> Option<Uuid> {
    if !exists(doc, container) {
        return None;
    }
    let objects = objects(doc, container);
    let way: Vec<Uuid> = [own].into_iter().chain(above(&objects, own)).collect();
    for id_ in way {
        let at = shape(&objects, id_)?;
        if id_.is_nil() {
            return None;
        }
        let parent = id(at, "parent-id").and_then(|parent| shape(&objects, parent));
        let is_head = at.some("component-id").is_some() && !parent.is_some_and(is_copy);
        if flag(at, "component-root") || is_head {
            return id(at, "component-id").filter(|_| flag(at, "main-instance"));
        }
    }
    None
}
