//! Collecting what of a library is named, what that names of it, and so on.

use super::asked::Asked;
use super::named::Named;
use super::taken::{Sides, Taken};
use super::unit::Unit;
use crate::part::{Container, Kind, OpenPart, PartKey};
use crate::stop::{Reach, Step, Stop, Wanted};
use crate::tree::subtree;
use crate::working_set::WorkingSet;
use std::collections::BTreeSet;
use transit::value::Value;
use uuid::Uuid;

/// Collects what the users name of the library, what that names of it, and so on.
///
/// # Errors
/// [`Stop::Missing`]: load the part of the library and gather again; [`Stop::Unreadable`].
pub fn gather(sides: Sides, users: &[OpenPart], library: &mut WorkingSet) -> Result<Taken, Stop> {
    collected(sides, users, library).map_err(|halt| halt.into_stop(None, None))
}

fn collected(sides: Sides, users: &[OpenPart], library: &mut WorkingSet) -> Step<Taken> {
    let mut named = Named::of(sides.library);
    users.iter().for_each(|user| named.note(user));
    let mut taken = Taken::nothing(sides);
    let mut seen = BTreeSet::new();
    // Mains have copies of other components in them: wave after wave.
    loop {
        let next: Vec<Uuid> = named.components.difference(&seen).copied().collect();
        if next.is_empty() {
            break;
        }
        seen.extend(&next);
        let components = open_all(library, next.into_iter().map(PartKey::component))?;
        take_components(&mut taken, components, library, &mut named)?;
    }
    leave_doubles(&mut taken.units);
    taken.components.retain(|_, component| taken.units.iter().any(|unit| unit.has_main_of(component)));
    let colors = named.colors.iter().map(|id| PartKey::of_file(Kind::Color, *id));
    taken.colors = open_all(library, colors)?;
    let typographies = named.typographies.iter().map(|id| PartKey::of_file(Kind::Typography, *id));
    taken.typographies = open_all(library, typographies)?;
    if named.tokens {
        taken.tokens = library.open(PartKey::TOKENS)?.map(|tokens| tokens.value().clone());
    }
    Ok(taken)
}

fn take_components(
    taken: &mut Taken,
    components: Vec<OpenPart>,
    library: &mut WorkingSet,
    named: &mut Named,
) -> Step<()> {
    let mut asked = Asked::default();
    for component in components {
        let id = |name: &str| component.plain(name).and_then(Value::as_uuid);
        let (page, main) = (id("main-instance-page"), id("main-instance-id"));
        if component.plain("deleted") == Some(&Value::Bool(true)) {
            let Some(kept) = asked.take(kept(library, &component, main))? else { continue };
            kept.iter().for_each(|shape| named.note(shape));
            if !kept.is_empty() {
                taken.deleted.push((component, kept));
            }
            continue;
        }
        let Some((page, main)) = page.zip(main) else { continue };
        if !taken.units.iter().any(|unit| unit.holds(page, main)) {
            // A component whose main is gone has nothing to take.
            let Some(unit) = asked.take(Unit::read(library, page, main))?.flatten() else { continue };
            unit.shapes.iter().for_each(|shape| named.note(shape));
            taken.units.push(unit);
        }
        taken.components.insert(component.key().id, component);
    }
    asked.end()
}

/// A main that is inside another one comes with that.
fn leave_doubles(units: &mut Vec<Unit>) {
    let is_inside =
        |unit: &Unit| units.iter().any(|other| other.root != unit.root && other.holds(unit.page, unit.root));
    let mut inside = units.iter().map(is_inside).collect::<Vec<bool>>().into_iter();
    units.retain(|_| !inside.next().unwrap_or(false));
}

/// What is kept of a deleted component.
fn kept(library: &mut WorkingSet, component: &OpenPart, main: Option<Uuid>) -> Step<Vec<OpenPart>> {
    let Some(main) = main else { return Ok(vec![]) };
    let container = Container::Component(component.key().id);
    let all = [Wanted::whole(PartKey::shape(container, main), Reach::Below)];
    let ids = subtree(library, container, main).map_err(|halt| halt.with(all))?;
    open_all(library, ids.into_iter().map(|id| PartKey::shape(container, id)))
}

/// Parts with their attributes, those that are there; asks for all that are missing at once.
fn open_all(parts: &mut WorkingSet, keys: impl IntoIterator<Item = PartKey>) -> Step<Vec<OpenPart>> {
    let (mut asked, mut found) = (Asked::default(), vec![]);
    for key in keys {
        let part = parts.open(key).map(Option::<&OpenPart>::cloned);
        found.extend(asked.take(part)?.flatten());
    }
    asked.end()?;
    Ok(found)
}
