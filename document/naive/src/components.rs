//! Changes of components on the tree.

use crate::geometry;
use crate::outcome::{Done, Notes, Refused};
use crate::tree::*;
use crate::valid::is_valid;
use transit::value::Value;
use uuid::Uuid;

fn unmark(notes: &mut Notes, component: Uuid) {
    let container = Value::Vec(vec![Value::text("components"), Value::Uuid(component)]);
    notes.marks.retain(|(own, _)| *own != format!("{container:?}"));
}

fn store(component: &mut Value, name: &str, value: Option<Value>) {
    component.take(name);
    if let Some(value) = value.filter(|value| !value.is_nil()) {
        component.put(name, value);
    }
}

pub fn add(doc: &mut Value, c: &Value, now: i64, notes: &mut Notes) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    let mut component = Value::map([("id", Value::Uuid(own)), ("modified-at", Value::Instant(now))]);
    for name in ["name", "path", "main-instance-id", "main-instance-page"] {
        component.put(name, c.some(name).cloned().ok_or(Refused)?);
    }
    for name in ["variant-id", "variant-properties"] {
        if c.get(name) == Some(&Value::Nil) {
            return Err(Refused);
        }
    }
    for name in ["variant-id", "variant-properties", "annotation"] {
        store(&mut component, name, c.some(name).cloned());
    }
    unmark(notes, own);
    if doc.some("components").is_none() {
        doc.put("components", Value::Map(vec![]));
    }
    doc.at_mut(&Value::keyword("components")).ok_or(Refused)?.put_at(Value::Uuid(own), component);
    Ok(())
}

pub fn modify(doc: &mut Value, c: &Value, now: i64, notes: &mut Notes) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    for name in ["name", "path", "variant-id", "variant-properties"] {
        if c.get(name) == Some(&Value::Nil) {
            return Err(Refused);
        }
    }
    let mut objects = c.some("objects").cloned();
    for (key, shape) in objects.iter_mut().filter_map(Value::entries_mut).flatten() {
        shape.put("id", key.clone());
        drop_nils(shape);
        if !is_valid(shape) {
            return Err(Refused);
        }
    }
    let Some(old) = entry(doc, "components", own).cloned() else { return Ok(()) };
    let mut new = old.clone();
    for name in ["name", "path", "main-instance-id", "main-instance-page"] {
        if let Some(value) = c.some(name) {
            new.put(name, value.clone());
        }
    }
    for name in ["annotation", "variant-id", "variant-properties"] {
        store(&mut new, name, c.some(name).cloned());
    }
    store(&mut new, "objects", objects);
    if let Some(moment) = c.some("modified-at") {
        new.put("modified-at", moment.clone());
    }
    let names = ["name", "path", "main-instance-id", "main-instance-page"];
    let has = |component: &Value| component.some("objects").is_some();
    if names.iter().any(|name| old.some(name) != new.some(name)) || has(&old) != has(&new) {
        new.put("modified-at", Value::Instant(now));
    }
    if has(&old) || has(&new) {
        unmark(notes, own);
    }
    doc.at_mut(&Value::keyword("components")).ok_or(Refused)?.put_at(Value::Uuid(own), new);
    Ok(())
}

pub fn delete(doc: &mut Value, c: &Value, now: i64, notes: &mut Notes) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    if flag(c, "skip-undelete?") {
        return purge(doc, c, notes);
    }
    let Some(mut component) = entry(doc, "components", own).cloned() else { return Ok(()) };
    let main = id(&component, "main-instance-id");
    let is_kept = main.is_some_and(|main| entry(&component, "objects", main).is_some());
    if !is_kept {
        let page = id(&component, "main-instance-page").and_then(|page| entry(doc, "pages-index", page));
        let objects = page.and_then(|page| page.some("objects")).cloned().unwrap_or(Value::Map(vec![]));
        let mut all = vec![];
        if let Some(main) = main {
            below(&objects, main, &mut all);
        }
        let none = Value::Map(vec![]);
        let keep = |id: &Uuid| {
            let moved = geometry::moved(shape(&objects, *id).unwrap(), c.some("delta").unwrap_or(&none));
            (Value::Uuid(*id), moved)
        };
        if !all.is_empty() {
            component.put("objects", Value::Map(all.iter().map(keep).collect()));
            unmark(notes, own);
        } else if !flag(&component, "deleted") {
            return Err(Refused);
        }
    }
    component.put("deleted", Value::Bool(true));
    component.put("modified-at", Value::Instant(now));
    doc.at_mut(&Value::keyword("components")).ok_or(Refused)?.put_at(Value::Uuid(own), component);
    Ok(())
}

pub fn restore(doc: &mut Value, c: &Value, now: i64, notes: &mut Notes) -> Done {
    let (own, page) = (id(c, "id").ok_or(Refused)?, id(c, "page-id").ok_or(Refused)?);
    let Some(mut component) = entry(doc, "components", own).cloned() else { return Ok(()) };
    if component.take("objects").is_some() {
        unmark(notes, own);
    }
    component.take("deleted");
    component.put("main-instance-page", Value::Uuid(page));
    component.put("modified-at", Value::Instant(now));
    if component.some("variant-id").is_some() {
        let main = id(&component, "main-instance-id");
        let main = main.and_then(|main| entry(entry(doc, "pages-index", page)?, "objects", main));
        store(&mut component, "variant-id", main.and_then(|main| main.some("variant-id")).cloned());
    }
    doc.at_mut(&Value::keyword("components")).ok_or(Refused)?.put_at(Value::Uuid(own), component);
    Ok(())
}

pub fn purge(doc: &mut Value, c: &Value, notes: &mut Notes) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    if let Some(components) = doc.at_mut(&Value::keyword("components")) {
        components.take_at(&Value::Uuid(own));
        unmark(notes, own);
    }
    Ok(())
}
