//! Moving and renaming sets and groups of tokens. Here the sets are one flat list with their ways, in order; what lies
//! in one group stands together.

use crate::outcome::{Done, Refused};
use crate::tokens_lib::{Lib, name_of, names, stamp, way_of};
use crate::tree::*;
use transit::value::Value;

type Block = Vec<(Vec<String>, Value)>;

/// Puts a set in the place of one, or behind the others; themes follow, and are dated.
pub fn replace(lib: &mut Lib, old: Option<&[String]>, way: &[String], set: Value, now: i64) {
    put_before(&mut lib.sets, old.unwrap_or(&[]), way, vec![(vec![], set)]);
    if let Some(old) = old.filter(|old| *old != way) {
        lib.sets.retain(|(own, _)| own != old);
        follow(lib, &name_of(old), &name_of(way), Some(now));
    }
}

fn follow(lib: &mut Lib, old: &str, new: &str, now: Option<i64>) {
    lib.each_theme(|theme| {
        let mut sets = names(theme);
        if sets.iter().any(|name| name == old) {
            sets.retain(|name| name != old && name != new);
            sets.push(new.to_owned());
            theme.put("sets", Value::Set(sets.into_iter().map(Value::Str).collect()));
            if let Some(now) = now {
                stamp(theme, now);
            }
        }
    });
}

fn put_before(list: &mut Block, other: &[String], way: &[String], block: Block) {
    let key = &way[0];
    let other = if list.iter().any(|(own, _)| own.first() == other.first()) { other } else { &[] };
    let at = list.iter().position(|(own, _)| own[0] == *key);
    let (branch, rest): (Block, Block) =
        std::mem::take(list).into_iter().partition(|(own, _)| own[0] == *key);
    *list = rest;
    let mut inner = block;
    if way.len() > 1 {
        let block = std::mem::take(&mut inner);
        inner = branch.into_iter().map(|(own, set)| (own[1..].to_vec(), set)).collect();
        put_before(&mut inner, other.get(1..).unwrap_or(&[]), &way[1..], block);
    }
    let place = match other.first() {
        Some(other) if other != key => list.iter().position(|(own, _)| own[0] == *other),
        _ => at,
    };
    let place = place.unwrap_or(list.len());
    let branch = inner.into_iter().map(|(own, set)| ([vec![key.clone()], own].concat(), set));
    list.splice(place..place, branch);
}

/// Puts what lies at the end of a way before another of the same group.
fn reorder(lib: &mut Lib, way: &[String], other: Option<&String>) {
    let (key, group) = way.split_last().unwrap();
    if other == Some(key) {
        return;
    }
    let end = lib.sets.iter().rposition(|(own, _)| own.starts_with(group)).unwrap() + 1;
    let (branch, rest): (Block, Block) =
        std::mem::take(&mut lib.sets).into_iter().partition(|(own, _)| own.starts_with(way));
    let before = other.map(|other| [group, std::slice::from_ref(other)].concat());
    let place = before.and_then(|before| rest.iter().position(|(own, _)| own.starts_with(&before)));
    let end = end - branch.len();
    lib.sets = rest;
    let place = place.unwrap_or(end);
    lib.sets.splice(place..place, branch);
}

fn path(c: &Value, name: &str) -> Option<Vec<String>> {
    let items = c.some(name)?.items()?;
    items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn new_path(c: &Value, name: &str) -> Result<Vec<String>, Refused> {
    let path = path(c, name).filter(|path| !path.is_empty()).ok_or(Refused)?;
    if path.iter().any(|part| part.trim() != part || part.is_empty() || part.contains('/')) {
        return Err(Refused);
    }
    Ok(path)
}

fn before(c: &Value) -> Vec<String> {
    path(c, "before-path").map(|path| way_of(&path, flag(c, "before-group"))).unwrap_or_default()
}

pub fn rename_group(lib: &mut Lib, c: &Value, now: i64) -> Done {
    let group = path(c, "set-group-path").ok_or(Refused)?;
    let name = c.some("set-group-fname").and_then(Value::as_str).ok_or(Refused)?;
    let old = way_of(&group, true);
    let all: Block =
        lib.sets.iter().filter(|(way, _)| !group.is_empty() && way.starts_with(&old)).cloned().collect();
    if !all.is_empty() && name.trim().is_empty() {
        return Err(Refused);
    }
    for (way, mut set) in all {
        let mut new = way.clone();
        new[group.len() - 1] = format!("G-{name}");
        if new != way && lib.sets.iter().any(|(own, _)| *own == new) {
            return Err(Refused);
        }
        set.put("name", Value::Str(name_of(&new)));
        stamp(&mut set, now);
        replace(lib, Some(&way), &new, set, now);
    }
    Ok(())
}

pub fn move_set(lib: &mut Lib, c: &Value, now: i64) -> Done {
    let (from, to) = (path(c, "from-path").ok_or(Refused)?, new_path(c, "to-path")?);
    let (old, way, other) = (way_of(&from, false), way_of(&to, false), before(c));
    let Some((_, mut set)) = lib.sets.iter().find(|(own, _)| *own == old).cloned() else { return Ok(()) };
    set.put("name", Value::Str(name_of(&way)));
    stamp(&mut set, now);
    if old == way {
        if other.last() != way.last() {
            reorder(lib, &way, other.last());
            lib.sets.iter_mut().find(|(own, _)| *own == old).unwrap().1 = set;
        }
        return Ok(());
    }
    if lib.sets.iter().any(|(own, _)| *own == way) {
        return Err(Refused);
    }
    put_before(&mut lib.sets, &other, &way, vec![(vec![], set)]);
    lib.sets.retain(|(own, _)| *own != old);
    follow(lib, &name_of(&old), &name_of(&way), Some(now));
    Ok(())
}

pub fn move_group(lib: &mut Lib, c: &Value, now: i64) -> Done {
    let (from, to) = (path(c, "from-path").ok_or(Refused)?, new_path(c, "to-path")?);
    let (old, way, other) = (way_of(&from, true), way_of(&to, true), before(c));
    let all: Block =
        lib.sets.iter().filter(|(own, _)| !old.is_empty() && own.starts_with(&old)).cloned().collect();
    if all.is_empty() {
        return Ok(());
    }
    if old == way {
        reorder(lib, &way, other.last());
        return Ok(());
    }
    if way.starts_with(&old) || lib.sets.iter().any(|(own, _)| own.starts_with(&way)) {
        return Err(Refused);
    }
    let mut block = vec![];
    for (own, mut set) in all {
        let inner = own[old.len()..].to_vec();
        let new = name_of(&[way.clone(), inner.clone()].concat());
        follow(lib, &name_of(&own), &new, None);
        set.put("name", Value::Str(new));
        stamp(&mut set, now);
        block.push((inner, set));
    }
    put_before(&mut lib.sets, &other, &way, block);
    lib.sets.retain(|(own, _)| !own.starts_with(&old));
    Ok(())
}
