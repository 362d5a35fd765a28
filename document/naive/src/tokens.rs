//! Changes of tokens on the tree.

use crate::outcome::{Done, Refused};
use crate::token_moves::{move_group, move_set, rename_group, replace};
use crate::tokens_lib::{Lib, hidden_path, is_hidden, name_of, names, stamp, status, theme_path, way_of};
use crate::tree::*;
use transit::value::Value;
use uuid::Uuid;

pub fn change(doc: &mut Value, c: &Value, now: i64) -> Done {
    match word(c, "type") {
        "set-tokens-lib" => return set_lib(doc, c, now),
        "set-tokens-source" => return set_source(doc, c),
        _ => {}
    }
    let has_source = doc.some("tokens-source").is_some();
    let mut lib = doc.some("tokens-lib").map(|lib| Lib::of(lib, now));
    if lib.is_none() && !has_source {
        lib = Some(Lib::of(&Value::tagged("penpot/tokens-lib", Value::Map(vec![])), now));
    }
    if doc.some("tokens-status").is_none() {
        let status = lib.as_ref().map_or_else(|| status(vec![], vec![]), Lib::status);
        doc.put("tokens-status", status);
    }
    if word(c, "type") == "set-tokens-status" {
        let ids = |name| c.some(name).and_then(Value::items).map(<[Value]>::to_vec).ok_or(Refused);
        doc.put("tokens-status", status(ids("theme-ids")?, ids("set-ids")?));
    }
    if let Some(lib) = &mut lib {
        let follows = in_lib(lib, c, now)?;
        if follows {
            doc.put("tokens-status", lib.status());
        }
        doc.put("tokens-lib", lib.to_value());
    } else {
        // Without a library only the change itself is looked at: what it is about is not there, whatever it is.
        let mut none = Lib::of(&Value::tagged("penpot/tokens-lib", Value::Map(vec![])), now);
        none.themes.clear();
        in_lib(&mut none, c, now).map(drop)?;
    }
    Ok(())
}

fn set_lib(doc: &mut Value, c: &Value, now: i64) -> Done {
    doc.take("tokens-lib");
    if let Some(lib) = c.some("tokens-lib") {
        let mut lib = lib.clone();
        date(&mut lib, now);
        let lib = Lib::of(&lib, now);
        if doc.some("tokens-status").is_none() {
            doc.put("tokens-status", lib.status());
        }
        doc.put("tokens-lib", lib.to_value());
    }
    Ok(())
}

/// Tokens, sets and themes that say no moment of their last change get one.
fn date(value: &mut Value, now: i64) {
    match value {
        Value::Tagged(tag, inner) => {
            let has_moment =
                ["penpot/token", "penpot/token-set", "penpot/token-theme"].contains(&tag.as_str());
            if has_moment && inner.some("modified-at").is_none() {
                stamp(inner, now);
            }
            date(inner, now);
        }
        Value::Map(entries) => entries.iter_mut().for_each(|(_, value)| date(value, now)),
        Value::Vec(items) => items.iter_mut().for_each(|item| date(item, now)),
        _ => {}
    }
}

fn set_source(doc: &mut Value, c: &Value) -> Done {
    let (file, library) = (id(c, "file-id").ok_or(Refused)?, c.get("library-id").ok_or(Refused)?);
    doc.take("tokens-source");
    if let Some(library) = library.as_uuid().filter(|library| *library != file) {
        doc.put("tokens-source", Value::Uuid(library));
        if doc.some("tokens-status").is_none() {
            let own = doc.some("tokens-lib").map(|lib| Lib::of(lib, 0).status());
            doc.put("tokens-status", own.unwrap_or_else(|| status(vec![], vec![])));
        }
    }
    Ok(())
}

/// Tells whether the status becomes what the library says.
fn in_lib(lib: &mut Lib, c: &Value, now: i64) -> Result<bool, Refused> {
    match word(c, "type") {
        "set-token" => set_token(lib, c, now).map(|()| false),
        "set-token-set" => set_set(lib, c, now).map(|()| false),
        "set-token-theme" => {
            set_theme(lib, c, now)?;
            let is_active = lib.active.contains(&Value::Str(hidden_path()));
            Ok(id(c, "id") == Some(Uuid::nil()) && is_active)
        }
        "set-active-token-themes" => {
            lib.active = c.some("theme-paths").and_then(Value::items).ok_or(Refused)?.to_vec();
            Ok(true)
        }
        "rename-token-set-group" => rename_group(lib, c, now).map(|()| false),
        "move-token-set" => move_set(lib, c, now).map(|()| false),
        "move-token-set-group" => move_group(lib, c, now).map(|()| false),
        _ => Ok(false),
    }
}

fn set_token(lib: &mut Lib, c: &Value, now: i64) -> Done {
    let (set, token) = (id(c, "set-id").ok_or(Refused)?, id(c, "token-id").ok_or(Refused)?);
    let attrs = c.some("attrs");
    if let Some(attrs) = attrs {
        let name = attrs.some("name").and_then(Value::as_str).ok_or(Refused)?;
        let is_whole = attrs.some("value").is_some() && attrs.some("type").is_some();
        if name.starts_with('$') || !is_whole || id(attrs, "id") != Some(token) {
            return Err(Refused);
        }
    }
    let Some((_, set)) = lib.sets.iter_mut().find(|(_, own)| id(own, "id") == Some(set)) else {
        return Ok(());
    };
    let mut tokens = pairs(set.some("tokens"));
    let old = tokens.iter().position(|(_, own)| id(own, "id") == Some(token));
    match (attrs, old) {
        (None, None) => {}
        (None, Some(at)) => drop(tokens.remove(at)),
        (Some(attrs), None) => {
            let made = record("penpot/token", [attrs], [("description", Value::text(""))], now);
            put(&mut tokens, made);
        }
        (Some(attrs), Some(at)) => {
            let old = tokens[at].1.clone();
            let mut made = record("penpot/token", [&old, attrs], [("description", Value::text(""))], now);
            if made.same(&old) {
                return Ok(());
            }
            stamp(&mut made, now);
            let name = made.some("name").unwrap().clone();
            match tokens.iter().position(|(own, _)| *own == name) {
                // The earlier of the two places, and what stands later.
                Some(other) if other < at => {
                    tokens[other].1 = made;
                    tokens.remove(at);
                }
                Some(other) if other > at => {
                    tokens[at] = tokens[other].clone();
                    tokens.remove(other);
                }
                _ => tokens[at] = (name, made),
            }
        }
    }
    let tokens = tokens.into_iter().map(|(name, token)| Value::Vec(vec![name, token])).collect();
    set.put("tokens", Value::tagged("ordered-map", Value::Vec(tokens)));
    stamp(set, now);
    Ok(())
}

fn pairs(map: Option<&Value>) -> Vec<(Value, Value)> {
    map.and_then(|map| map.untagged().pairs())
        .map(|pairs| pairs.map(|(name, value)| (name.clone(), value.clone())).collect())
        .unwrap_or_default()
}

fn put(list: &mut Vec<(Value, Value)>, token: Value) {
    let name = token.some("name").unwrap().clone();
    match list.iter_mut().find(|(own, _)| *own == name) {
        Some(entry) => entry.1 = token,
        None => list.push((name, token)),
    }
}

/// What attributes make together, each over the ones before it.
fn record<const N: usize, const M: usize>(
    tag: &str,
    all: [&Value; N],
    defaults: [(&str, Value); M],
    now: i64,
) -> Value {
    let mut map = Value::Map(vec![]);
    for (name, value) in all.iter().flat_map(|attrs| attrs.entries()) {
        map.put_at(name.clone(), value.clone());
    }
    drop_nils(&mut map);
    for (name, value) in defaults.into_iter().chain([("modified-at", Value::Instant(now))]) {
        if map.some(name).is_none() {
            map.put(name, value);
        }
    }
    Value::tagged(tag, map)
}

fn set_set(lib: &mut Lib, c: &Value, now: i64) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    let old = lib.sets.iter().find(|(_, set)| id(set, "id") == Some(own)).map(|(way, _)| way.clone());
    let Some(attrs) = c.some("attrs") else {
        if let Some(old) = old {
            lib.sets.retain(|(way, _)| *way != old);
            lib.each_theme(|theme| {
                let sets = names(theme).into_iter().filter(|name| *name != name_of(&old));
                theme.put("sets", Value::Set(sets.map(Value::Str).collect()));
                stamp(theme, now);
            });
        }
        return Ok(());
    };
    let name = attrs.some("name").and_then(Value::as_str).ok_or(Refused)?;
    if id(attrs, "id") != Some(own) || name.split('/').any(|part| part.is_empty() || part.trim() != part) {
        return Err(Refused);
    }
    let defaults = [("description", Value::text("")), ("tokens", Value::Vec(vec![]))];
    let mut set = record("penpot/token-set", [attrs], defaults, now);
    let tokens = pairs(set.some("tokens")).into_iter().map(|(name, token)| Value::Vec(vec![name, token]));
    set.put("tokens", Value::tagged("ordered-map", Value::Vec(tokens.collect())));
    let way = way_of(&name.split('/').map(str::to_owned).collect::<Vec<_>>(), false);
    if old.as_ref() != Some(&way) && lib.sets.iter().any(|(own, _)| *own == way) {
        return Err(Refused);
    }
    replace(lib, old.as_deref(), &way, set, now);
    Ok(())
}

fn set_theme(lib: &mut Lib, c: &Value, now: i64) -> Done {
    let own = id(c, "id").ok_or(Refused)?;
    let at = lib.themes.iter().position(|theme| id(theme, "id") == Some(own));
    let old = at.map(|at| lib.themes[at].clone());
    let Some(attrs) = c.some("attrs") else {
        if let Some(at) = at {
            let gone = lib.themes.remove(at);
            lib.active.retain(|path| *path != theme_path(&gone));
            lib.ensure_hidden(now);
        }
        return Ok(());
    };
    if id(attrs, "id") != Some(own) {
        return Err(Refused);
    }
    let defaults = [
        ("group", Value::text("")),
        ("description", Value::text("")),
        ("is-source", Value::Bool(false)),
        ("external-id", Value::Str(own.to_string())),
        ("sets", Value::Set(vec![])),
    ];
    let before = old.clone().unwrap_or(Value::Map(vec![]));
    let mut theme = record("penpot/token-theme", [&before, attrs], defaults, now);
    let is_there = !lib.themes.is_empty();
    if is_there && is_hidden(&theme) != old.as_ref().is_some_and(is_hidden) {
        return Err(Refused);
    }
    let Some(old) = old else {
        lib.put_theme(theme);
        return Ok(());
    };
    if theme.same(&old) {
        return Ok(());
    }
    stamp(&mut theme, now);
    if theme_path(&theme) == theme_path(&old) {
        lib.themes[at.unwrap()] = theme;
    } else {
        lib.rehome(&old, theme);
        lib.active.retain(|path| *path != theme_path(&old));
    }
    Ok(())
}
