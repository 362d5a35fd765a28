//! Looking around in a document that is one tree.

use transit::value::Value;
use uuid::Uuid;

/// The keyword under a name; empty when there is none.
pub fn word<'v>(value: &'v Value, name: &str) -> &'v str {
    value.some(name).and_then(Value::as_keyword).unwrap_or_default()
}

pub fn id(value: &Value, name: &str) -> Option<Uuid> {
    value.some(name).and_then(Value::as_uuid)
}

pub fn flag(value: &Value, name: &str) -> bool {
    value.some(name) == Some(&Value::Bool(true))
}

/// An entry of a map of the document; none when there is none, or nil.
pub fn entry<'v>(value: &'v Value, map: &str, id: Uuid) -> Option<&'v Value> {
    value.some(map)?.at(&Value::Uuid(id)).filter(|entry| !entry.is_nil())
}

/// The same, to change it.
pub fn entry_mut<'v>(value: &'v mut Value, map: &str, id: Uuid) -> Option<&'v mut Value> {
    value.at_mut(&Value::keyword(map))?.at_mut(&Value::Uuid(id))
}

/// The map that holds a change's page or component, and its id there: as a key to come back to.
pub fn container_of(c: &Value) -> Option<Value> {
    let page = id(c, "page-id").map(|page| ("pages-index", page));
    let (map, id) = page.or(id(c, "component-id").map(|component| ("components", component)))?;
    Some(Value::Vec(vec![Value::text(map), Value::Uuid(id)]))
}

fn path(container: &Value) -> (&str, Uuid) {
    match container {
        Value::Vec(items) => match items.as_slice() {
            [Value::Str(map), Value::Uuid(id)] => (map.as_str(), *id),
            _ => panic!("no container"),
        },
        _ => panic!("no container"),
    }
}

pub fn page_of(container: &Value) -> Option<Uuid> {
    let (map, id) = path(container);
    (map == "pages-index").then_some(id)
}

pub fn exists(doc: &Value, container: &Value) -> bool {
    let (map, id) = path(container);
    entry(doc, map, id).is_some()
}

/// The shapes of a container, as they are.
pub fn objects(doc: &Value, container: &Value) -> Value {
    let (map, id) = path(container);
    let found = entry(doc, map, id).and_then(|owner| owner.some("objects"));
    found.cloned().unwrap_or(Value::Map(vec![]))
}

/// Puts the shapes back.
pub fn put_objects(doc: &mut Value, container: &Value, objects: Value) {
    let (map, id) = path(container);
    if let Some(owner) = entry_mut(doc, map, id) {
        owner.put("objects", objects);
    }
}

pub fn shape(objects: &Value, id: Uuid) -> Option<&Value> {
    objects.at(&Value::Uuid(id))
}

pub fn shape_mut(objects: &mut Value, id: Uuid) -> Option<&mut Value> {
    objects.at_mut(&Value::Uuid(id))
}

pub fn children(shape: &Value) -> Vec<Uuid> {
    shape.some("shapes").and_then(Value::as_uuids).unwrap_or_default()
}

pub fn set_children(shape: &mut Value, children: Vec<Uuid>) {
    shape.put("shapes", Value::Vec(children.into_iter().map(Value::Uuid).collect()));
}

/// A shape and what is below it.
pub fn below(objects: &Value, id: Uuid, found: &mut Vec<Uuid>) {
    let Some(own) = shape(objects, id).filter(|_| !found.contains(&id)) else { return };
    found.push(id);
    for child in children(own) {
        below(objects, child, found);
    }
}

/// What is around a shape.
pub fn above(objects: &Value, of: Uuid) -> Vec<Uuid> {
    let (mut found, mut at) = (vec![], of);
    while let Some(parent) = shape(objects, at).and_then(|own| id(own, "parent-id")) {
        if parent == at || found.contains(&parent) || shape(objects, parent).is_none() {
            break;
        }
        found.push(parent);
        at = parent;
    }
    found
}

pub fn is_copy(shape: &Value) -> bool {
    shape.some("shape-ref").is_some()
}

/// The list with members at an index, or behind the rest.
pub fn inserted(list: Vec<Uuid>, index: Option<i64>, new: &[Uuid]) -> Vec<Uuid> {
    let Some(index) = index else {
        let mut list = list;
        for id in new {
            if !list.contains(id) {
                list.push(*id);
            }
        }
        return list;
    };
    let mut out = vec![];
    let at = index.clamp(0, i64::try_from(list.len()).unwrap());
    for (i, id) in (0..).zip(&list) {
        if i == at {
            out.extend(new);
        }
        if !new.contains(id) {
            out.push(*id);
        }
    }
    if at == i64::try_from(list.len()).unwrap() {
        out.extend(new);
    }
    out
}

pub fn drop_nils(value: &mut Value) {
    if let Some(entries) = value.entries_mut() {
        entries.retain(|(_, value)| !value.is_nil());
    }
}
