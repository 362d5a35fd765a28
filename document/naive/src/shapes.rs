//! Changes of shapes on the tree.

use crate::geometry;
use crate::outcome::{Done, Notes, Refused};
use crate::touched;
use crate::tree::*;
use crate::valid::is_valid;
use transit::value::Value;
use uuid::Uuid;

fn found(doc: &Value, c: &Value) -> Option<Value> {
    container_of(c).filter(|container| exists(doc, container))
}

/// A shape must not get into itself, by parents or by children.
fn in_itself(objects: &Value, of: Uuid, old: Option<&Value>) -> bool {
    let now = shape(objects, of).unwrap();
    let old = old.filter(|old| id(old, "parent-id") == id(now, "parent-id"));
    if old.is_none() && !of.is_nil() && (above(objects, of).contains(&of) || id(now, "parent-id") == Some(of))
    {
        return true;
    }
    let known = old.map(children).unwrap_or_default();
    children(now).into_iter().filter(|child| !known.contains(child)).any(|child| {
        let mut all = vec![];
        below(objects, child, &mut all);
        all.contains(&of)
    })
}

fn out_of_step(objects: &mut Value, parent: Uuid, c: &Value) {
    if let Some(parent) = shape_mut(objects, parent)
        && is_copy(parent)
        && !flag(c, "ignore-touched")
    {
        parent.take("remote-synced");
    }
}

pub fn add(doc: &mut Value, c: &Value, notes: &mut Notes) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    let frame = id(c, "frame-id").ok_or(Refused)?;
    let mut new = c.some("obj").cloned().ok_or(Refused)?;
    let Some(container) = found(doc, c) else { return Ok(()) };
    let mut objects = objects(doc, &container);
    let or_root = |id: Uuid| if shape(&objects, id).is_some() { id } else { Uuid::nil() };
    let (parent, frame) = (or_root(id(c, "parent-id").unwrap_or(frame)), or_root(frame));
    new.put("id", Value::Uuid(own));
    new.put("parent-id", Value::Uuid(parent));
    new.put("frame-id", Value::Uuid(frame));
    drop_nils(&mut new);
    let is_root = own.is_nil() && page_of(&container).is_some();
    if is_root || shape(&objects, parent).is_none() || !is_valid(&new) {
        return Err(Refused);
    }
    let old = shape(&objects, own).cloned();
    objects.put_at(Value::Uuid(own), new);
    let holder = shape_mut(&mut objects, parent).ok_or(Refused)?;
    let listed = children(holder);
    if !listed.contains(&own) {
        set_children(holder, inserted(listed, c.some("index").and_then(Value::as_int), &[own]));
    }
    if in_itself(&objects, own, old.as_ref()) {
        return Err(Refused);
    }
    out_of_step(&mut objects, parent, c);
    notes.marks.remove(&(format!("{container:?}"), own));
    notes.drawn.extend(page_of(&container).map(|page| (page, own)));
    put_objects(doc, &container, objects);
    Ok(())
}

pub fn modify(doc: &mut Value, c: &Value, notes: &mut Notes) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    let operations = c.some("operations").and_then(Value::items).ok_or(Refused)?;
    let Some(container) = found(doc, c) else { return Ok(()) };
    let mut objects = objects(doc, &container);
    let Some(now) = shape_mut(&mut objects, own) else { return Ok(()) };
    let old = now.clone();
    let key = (format!("{container:?}"), own);
    let mut mark = notes.marks.contains(&key);
    for operation in operations {
        touched::operate(now, operation, &mut mark)?;
    }
    let is_root = own.is_nil() && page_of(&container).is_some();
    let stays =
        id(now, "parent-id") == Some(own) && id(now, "frame-id") == Some(own) && word(now, "type") == "frame";
    if !is_valid(now) || (is_root && !stays) || in_itself(&objects, own, Some(&old)) {
        return Err(Refused);
    }
    notes.marks.remove(&key);
    if mark {
        notes.marks.insert(key);
        notes.touched.push((Some((container.clone(), own)), id(c, "component-id")));
    }
    notes.drawn.extend(page_of(&container).map(|page| (page, own)));
    put_objects(doc, &container, objects);
    Ok(())
}

pub fn delete(doc: &mut Value, c: &Value, notes: &mut Notes) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    if own.is_nil() {
        return Err(Refused);
    }
    let Some(container) = found(doc, c) else { return Ok(()) };
    let mut objects = objects(doc, &container);
    let Some(gone) = shape(&objects, own) else { return Ok(()) };
    let parent = id(gone, "parent-id");
    let mut all = vec![];
    below(&objects, own, &mut all);
    for id in all {
        if page_of(&container).is_none() || !id.is_nil() {
            objects.take_at(&Value::Uuid(id));
            notes.marks.remove(&(format!("{container:?}"), id));
        }
    }
    if let Some(parent) = parent {
        if let Some(holder) = shape_mut(&mut objects, parent)
            && children(holder).contains(&own)
        {
            let left = children(holder).into_iter().filter(|child| *child != own).collect();
            set_children(holder, left);
        }
        out_of_step(&mut objects, parent, c);
    }
    put_objects(doc, &container, objects);
    Ok(())
}

pub fn fix(doc: &mut Value, c: &Value) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    if c.some("fix").is_some_and(|fix| *fix != Value::keyword("broken-children")) {
        return Err(Refused);
    }
    let Some(container) = found(doc, c) else { return Ok(()) };
    let mut objects = objects(doc, &container);
    let Some(holder) = shape(&objects, own).filter(|own| own.some("shapes").is_some()) else { return Ok(()) };
    let left = children(holder).into_iter().filter(|child| shape(&objects, *child).is_some()).collect();
    set_children(shape_mut(&mut objects, own).ok_or(Refused)?, left);
    put_objects(doc, &container, objects);
    Ok(())
}

pub fn reorder(doc: &mut Value, c: &Value, notes: &mut Notes) -> Done {
    let own = id(c, "parent-id").ok_or(Refused)?;
    let order = c.some("shapes").and_then(Value::as_uuids).ok_or(Refused)?;
    let Some(container) = found(doc, c) else { return Ok(()) };
    let mut objects = objects(doc, &container);
    let Some(holder) = shape_mut(&mut objects, own) else { return Ok(()) };
    let place =
        |child: &Uuid| order.iter().position(|id| id == child).map_or(-1, |at| i64::try_from(at).unwrap());
    let mut sorted = children(holder);
    sorted.sort_by_key(place);
    if sorted != children(holder) {
        set_children(holder, sorted);
        notes.touched.push((None, id(c, "component-id")));
        put_objects(doc, &container, objects);
    }
    Ok(())
}

pub fn moved(doc: &mut Value, c: &Value) -> Done {
    let target = id(c, "parent-id").ok_or(Refused)?;
    let mut ids: Vec<Uuid> = vec![];
    for id in c.some("shapes").and_then(Value::as_uuids).ok_or(Refused)? {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.iter().any(Uuid::is_nil) {
        return Err(Refused);
    }
    let Some(container) = found(doc, c) else { return Ok(()) };
    let mut objects = objects(doc, &container);
    if ids.is_empty() || !may_move(&objects, c, target, &ids) {
        return Ok(());
    }
    let holder = shape_mut(&mut objects, target).ok_or(Refused)?;
    let frame = if word(holder, "type") == "frame" { Some(target) } else { id(holder, "frame-id") };
    let frame = frame.ok_or(Refused)?;
    let listed = children(holder);
    let after = id(c, "after-shape").and_then(|after| listed.iter().position(|child| *child == after));
    let index = after.map(|at| i64::try_from(at).unwrap() + 1).or(c.some("index").and_then(Value::as_int));
    set_children(holder, inserted(listed, index, &ids));
    for own in &ids {
        let moved = shape_mut(&mut objects, *own).ok_or(Refused)?;
        let from = id(moved, "parent-id");
        moved.put("parent-id", Value::Uuid(target));
        if let Some(from) = from.filter(|from| *from != target)
            && let Some(from) = shape_mut(&mut objects, from)
            && children(from).contains(own)
        {
            let left = children(from).into_iter().filter(|child| child != own).collect();
            set_children(from, left);
        }
    }
    for own in ids {
        reframe(&mut objects, own, frame, &mut vec![]);
    }
    put_objects(doc, &container, objects);
    Ok(())
}

fn may_move(objects: &Value, c: &Value, target: Uuid, ids: &[Uuid]) -> bool {
    let Some(holder) = shape(objects, target) else { return false };
    let around: Vec<Uuid> = above(objects, target).into_iter().chain([target]).collect();
    let component = |own: &Uuid| shape(objects, *own).and_then(|own| id(own, "component-id"));
    let outer: Vec<Uuid> = around.iter().filter_map(component).collect();
    ids.iter().all(|own| {
        let Some(moved) = shape(objects, *own) else { return false };
        let mut all = vec![];
        below(objects, *own, &mut all);
        let from = id(moved, "parent-id").and_then(|from| shape(objects, from));
        let alters = is_copy(holder) || from.is_some_and(is_copy);
        !all.contains(&target)
            && !around.contains(own)
            && !all.iter().filter_map(component).any(|own| outer.contains(&own))
            && (!alters || flag(c, "allow-altering-copies"))
    })
}

fn reframe(objects: &mut Value, own: Uuid, frame: Uuid, seen: &mut Vec<Uuid>) {
    if seen.contains(&own) {
        return;
    }
    seen.push(own);
    let Some(moved) = shape_mut(objects, own) else { return };
    moved.put("frame-id", Value::Uuid(frame));
    if word(moved, "type") != "frame" {
        for child in children(moved) {
            reframe(objects, child, frame, seen);
        }
    }
}

pub fn register(doc: &mut Value, c: &Value) -> Done {
    let ids = c.some("shapes").and_then(Value::as_uuids).ok_or(Refused)?;
    let Some(container) = found(doc, c) else { return Ok(()) };
    let mut objects = objects(doc, &container);
    let mut groups: Vec<Uuid> = vec![];
    for own in ids {
        for id in [own].into_iter().chain(above(&objects, own)) {
            let is_group =
                shape(&objects, id).is_some_and(|own| matches!(word(own, "type"), "group" | "bool"));
            if is_group && !groups.contains(&id) {
                groups.push(id);
            }
        }
    }
    if groups.is_empty() {
        return Ok(());
    }
    for own in groups {
        let measured = geometry::measured(&objects, shape(&objects, own).ok_or(Refused)?);
        if !is_valid(&measured) {
            return Err(Refused);
        }
        objects.put_at(Value::Uuid(own), measured);
    }
    put_objects(doc, &container, objects);
    Ok(())
}
