//! Walks over the shapes of a container, up by parents and down by children. Both end on circles.

use crate::fault::Fault;
use crate::limits::{CHILDREN_MAX, DEPTH_MAX};
use crate::part::{Columns, Container, PartKey};
use crate::stop::{Reach, Step, Wanted};
use crate::working_set::WorkingSet;
use std::collections::HashSet;
use uuid::Uuid;

/// A shape and all below it that is there, itself first.
pub(crate) fn subtree(parts: &WorkingSet, container: Container, id: Uuid) -> Step<Vec<Uuid>> {
    let top = PartKey::shape(container, id);
    let (mut seen, mut left, mut found) = (HashSet::new(), vec![id], vec![]);
    while let Some(id) = left.pop() {
        if !seen.insert(id) {
            continue;
        }
        let shape = parts.find_with(PartKey::shape(container, id), Reach::Below);
        // The rest of the tree will be asked for too.
        if let Some(shape) = shape.map_err(|halt| halt.with([Wanted::columns(top, Reach::Below)]))? {
            found.push(id);
            left.extend(shape.children().iter().rev());
        }
    }
    Ok(found)
}

/// How many shapes lie one in the other below a shape, itself counted.
fn height(parts: &WorkingSet, container: Container, id: Uuid) -> Step<usize> {
    let (mut seen, mut level, mut height) = (HashSet::from([id]), vec![id], 0);
    while !level.is_empty() {
        height += 1;
        let mut next = vec![];
        for id in level {
            if let Some(shape) = parts.find_with(PartKey::shape(container, id), Reach::Below)? {
                next.extend(shape.children().iter().copied().filter(|child| seen.insert(*child)));
            }
        }
        level = next;
    }
    Ok(height)
}

/// What is around a shape, from the nearest to the root.
pub(crate) fn ancestors(parts: &WorkingSet, container: Container, id: Uuid) -> Step<Vec<Uuid>> {
    let parent_of = |id| -> Step<Option<Uuid>> {
        let shape = parts.find_with(PartKey::shape(container, id), Reach::Above)?;
        Ok(shape.and_then(|shape| shape.parent))
    };
    let (mut seen, mut found, mut at) = (HashSet::new(), vec![], id);
    while let Some(parent) = parent_of(at)? {
        let is_there = parts.find_with(PartKey::shape(container, parent), Reach::Above)?.is_some();
        if parent == at || !is_there || !seen.insert(parent) {
            break;
        }
        found.push(parent);
        at = parent;
    }
    Ok(found)
}

/// Refuses a shape that a change put into itself, or too deep, or that holds too much. `before` is what it was; none
/// when it is new, or was put elsewhere.
pub(crate) fn check_place(parts: &WorkingSet, key: PartKey, before: Option<&Columns>) -> Step<()> {
    let Some(now) = parts.find(key)? else { return Ok(()) };
    let before = before.filter(|before| before.parent == now.parent);
    if before.is_none() && !key.is_root() {
        let above = ancestors(parts, key.container, key.id)?;
        if above.contains(&key.id) || now.parent == Some(key.id) {
            return Err(Fault::data("should not be inside the shape itself").under("parent-id").into());
        }
        if above.len() > DEPTH_MAX {
            return Err(too_deep().into());
        }
    }
    check_count(now.children().len())?;
    parts.scan(now.children().len())?;
    if before.is_some_and(|before| before.children() == now.children()) {
        return Ok(());
    }
    let known: HashSet<&Uuid> = before.map(Columns::children).unwrap_or_default().iter().collect();
    let new = || now.children().iter().filter(|child| !known.contains(child));
    for child in new() {
        let below = subtree(parts, key.container, *child).map_err(|halt| {
            let others = new().map(|child| PartKey::shape(key.container, *child));
            halt.with(others.map(|child| Wanted::columns(child, Reach::Below)))
        })?;
        if below.contains(&key.id) {
            return Err(Fault::data("should not hold what the shape is inside of").under("shapes").into());
        }
    }
    Ok(())
}

/// Refuses a container in which a shape is inside itself, whichever way one looks.
pub(crate) fn check_circles(parts: &WorkingSet, container: Container, ids: &[Uuid]) -> Step<()> {
    let (mut by_parents, mut by_children) = (HashSet::new(), HashSet::new());
    for id in ids {
        check_way_up(parts, container, *id, &mut by_parents)?;
        check_way_down(parts, container, *id, &mut by_children)?;
    }
    Ok(())
}

fn check_way_up(parts: &WorkingSet, container: Container, id: Uuid, done: &mut HashSet<Uuid>) -> Step<()> {
    let (mut way, mut at) = (HashSet::new(), id);
    while !done.contains(&at) {
        let Some(shape) = parts.find(PartKey::shape(container, at))? else { break };
        if !way.insert(at) {
            return Err(circle(at).into());
        }
        match shape.parent {
            // The root is its own parent.
            Some(parent) if parent != at || !at.is_nil() => at = parent,
            _ => break,
        }
    }
    done.extend(way);
    Ok(())
}

fn check_way_down(parts: &WorkingSet, container: Container, id: Uuid, done: &mut HashSet<Uuid>) -> Step<()> {
    let (mut way, mut left) = (HashSet::new(), vec![(id, false)]);
    while let Some((id, leaves)) = left.pop() {
        if leaves {
            way.remove(&id);
            done.insert(id);
            continue;
        }
        if way.contains(&id) {
            return Err(circle(id).into());
        }
        let Some(shape) = parts.find(PartKey::shape(container, id))? else { continue };
        if !done.contains(&id) {
            way.insert(id);
            left.push((id, true));
            left.extend(shape.children().iter().map(|child| (*child, false)));
        }
    }
    Ok(())
}

fn circle(id: Uuid) -> Fault {
    Fault::data("should not be inside the shape itself").under(&id.to_string())
}

fn too_deep() -> Fault {
    Fault::limit(format!("would be inside more than {DEPTH_MAX} shapes"))
}

/// Refuses more children than a shape, or pages than a file, may have.
pub(crate) fn check_count(children: usize) -> Result<(), Fault> {
    if children > CHILDREN_MAX {
        return Err(Fault::limit(format!("would hold more than {CHILDREN_MAX} others")));
    }
    Ok(())
}

/// Refuses shapes that would lie too deep in a parent.
pub(crate) fn check_depth(parts: &WorkingSet, container: Container, parent: Uuid, ids: &[Uuid]) -> Step<()> {
    let above = ancestors(parts, container, parent)?.len() + 1;
    for id in ids {
        if above + height(parts, container, *id)? > DEPTH_MAX + 1 {
            return Err(too_deep().into());
        }
    }
    Ok(())
}
