//! A whole document into its parts: what a new, an imported or an older file is stored as.

use crate::fault::Fault;
use crate::part::{Container, Kind, OpenPart, PartKey};
use crate::schema::coerce::{coerce, id_of};
use crate::schema::kind::Schema;
use crate::schema::{library, page, shape};
use transit::value::Value;
use transit::{Limits, each_key_once};
use uuid::Uuid;

/// The tag of shapes that are stored as text, each a document of its own.
const OBJECTS_MAP: &str = "penpot/objects-map/v2";
/// The tag of what is stored elsewhere.
const POINTER: &str = "penpot/pointer";
/// The maps of a file whose entries are parts.
const MAPS: [Kind; 5] = [Kind::Page, Kind::Component, Kind::Color, Kind::Typography, Kind::Media];

/// The parts of a document's data, the file first, in the form that they are stored in, also where JSON said them; only
/// a library of tokens must be one already (see [`crate::tokens::dtcg::read`]). What cannot be a part stays in the part
/// that it stood in: an entry whose key is no uuid, or which is no map. The id of the file is left out: whoever stores
/// it knows it.
///
/// # Errors
/// [`Fault`] when the data is no map, or something of it lies elsewhere, or cannot be read.
pub fn split(data: Value) -> Result<Vec<OpenPart>, Fault> {
    if !data.is_map() {
        return Err(Fault::data("should be a map"));
    }
    let mut file = OpenPart::new(PartKey::FILE, data);
    file.value_mut().take("id");
    let mut parts = Vec::new();
    for kind in MAPS {
        let Some(name) = kind.map() else { continue };
        let Some(entries) = file.value_mut().take(name).filter(|entries| !entries.is_nil()) else { continue };
        let rest = split_map(kind, entries, &mut parts).map_err(|fault| fault.under(name))?;
        // Pages are always there; of the others, an empty map is not the same as none.
        let goes = kind == Kind::Page && rest == Value::Map(Vec::new());
        file.set(name, if goes { Value::Nil } else { rest });
    }
    if let Some(tokens) = file.value_mut().take("tokens-lib").filter(|tokens| !tokens.is_nil()) {
        refuse_pointer(&tokens).map_err(|fault| fault.under("tokens-lib"))?;
        parts.push(OpenPart::new(PartKey::TOKENS, tokens));
    }
    parts.insert(0, file);
    Ok(parts)
}

/// The entries of a map as parts; what cannot be one is given back.
fn split_map(kind: Kind, entries: Value, parts: &mut Vec<OpenPart>) -> Result<Value, Fault> {
    refuse_pointer(&entries)?;
    let mut rest = Vec::new();
    for (name, value) in entries_of(entries)? {
        let under = |fault: Fault| fault.under(&place(&name));
        refuse_pointer(&value).map_err(under)?;
        match key_of(&name) {
            Some(id) if value.is_map() => match kind {
                Kind::Page => split_page(id, value, parts).map_err(under)?,
                Kind::Component => split_component(id, value, parts).map_err(under)?,
                _ => parts.push(OpenPart::new(PartKey::of_file(kind, id), asset(kind, value))),
            },
            _ => rest.push((name, value)),
        }
    }
    Ok(Value::Map(each_key_once(rest)))
}

fn split_page(id: Uuid, value: Value, parts: &mut Vec<OpenPart>) -> Result<(), Fault> {
    let mut page = OpenPart::new(PartKey::page(id), coerce(&page::PAGE, value));
    let objects = page.value_mut().take("objects").filter(|objects| !objects.is_nil());
    let at = parts.len();
    if let Some(objects) = objects {
        let rest =
            split_shapes(Container::Page(id), objects, parts).map_err(|fault| fault.under("objects"))?;
        page.set("objects", if rest.entries().is_empty() { Value::Nil } else { rest });
    }
    parts.insert(at, page);
    Ok(())
}

/// Something of the library in the form that it is stored in.
fn asset(kind: Kind, value: Value) -> Value {
    match kind {
        Kind::Color => coerce(&library::COLOR, value),
        Kind::Typography => coerce(&library::TYPOGRAPHY, value),
        Kind::Media => coerce(&library::MEDIA, value),
        _ => value,
    }
}

fn split_component(id: Uuid, value: Value, parts: &mut Vec<OpenPart>) -> Result<(), Fault> {
    let mut component = OpenPart::new(PartKey::component(id), coerce(&library::COMPONENT, value));
    let objects = component.value_mut().take("objects").filter(|objects| !objects.is_nil());
    let at = parts.len();
    if let Some(objects) = objects {
        let container = Container::Component(id);
        let rest = split_shapes(container, objects, parts).map_err(|fault| fault.under("objects"))?;
        component.set("objects", rest);
    }
    parts.insert(at, component);
    Ok(())
}

fn split_shapes(container: Container, objects: Value, parts: &mut Vec<OpenPart>) -> Result<Value, Fault> {
    refuse_pointer(&objects)?;
    let mut rest = Vec::new();
    for (name, value) in entries_of(objects)? {
        let value = match value {
            Value::Str(text) => nested(text).map_err(|fault| fault.under(&place(&name)))?,
            value => value,
        };
        match key_of(&name) {
            Some(id) if value.is_map() => {
                parts.push(OpenPart::new(PartKey::shape(container, id), shape::coerce(value)));
            }
            _ => rest.push((name, value)),
        }
    }
    Ok(Value::Map(each_key_once(rest)))
}

/// A shape that was stored as text.
fn nested(text: String) -> Result<Value, Fault> {
    if !text.starts_with(['[', '{']) {
        return Ok(Value::Str(text));
    }
    transit::read(text.as_bytes(), &Limits::STORED)
        .map_err(|error| Fault::data(format!("should hold transit: {error}")))
}

/// The entries of a map, in whatever way it is written.
fn entries_of(map: Value) -> Result<Vec<(Value, Value)>, Fault> {
    let map = match map {
        Value::Tagged(tag, inner) if tag == OBJECTS_MAP => *inner,
        map => coerce(&Schema::Map(&Schema::Any, &Schema::Any), map),
    };
    match map {
        Value::Map(entries) => Ok(entries),
        _ => Err(Fault::data("should be a map")),
    }
}

fn key_of(name: &Value) -> Option<Uuid> {
    match name {
        Value::Uuid(id) => Some(*id),
        Value::Keyword(text) | Value::Str(text) => id_of(text),
        _ => None,
    }
}

fn refuse_pointer(value: &Value) -> Result<(), Fault> {
    match value {
        Value::Tagged(tag, _) if tag == POINTER => Err(Fault::data("should be here, not in a fragment")),
        _ => Ok(()),
    }
}

fn place(key: &Value) -> String {
    key_of(key).map_or_else(|| key.as_keyword().unwrap_or("?").to_owned(), |id| id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::new_data;

    fn id(number: u128) -> Value {
        Value::Uuid(Uuid::from_u128(number))
    }

    fn keys(data: Value) -> Vec<PartKey> {
        split(data).expect("a document").iter().map(OpenPart::key).collect()
    }

    #[test]
    fn a_new_file_is_itself_a_page_and_a_root() {
        let page = Uuid::from_u128(2);
        let parts = split(new_data(Uuid::from_u128(1), page)).expect("a document");
        let keys: Vec<_> = parts.iter().map(OpenPart::key).collect();
        let root = PartKey::shape(Container::Page(page), Uuid::nil());
        assert_eq!(keys, [PartKey::FILE, PartKey::page(page), root]);
        assert_eq!(parts[0].columns.children(), [page]);
        assert_eq!((parts[0].get("id"), parts[0].plain("pages-index")), (None, None));
        assert_eq!(parts[1].value(), &Value::map([("name", Value::text("Page 1"))]));
    }

    #[test]
    fn shapes_that_are_stored_as_text_are_shapes() {
        let text =
            String::from_utf8(transit::write(&Value::tagged("shape", Value::map([("x", Value::Int(1))]))));
        let objects = Value::Map(vec![(id(3), Value::Str(text.expect("UTF-8")))]);
        let page = Value::map([("objects", Value::tagged(OBJECTS_MAP, objects))]);
        let data = Value::map([("pages-index", Value::Map(vec![(id(2), page)]))]);
        let parts = split(data).expect("a document");
        assert_eq!(parts.last().and_then(|shape| shape.plain("x")), Some(&Value::Int(1)));
    }

    #[test]
    fn what_json_says_of_the_library_is_in_the_form_that_is_stored() {
        let one = Uuid::from_u128(1).to_string();
        let entry = |entry| Value::Map(vec![(Value::keyword(&one), entry)]);
        let moment = Value::text("1970-01-01T00:00:00.005Z");
        let component = Value::map([
            ("id", Value::text(&one)),
            ("main-instance-id", Value::text(&one)),
            ("modified-at", moment.clone()),
        ]);
        let data = Value::map([
            ("components", entry(component)),
            ("colors", entry(Value::map([("modified-at", moment.clone())]))),
            ("typographies", entry(Value::map([("modified-at", moment)]))),
            ("media", entry(Value::map([("media-id", Value::text(&one))]))),
        ]);
        let parts = split(data).expect("a document");
        let get = |at: usize, name: &str| parts[at].plain(name).cloned();
        assert_eq!(
            (get(1, "main-instance-id"), get(1, "modified-at")),
            (Some(id(1)), Some(Value::Instant(5)))
        );
        assert_eq!(
            (get(2, "modified-at"), get(3, "modified-at")),
            (Some(Value::Instant(5)), Some(Value::Instant(5)))
        );
        assert_eq!(get(4, "media-id"), Some(id(1)));
    }

    #[test]
    fn an_entry_that_cannot_be_a_part_stays_where_it_stood() {
        let colors =
            Value::Map(vec![(Value::Nil, Value::Int(1)), (id(4), Value::Nil), (id(5), Value::map([]))]);
        let data = Value::map([("colors", colors), ("media", Value::map([])), ("components", Value::Nil)]);
        let parts = split(data).expect("a document");
        assert_eq!(parts.len(), 2);
        let rest = Value::Map(vec![(Value::Nil, Value::Int(1)), (id(4), Value::Nil)]);
        assert_eq!(parts[0].value(), &Value::map([("colors", rest), ("media", Value::map([]))]));
        assert_eq!(keys(Value::map([])), [PartKey::FILE]);
    }

    #[test]
    fn what_lies_elsewhere_or_cannot_be_read_is_refused_with_its_place() {
        let pointer = Value::tagged(POINTER, Value::Vec(vec![id(9), Value::Nil]));
        let pages = Value::Map(vec![(id(2), pointer)]);
        let fault = split(Value::map([("pages-index", pages)])).expect_err("a pointer");
        assert_eq!(fault.field, "pages-index.00000000-0000-0000-0000-000000000002");
        let objects = Value::Map(vec![(id(3), Value::text("[1"))]);
        let page = Value::map([("objects", objects)]);
        let pages = Value::Map(vec![(id(2), page)]);
        assert!(split(Value::map([("pages-index", pages)])).is_err());
        assert!(split(Value::Nil).is_err() && split(Value::map([("colors", Value::Int(1))])).is_err());
    }
}
