//! The changes by which a file takes over what was gathered.

use super::asked::Asked;
use super::named::TOKENS_SOURCE;
use super::names::Names;
use super::place::{PAGE_NAME, Place};
use super::styles::{self, Styles};
use super::taken::{Sides, Taken};
use super::unit::Unit;
use super::write;
use crate::file::ROOT;
use crate::geometry::number::Number;
use crate::geometry::translate::translate;
use crate::part::{Container, Kind, OpenPart, PartKey};
use crate::stop::{Step, Stop};
use crate::tokens::mint;
use crate::working_set::WorkingSet;
use std::collections::{BTreeMap, HashMap};
use transit::value::Value;
use uuid::Uuid;

/// The changes of the file; none when nothing is to be done. `media` are pictures of the library, each with the file's
/// own copy of it.
///
/// # Errors
/// [`Stop::Missing`]: load the part of the file and ask again; [`Stop::Unreadable`].
pub fn changes(
    taken: &Taken,
    users: &[OpenPart],
    own: &mut WorkingSet,
    media: &HashMap<Uuid, Uuid>,
) -> Result<Vec<Value>, Stop> {
    made(taken, users, own, media).map_err(|halt| halt.into_stop(None, None))
}

fn made(
    taken: &Taken,
    users: &[OpenPart],
    own: &mut WorkingSet,
    media: &HashMap<Uuid, Uuid>,
) -> Step<Vec<Value>> {
    let sides = taken.sides;
    let colors = Styles::of(own, &taken.colors, |id| made_up(sides, "color", id))?;
    let typographies = Styles::of(own, &taken.typographies, |id| made_up(sides, "typography", id))?;
    let names = Names {
        file: sides.file,
        library: sides.library,
        components: components(taken, own)?,
        colors: colors.ids,
        typographies: typographies.ids,
        media,
    };
    let mut changes = vec![];
    put_units(taken, own, &names, &mut changes)?;
    for (component, shapes) in &taken.deleted {
        put_deleted(component, shapes, &names, &mut changes);
    }
    for (part, id) in colors.new {
        changes.push(write::change("add-color", [("color", styles::color(part, id, &names))]));
    }
    for (part, id) in typographies.new {
        changes.push(write::change("add-typography", [("typography", styles::typography(part, id))]));
    }
    users.iter().for_each(|user| changes.extend(of_user(user, taken, &names)));
    Ok(changes)
}

/// An id that nothing has yet, the same each time it is asked for.
fn made_up(sides: Sides, kind: &str, id: Uuid) -> Uuid {
    let [file, library, id] = [sides.file, sides.library, id].map(|id| id.to_string());
    mint::id(&["absorb", kind, &file, &library, &sides.revn.to_string(), &id])
}

/// The ids that components get: their own, where the file has no component of that id.
fn components(taken: &Taken, own: &WorkingSet) -> Step<BTreeMap<Uuid, Uuid>> {
    let deleted = taken.deleted.iter().map(|(component, _)| component.key().id);
    let (mut asked, mut ids) = (Asked::default(), BTreeMap::new());
    for id in taken.components.keys().copied().chain(deleted) {
        let found = own.find(PartKey::component(id)).map(|found| found.is_some());
        let is_there = asked.take(found)?.unwrap_or(false);
        ids.insert(id, if is_there { made_up(taken.sides, "component", id) } else { id });
    }
    asked.end()?;
    Ok(ids)
}

/// Puts mains on their page, by name, and adds their components.
fn put_units(taken: &Taken, own: &mut WorkingSet, names: &Names<'_>, changes: &mut Vec<Value>) -> Step<()> {
    if taken.units.is_empty() {
        return Ok(());
    }
    let new_page = made_up(taken.sides, "page", taken.sides.library);
    let place = Place::find(own, &taken.units, new_page)?;
    if place.is_new {
        let fields = [("id", Value::Uuid(place.page)), ("name", Value::text(PAGE_NAME))];
        changes.push(write::change("add-page", fields));
    }
    let mut units: Vec<&Unit> = taken.units.iter().collect();
    units.sort_by_cached_key(|unit| (name(unit).to_lowercase(), unit.root));
    for (unit, by) in units.iter().zip(place.moves(&units)) {
        let in_it = taken.components.values().filter(|component| unit.has_main_of(component));
        let in_it: Vec<(&OpenPart, Uuid)> = in_it
            .filter_map(|component| Some((component, *names.components.get(&component.key().id)?)))
            .collect();
        // Variants of components that have other ids are variants of something else than those that are there.
        let is_renamed = in_it.iter().any(|(component, id)| component.key().id != *id);
        let root = match unit.is_of_variants && is_renamed {
            true => made_up(taken.sides, "variants", unit.root),
            false => unit.root,
        };
        let shapes = placed(unit, Placed { page: place.page, root, by }, names);
        changes.extend(shapes.iter().map(|shape| write::add_shape(place.page, shape)));
        for (component, id) in in_it {
            let variant = match component.plain("variant-id") {
                Some(_) if unit.is_of_variants => Value::Uuid(root),
                _ => Value::Nil,
            };
            changes.extend(write::add_component(component, id, Value::Uuid(place.page), variant));
        }
    }
    Ok(())
}

fn name(unit: &Unit) -> &str {
    unit.shapes.first().and_then(|root| root.plain("name")?.as_str()).unwrap_or_default()
}

/// Where a unit goes.
#[derive(Clone, Copy)]
struct Placed {
    page: Uuid,
    root: Uuid,
    by: [Number; 2],
}

/// The shapes of a unit as the file's own, on the top level of a page.
fn placed(unit: &Unit, to: Placed, names: &Names<'_>) -> Vec<OpenPart> {
    let parents = unit.parents();
    let own = |id: Uuid| if id == unit.root { to.root } else { id };
    let place = |shape: &OpenPart| {
        let id = shape.key().id;
        let key = PartKey::shape(Container::Page(to.page), own(id));
        let mut copy = OpenPart::new(key, shape.to_value());
        translate(&mut copy, to.by);
        names.replace(&mut copy);
        if let Some(children) = &mut copy.columns.children {
            children.retain(|child| parents.get(child) == Some(&id));
        }
        let frame = copy.columns.frame.filter(|frame| unit.holds(unit.page, *frame) && *frame != id);
        let parent = parents.get(&id).filter(|_| id != unit.root);
        copy.set("parent-id", Value::Uuid(parent.map_or(ROOT, |parent| own(*parent))));
        copy.set("frame-id", Value::Uuid(parent.and(frame).map_or(ROOT, own)));
        if id == unit.root && copy.columns.main_instance == Some(true) {
            copy.set("component-root", Value::Bool(true));
        }
        if unit.is_of_variants && copy.plain("variant-id").and_then(Value::as_uuid) == Some(unit.root) {
            copy.set("variant-id", Value::Uuid(to.root));
        }
        copy
    };
    unit.shapes.iter().map(place).collect()
}

/// Adds a component as it is: deleted, with what is kept of it, so that whoever has a copy can restore it.
fn put_deleted(component: &OpenPart, shapes: &[OpenPart], names: &Names<'_>, changes: &mut Vec<Value>) {
    let Some(id) = names.components.get(&component.key().id) else { return };
    let own = |shape: &OpenPart| {
        let mut own = shape.clone();
        names.replace(&mut own);
        own
    };
    let shapes: Vec<OpenPart> = shapes.iter().map(own).collect();
    let attribute = |name: &str| component.plain(name).cloned().unwrap_or(Value::Nil);
    let (page, variant) = (attribute("main-instance-page"), attribute("variant-id"));
    changes.extend(write::add_component(component, *id, page, variant.clone()));
    changes.extend(write::delete_component(component, *id, variant, &shapes));
}

/// Whoever named the library names the file.
fn of_user(user: &OpenPart, taken: &Taken, names: &Names<'_>) -> Vec<Value> {
    let mut own = user.clone();
    names.replace(&mut own);
    match user.key().kind {
        Kind::Shape => write::change_shape(user, &own).into_iter().collect(),
        Kind::Color if own != *user => {
            vec![write::change("mod-color", [("color", styles::color(&own, own.key().id, names))])]
        }
        Kind::File => of_tokens(user, taken),
        _ => vec![],
    }
}

/// The file uses tokens of its own from now on: those that it used.
fn of_tokens(file: &OpenPart, taken: &Taken) -> Vec<Value> {
    if file.plain(TOKENS_SOURCE).and_then(Value::as_uuid) != Some(taken.sides.library) {
        return vec![];
    }
    let library = taken.tokens.iter();
    let library = library.map(|tokens| write::change("set-tokens-lib", [("tokens-lib", tokens.clone())]));
    let this = Value::Uuid(taken.sides.file);
    let source = write::change("set-tokens-source", [("file-id", this.clone()), ("library-id", this)]);
    library.chain([source]).collect()
}
