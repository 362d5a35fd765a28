//! Changes of pages on the tree.

use crate::outcome::{Done, Notes, Refused};
use crate::tree::*;
use crate::valid::is_valid;
use transit::value::Value;
use uuid::Uuid;

fn order(doc: &Value) -> Vec<Uuid> {
    doc.some("pages").and_then(Value::as_uuids).unwrap_or_default()
}

fn set_order(doc: &mut Value, order: Vec<Uuid>) {
    doc.put("pages", Value::Vec(order.into_iter().map(Value::Uuid).collect()));
}

fn unmark(notes: &mut Notes, page: Uuid) {
    let container = Value::Vec(vec![Value::text("pages-index"), Value::Uuid(page)]);
    notes.marks.retain(|(own, _)| *own != format!("{container:?}"));
    notes.drawn.retain(|(own, _)| *own != page);
}

/// The root frame of a page that is made here.
pub fn root() -> Value {
    let number = |n: f64| Value::Float(n);
    let zero = Value::Int(0);
    let point = |x, y| Value::tagged("point", Value::map([("x", number(x)), ("y", number(y))]));
    let rect = [("x", 0), ("y", 0), ("x1", 0), ("y1", 0)].map(|(name, n)| (name, Value::Int(n)));
    let far = ["width", "height", "x2", "y2"].map(|name| (name, number(0.01)));
    let matrix = [("a", 1.0), ("b", 0.0), ("c", 0.0), ("d", 1.0), ("e", 0.0), ("f", 0.0)];
    let matrix = Value::tagged("matrix", Value::map(matrix.map(|(name, n)| (name, number(n)))));
    let fill = Value::map([("fill-color", Value::text("#FFFFFF")), ("fill-opacity", Value::Int(1))]);
    let ids = ["id", "parent-id", "frame-id"].map(|name| (name, Value::Uuid(Uuid::nil())));
    let zeros = ["x", "y", "rotation", "r1", "r2", "r3", "r4"].map(|name| (name, zero.clone()));
    let points = vec![point(0.0, 0.0), point(0.01, 0.0), point(0.01, 0.01), point(0.0, 0.01)];
    let rest = [
        ("name", Value::text("Root Frame")),
        ("type", Value::keyword("frame")),
        ("width", number(0.01)),
        ("height", number(0.01)),
        ("selrect", Value::tagged("rect", Value::map(rect.into_iter().chain(far)))),
        ("points", Value::Vec(points)),
        ("transform", matrix.clone()),
        ("transform-inverse", matrix),
        ("shapes", Value::Vec(vec![])),
        ("hide-fill-on-export", Value::Bool(false)),
        ("proportion", number(1.0)),
        ("proportion-lock", Value::Bool(false)),
        ("fills", Value::Vec(vec![fill])),
        ("strokes", Value::Vec(vec![])),
    ];
    Value::tagged("shape", Value::map(ids.into_iter().chain(zeros).chain(rest)))
}

pub fn add(doc: &mut Value, c: &Value, notes: &mut Notes) -> Done {
    let mut page = match (c.some("page"), id(c, "id"), c.some("name")) {
        (Some(_), Some(_), Some(_)) => return Err(Refused),
        (Some(page), ..) => page.clone(),
        (None, Some(id), Some(name)) => {
            let objects = Value::Map(vec![(Value::Uuid(Uuid::nil()), root())]);
            Value::map([("id", Value::Uuid(id)), ("name", name.clone()), ("objects", objects)])
        }
        _ => return Err(Refused),
    };
    let own = id(&page, "id").ok_or(Refused)?;
    let index = page.take("index").and_then(|index| index.as_int());
    drop_nils(&mut page);
    let mut objects = page.some("objects").cloned().ok_or(Refused)?;
    for (key, shape) in objects.entries_mut().ok_or(Refused)? {
        if shape.some("id").is_some_and(|id| id != key) {
            return Err(Refused);
        }
        shape.put("id", key.clone());
        drop_nils(shape);
        if !is_valid(shape) {
            return Err(Refused);
        }
    }
    let root = shape(&objects, Uuid::nil()).ok_or(Refused)?;
    if word(root, "type") != "frame" || id(root, "parent-id") != Some(Uuid::nil()) || round(&objects) {
        return Err(Refused);
    }
    page.put("objects", objects);
    unmark(notes, own);
    doc.at_mut(&Value::keyword("pages-index")).ok_or(Refused)?.put_at(Value::Uuid(own), page);
    let listed = order(doc);
    if !listed.contains(&own) {
        set_order(doc, inserted(listed, index, &[own]));
    }
    Ok(())
}

/// Whether any shape is inside itself.
fn round(objects: &Value) -> bool {
    objects.entries().iter().any(|(key, own)| {
        let key = key.as_uuid().unwrap();
        let is_own_parent = !key.is_nil() && id(own, "parent-id") == Some(key);
        let inside = children(own).into_iter().any(|child| {
            let mut all = vec![];
            below(objects, child, &mut all);
            all.contains(&key)
        });
        is_own_parent || inside || above(objects, key).contains(&key)
    })
}

pub fn modify(doc: &mut Value, c: &Value) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    if c.get("name") == Some(&Value::Nil) {
        return Err(Refused);
    }
    let Some(page) = entry_mut(doc, "pages-index", own) else { return Ok(()) };
    for name in ["name", "background", "pixel-grid-color", "pixel-grid-opacity"] {
        match c.get(name) {
            Some(Value::Nil) => drop(page.take(name)),
            Some(value) => page.put(name, value.clone()),
            None => {}
        }
    }
    Ok(())
}

pub fn delete(doc: &mut Value, c: &Value, notes: &mut Notes) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    doc.at_mut(&Value::keyword("pages-index")).ok_or(Refused)?.take_at(&Value::Uuid(own));
    let left = order(doc).into_iter().filter(|page| *page != own).collect();
    set_order(doc, left);
    unmark(notes, own);
    Ok(())
}

pub fn moved(doc: &mut Value, c: &Value) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    let index = c.some("index").and_then(Value::as_int).ok_or(Refused)?;
    entry(doc, "pages-index", own).ok_or(Refused)?;
    let order = inserted(order(doc), Some(index), &[own]);
    set_order(doc, order);
    Ok(())
}

fn put(doc: &mut Value, page: Uuid, map: &str, key: Value, value: Option<Value>, keeps_empty: bool) {
    let Some(page) = entry_mut(doc, "pages-index", page) else { return };
    let Some(mut entries) = page.some(map).cloned().or(value.is_some().then_some(Value::Map(vec![]))) else {
        return;
    };
    match value {
        Some(value) => entries.put_at(key, value),
        None => drop(entries.take_at(&key)),
    }
    if entries.entries().is_empty() && !keeps_empty {
        page.take(map);
    } else {
        page.put(map, entries);
    }
}

pub fn set_entry(doc: &mut Value, c: &Value, map: &str) -> Done {
    let (page, own) = (id(c, "page-id").ok_or(Refused)?, id(c, "id").ok_or(Refused)?);
    let mut params = c.some("params").cloned();
    if let Some(params) = &mut params {
        params.put("id", Value::Uuid(own));
    }
    put(doc, page, map, Value::Uuid(own), params, false);
    Ok(())
}

pub fn grid(doc: &mut Value, c: &Value) -> Done {
    let page = id(c, "page-id").ok_or(Refused)?;
    put(doc, page, "default-grids", Value::keyword(word(c, "grid-type")), c.some("params").cloned(), false);
    Ok(())
}

pub fn comment(doc: &mut Value, c: &Value) -> Done {
    let page = id(c, "page-id").ok_or(Refused)?;
    let thread = c.some("comment-thread-id").cloned().ok_or(Refused)?;
    let value = match (c.some("frame-id"), c.some("position")) {
        (Some(frame), Some(position)) => {
            Some(Value::map([("frame-id", frame.clone()), ("position", position.clone())]))
        }
        _ => None,
    };
    put(doc, page, "comment-thread-positions", thread, value, true);
    Ok(())
}
