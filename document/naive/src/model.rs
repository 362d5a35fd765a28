//! The reference: a whole document as one tree, changed in place. Written from what clients expect of each change, not
//! from the engine, and as plainly as possible; it knows nothing of parts.

use crate::outcome::{Done, Notes, Refused};
use crate::touched;
use crate::tree::*;
use crate::{components, pages, shapes, tokens};
use transit::value::Value;

/// Applies a batch to a copy.
pub fn apply(doc: &Value, changes: &[Value], now: i64) -> Result<(Value, Notes), Refused> {
    let (mut next, mut notes) = (doc.clone(), Notes::default());
    for change in changes {
        one(&mut next, change, now, &mut notes)?;
    }
    for (shape, component) in std::mem::take(&mut notes.touched) {
        let main = shape.and_then(|(container, id)| touched::component_of_main(&next, &container, id));
        if let Some(id) = main.or(component)
            && let Some(component) = entry_mut(&mut next, "components", id)
        {
            component.put("modified-at", Value::Instant(now));
        }
    }
    Ok((next, notes))
}

fn one(doc: &mut Value, c: &Value, now: i64, notes: &mut Notes) -> Done {
    match word(c, "type") {
        "add-obj" => shapes::add(doc, c, notes),
        "mod-obj" => shapes::modify(doc, c, notes),
        "del-obj" => shapes::delete(doc, c, notes),
        "fix-obj" => shapes::fix(doc, c),
        "mov-objects" => shapes::moved(doc, c),
        "reorder-children" => shapes::reorder(doc, c, notes),
        "reg-objects" => shapes::register(doc, c),
        "add-page" => pages::add(doc, c, notes),
        "mod-page" => pages::modify(doc, c),
        "del-page" => pages::delete(doc, c, notes),
        "mov-page" => pages::moved(doc, c),
        "set-guide" => pages::set_entry(doc, c, "guides"),
        "set-flow" => pages::set_entry(doc, c, "flows"),
        "set-default-grid" => pages::grid(doc, c),
        "set-comment-thread-position" => pages::comment(doc, c),
        "add-color" => asset(doc, c, "colors", "color", now, How::Add),
        "mod-color" => asset(doc, c, "colors", "color", now, How::Replace),
        "add-typography" => asset(doc, c, "typographies", "typography", now, How::Add),
        "mod-typography" => asset(doc, c, "typographies", "typography", now, How::Merge),
        "add-media" => asset(doc, c, "media", "object", now, How::Add),
        "mod-media" => asset(doc, c, "media", "object", now, How::Merge),
        "del-color" => forget(doc, c, "colors"),
        "del-typography" => forget(doc, c, "typographies"),
        "del-media" => forget(doc, c, "media"),
        "add-component" => components::add(doc, c, now, notes),
        "mod-component" => components::modify(doc, c, now, notes),
        "del-component" => components::delete(doc, c, now, notes),
        "restore-component" => components::restore(doc, c, now, notes),
        "purge-component" => components::purge(doc, c, notes),
        "set-plugin-data" => plugin_data(doc, c),
        "set-base-font-size" => {
            if doc.some("options").is_none() {
                doc.put("options", Value::Map(vec![]));
            }
            let options = doc.at_mut(&Value::keyword("options")).ok_or(Refused)?;
            options.put("base-font-size", c.some("base-font-size").cloned().ok_or(Refused)?);
            Ok(())
        }
        name if name.contains("token") => tokens::change(doc, c, now),
        _ => Err(Refused),
    }
}

#[derive(PartialEq)]
enum How {
    Add,
    Replace,
    Merge,
}

fn asset(doc: &mut Value, c: &Value, map: &str, field: &str, now: i64, how: How) -> Done {
    let mut value = c.some(field).cloned().ok_or(Refused)?;
    let id = id(&value, "id").ok_or(Refused)?;
    if map == "colors" {
        let of = ["color", "gradient", "image"].iter().filter(|name| value.some(name).is_some()).count();
        let name = value.some("name").and_then(Value::as_str).unwrap_or_default();
        if of != 1 || name.trim().is_empty() || value.get("odd-attribute").is_some() {
            return Err(Refused);
        }
    }
    let needed: &[&str] = match map {
        "typographies" => &["name", "font-id", "font-size", "text-transform"],
        "media" => &["name", "width", "height", "mtype", "media-id"],
        _ => &[],
    };
    if needed.iter().any(|name| value.some(name).is_none()) {
        return Err(Refused);
    }
    if how != How::Add {
        let Some(old) = entry_mut(doc, map, id) else { return Ok(()) };
        if how == How::Merge {
            let mut merged = old.clone();
            for (name, new) in value.entries() {
                merged.put_at(name.clone(), new.clone());
            }
            value = merged;
        }
    }
    if map != "media" {
        value.put("modified-at", Value::Instant(now));
    }
    drop_nils(&mut value);
    if doc.some(map).is_none() {
        doc.put(map, Value::Map(vec![]));
    }
    doc.at_mut(&Value::keyword(map)).ok_or(Refused)?.put_at(Value::Uuid(id), value);
    Ok(())
}

fn forget(doc: &mut Value, c: &Value, map: &str) -> Done {
    let id = id(c, "id").ok_or(Refused)?;
    if let Some(entries) = doc.at_mut(&Value::keyword(map)) {
        entries.take_at(&Value::Uuid(id));
    }
    Ok(())
}

fn plugin_data(doc: &mut Value, c: &Value) -> Done {
    let target = id(c, "object-id");
    let page = id(c, "page-id");
    let owner = match word(c, "object-type") {
        "file" => Some(doc),
        "page" => target.and_then(|id| entry_mut(doc, "pages-index", id)),
        "color" => target.and_then(|id| entry_mut(doc, "colors", id)),
        "typography" => target.and_then(|id| entry_mut(doc, "typographies", id)),
        "component" => target.and_then(|id| entry_mut(doc, "components", id)),
        "shape" => {
            let page = entry_mut(doc, "pages-index", page.ok_or(Refused)?);
            target.and_then(|id| page.and_then(|page| entry_mut(page, "objects", id)))
        }
        _ => return Err(Refused),
    };
    let Some(owner) = owner else { return Ok(()) };
    let namespace = c.some("namespace").cloned().ok_or(Refused)?;
    let key = c.some("key").cloned().ok_or(Refused)?;
    let old = owner.some("plugin-data").and_then(|data| data.at(&namespace)).cloned();
    let mut space = match (old, c.some("value")) {
        (None, None) => return Ok(()),
        (old, _) => old.unwrap_or(Value::Map(vec![])),
    };
    match c.some("value") {
        Some(text) => space.put_at(key, text.clone()),
        None => drop(space.take_at(&key)),
    }
    let mut data = owner.some("plugin-data").cloned().unwrap_or(Value::Map(vec![]));
    data.put_at(namespace, space);
    owner.put("plugin-data", data);
    Ok(())
}
