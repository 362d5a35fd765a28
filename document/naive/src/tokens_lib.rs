//! A library of tokens as flat lists, and the value it is made of and becomes.

use crate::tree::*;
use transit::value::Value;
use uuid::Uuid;

pub fn status(themes: Vec<Value>, sets: Vec<Value>) -> Value {
    let map = [("active-theme-ids", Value::Set(themes)), ("active-set-ids", Value::Set(sets))];
    Value::tagged("penpot/tokens-status", Value::map(map))
}

pub struct Lib {
    /// Sets by their ways, in order.
    pub sets: Vec<(Vec<String>, Value)>,
    /// Themes in order; those of a group stand together.
    pub themes: Vec<Value>,
    pub active: Vec<Value>,
    rest: Value,
}

pub fn hidden_path() -> String {
    "/__PENPOT__HIDDEN__TOKEN__THEME__".to_owned()
}

fn text(value: &Value, name: &str) -> String {
    value.some(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

pub fn theme_path(theme: &Value) -> Value {
    Value::Str(format!("{}/{}", text(theme, "group"), text(theme, "name")))
}

pub fn is_hidden(theme: &Value) -> bool {
    theme_path(theme) == Value::Str(hidden_path())
}

pub fn stamp(value: &mut Value, now: i64) {
    value.put("modified-at", Value::Instant(now));
}

/// The names of a theme's sets.
pub fn names(theme: &Value) -> Vec<String> {
    let items = theme.some("sets").and_then(Value::items).unwrap_or(&[]);
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Keys of the way to a set or to a group.
pub fn way_of(path: &[String], is_group: bool) -> Vec<String> {
    let last = path.len().saturating_sub(1);
    let key = |(at, part)| if at == last && !is_group { format!("S-{part}") } else { format!("G-{part}") };
    path.iter().enumerate().map(key).collect()
}

pub fn name_of(way: &[String]) -> String {
    way.iter().map(|key| &key[2..]).collect::<Vec<_>>().join("/")
}

impl Lib {
    pub fn of(value: &Value, now: i64) -> Lib {
        let mut rest = value.untagged().clone();
        let (sets, themes) = (rest.take("sets"), rest.take("themes"));
        let active = rest.take("active-themes");
        let mut lib = Lib { sets: vec![], themes: vec![], active: vec![Value::Str(hidden_path())], rest };
        if let Some(sets) = sets {
            lib.flatten(&sets, &mut vec![], now);
        }
        let groups = themes.as_ref().and_then(|themes| themes.untagged().pairs());
        for (_, group) in groups.into_iter().flatten() {
            lib.themes.extend(group.untagged().pairs().unwrap().map(|(_, theme)| theme.clone()));
        }
        if let Some(active) = active {
            lib.active = active.items().unwrap().to_vec();
        }
        lib.ensure_hidden(now);
        lib
    }

    fn flatten(&mut self, level: &Value, way: &mut Vec<String>, now: i64) {
        for (key, node) in level.untagged().pairs().unwrap() {
            way.push(key.as_str().unwrap().to_owned());
            if key.as_str().unwrap().starts_with("S-") {
                let mut set = node.clone();
                if set.some("modified-at").is_none() {
                    stamp(&mut set, now);
                }
                if set.some("description").is_none() {
                    set.put("description", Value::text(""));
                }
                self.sets.push((way.clone(), set));
            } else {
                self.flatten(node, way, now);
            }
            way.pop();
        }
    }

    pub fn to_value(&self) -> Value {
        let mut map = self.rest.clone();
        map.put("sets", nested(&self.sets));
        let mut groups: Vec<(String, Vec<Value>)> = vec![];
        for theme in &self.themes {
            let entry = Value::Vec(vec![Value::Str(text(theme, "name")), theme.clone()]);
            match groups.iter_mut().find(|(group, _)| *group == text(theme, "group")) {
                Some((_, themes)) => themes.push(entry),
                None => groups.push((text(theme, "group"), vec![entry])),
            }
        }
        let group = |(name, themes)| Value::Vec(vec![Value::Str(name), ordered(themes)]);
        map.put("themes", ordered(groups.into_iter().map(group).collect()));
        map.put("active-themes", Value::Set(self.active.clone()));
        Value::tagged("penpot/tokens-lib", map)
    }

    pub fn ensure_hidden(&mut self, now: i64) {
        if self.themes.iter().any(is_hidden) {
            return;
        }
        self.put_theme(Value::tagged(
            "penpot/token-theme",
            Value::map([
                ("id", Value::Uuid(Uuid::nil())),
                ("group", Value::text("")),
                ("name", Value::text("__PENPOT__HIDDEN__TOKEN__THEME__")),
                ("description", Value::text("")),
                ("external-id", Value::text("")),
                ("is-source", Value::Bool(false)),
                ("sets", Value::Set(vec![])),
                ("modified-at", Value::Instant(now)),
            ]),
        ));
    }

    /// In the place of the one of its name, or behind the others of its group.
    pub fn put_theme(&mut self, theme: Value) {
        let path = theme_path(&theme);
        if let Some(own) = self.themes.iter_mut().find(|own| theme_path(own) == path) {
            *own = theme;
            return;
        }
        let group = text(&theme, "group");
        let last = self.themes.iter().rposition(|own| text(own, "group") == group);
        self.themes.insert(last.map_or(self.themes.len(), |last| last + 1), theme);
    }

    /// Puts a theme elsewhere, because its group or name is another now.
    pub fn rehome(&mut self, old: &Value, theme: Value) {
        let (group, name, new) = (text(old, "group"), text(old, "name"), text(&theme, "group"));
        let same_name = |own: &Value| text(own, "name") == text(&theme, "name");
        if group == new {
            self.themes.retain(|own| text(own, "group") != group || !same_name(own));
            let at = self.themes.iter().position(|own| theme_path(own) == theme_path(old)).unwrap();
            self.themes[at] = theme;
            return;
        }
        let (mut target, rest): (Vec<Value>, Vec<Value>) =
            std::mem::take(&mut self.themes).into_iter().partition(|own| text(own, "group") == new);
        self.themes = rest;
        let has_old = target.iter().any(|own| text(own, "name") == name);
        let at = target.iter().position(same_name);
        if has_old && text(&theme, "name") != name {
            target.retain(|own| !same_name(own));
            let at = target.iter().position(|own| text(own, "name") == name).unwrap();
            target.insert(at, theme);
        } else if let Some(at) = at {
            target[at] = theme;
        } else {
            target.push(theme);
        }
        let at = self.themes.iter().position(|own| text(own, "group") == group).unwrap();
        self.themes.splice(at..at, target);
        self.themes.retain(|own| theme_path(own) != theme_path(old));
    }

    pub fn each_theme(&mut self, change: impl FnMut(&mut Value)) {
        self.themes.iter_mut().for_each(change);
    }

    /// What the library says is active.
    pub fn status(&self) -> Value {
        let active: Vec<&Value> =
            self.themes.iter().filter(|theme| self.active.contains(&theme_path(theme))).collect();
        let seen = active.iter().filter(|theme| !is_hidden(theme));
        let themes = seen.map(|theme| theme.some("id").unwrap().clone()).collect();
        let sets: Vec<String> = active.iter().flat_map(|theme| names(theme)).collect();
        let is_active = |(way, _): &&(Vec<String>, Value)| sets.contains(&name_of(way));
        let sets = self.sets.iter().filter(is_active).map(|(_, set)| set.some("id").unwrap().clone());
        status(themes, sets.collect())
    }
}

fn ordered(pairs: Vec<Value>) -> Value {
    Value::tagged("ordered-map", Value::Vec(pairs))
}

/// Sets nested by their ways.
fn nested(sets: &[(Vec<String>, Value)]) -> Value {
    let mut out: Vec<Value> = vec![];
    let mut at = 0;
    while at < sets.len() {
        let key = &sets[at].0[0];
        let end = at + sets[at..].iter().take_while(|(way, _)| way[0] == *key).count();
        let inner = match &sets[at] {
            (way, set) if way.len() == 1 => set.clone(),
            _ => nested(
                &sets[at..end].iter().map(|(way, set)| (way[1..].to_vec(), set.clone())).collect::<Vec<_>>(),
            ),
        };
        out.push(Value::Vec(vec![Value::Str(key.clone()), inner]));
        at = end;
    }
    ordered(out)
}

/// What JSON shows of a library.
pub fn file_form(value: &Value) -> Value {
    let lib = Lib::of(value, 0);
    let themes: Vec<&Value> = lib.themes.iter().filter(|theme| !is_hidden(theme)).collect();
    if lib.sets.is_empty() && themes.is_empty() {
        return Value::Nil;
    }
    let texts = |all: Vec<String>| Value::Vec(all.into_iter().map(Value::Str).collect());
    let mut file = vec![];
    for (way, set) in &lib.sets {
        let mut tokens = Value::Map(vec![]);
        for (name, token) in
            set.some("tokens").and_then(|tokens| tokens.untagged().pairs()).into_iter().flatten()
        {
            let words: Vec<Value> = name.as_str().unwrap().split('.').map(Value::text).collect();
            let names = [("color", "color"), ("border-radius", "borderRadius"), ("typography", "typography")];
            let name = names.iter().find(|(own, _)| *own == word(token, "type")).unwrap().1;
            let own = [
                ("$value", token.some("value").cloned()),
                ("$type", Some(Value::text(name))),
                ("$description", token.some("description").cloned()),
            ];
            let mut node = std::mem::replace(&mut tokens, Value::Nil);
            nest(&mut node, &words, &own);
            tokens = node;
        }
        file.push((Value::Str(name_of(way)), tokens));
    }
    let theme = |theme: &&Value| {
        let sets = names(theme).into_iter().map(|name| (Value::Str(name), Value::text("enabled"))).collect();
        Value::Map(vec![
            (Value::text("id"), theme.some("external-id").cloned().unwrap_or(Value::Nil)),
            (Value::text("name"), Value::Str(text(theme, "name"))),
            (Value::text("group"), Value::Str(text(theme, "group"))),
            (Value::text("description"), Value::Str(text(theme, "description"))),
            (Value::text("isSource"), Value::Bool(flag(theme, "is-source"))),
            (Value::text("selectedTokenSets"), Value::Map(sets)),
        ])
    };
    file.push((Value::text("$themes"), Value::Vec(themes.iter().map(theme).collect())));
    let mut active = vec![];
    for theme in lib.themes.iter().filter(|theme| lib.active.contains(&theme_path(theme))) {
        active.extend(names(theme).into_iter().filter(|name| !active.contains(name)).collect::<Vec<_>>());
    }
    let paths = lib.active.iter().filter(|path| **path != Value::Str(hidden_path())).cloned().collect();
    let metadata = [
        ("tokenSetOrder", texts(lib.sets.iter().map(|(way, _)| name_of(way)).collect())),
        ("activeThemes", Value::Vec(paths)),
        ("activeSets", texts(active)),
    ];
    let metadata = metadata.into_iter().map(|(name, value)| (Value::text(name), value)).collect();
    file.push((Value::text("$metadata"), Value::Map(metadata)));
    Value::Map(file)
}

fn nest(node: &mut Value, words: &[Value], own: &[(&str, Option<Value>)]) {
    let Some((word, rest)) = words.split_first() else {
        own.iter().for_each(|(name, value)| {
            if let Some(value) = value {
                node.put_at(Value::text(name), value.clone());
            }
        });
        return;
    };
    if node.at(word).is_none() {
        node.put_at(word.clone(), Value::Map(vec![]));
    }
    nest(node.at_mut(word).unwrap(), rest, own);
}
