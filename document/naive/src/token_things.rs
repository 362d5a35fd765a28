//! Random sets, themes and tokens, over few names, so that they meet.

use crate::odd::Odd;
use crate::random::Random;
use transit::value::Value;
use uuid::Uuid;

type Fields = Vec<(&'static str, Value)>;

const SETS: [&str; 8] = ["a", "b", "g/a", "g/b", "g/h/a", "g/h/b", "h/a", "g"];
const GROUPS: [&str; 5] = ["g", "h", "g/h", "k", "h/g"];

fn set_id(r: &mut Random) -> Value {
    r.id(700, 4)
}

fn token_id(r: &mut Random) -> Value {
    r.id(720, 4)
}

fn theme_id(r: &mut Random) -> Value {
    if r.chance(25) { Value::Uuid(Uuid::nil()) } else { r.id(740, 4) }
}

pub fn fields(r: &mut Random, name: &str, odd: Odd) -> Fields {
    match name {
        "set-tokens-lib" => vec![("tokens-lib", if r.chance(15) { Value::Nil } else { library(r, odd) })],
        "set-token" => {
            let id = token_id(r);
            let attrs = if r.chance(20) { Value::Nil } else { token(r, id.clone(), odd) };
            vec![("set-id", set_id(r)), ("token-id", id), ("attrs", attrs)]
        }
        "set-token-set" => {
            let id = set_id(r);
            let attrs = if r.chance(25) { Value::Nil } else { set(r, id.clone(), odd) };
            vec![("id", id), ("attrs", attrs)]
        }
        "set-token-theme" => {
            let id = theme_id(r);
            let attrs = if r.chance(20) { Value::Nil } else { theme(r, id.clone(), odd) };
            vec![("id", id), ("attrs", attrs)]
        }
        "set-active-token-themes" => {
            let paths = ["/n", "m/n", "m/o", "/o", "/__PENPOT__HIDDEN__TOKEN__THEME__"];
            vec![("theme-paths", texts(r.some(|r| r.pick(&paths))))]
        }
        "set-tokens-status" => {
            let themes = distinct(r.some(theme_id));
            vec![("theme-ids", themes), ("set-ids", distinct(r.some(set_id)))]
        }
        "set-tokens-source" => {
            let library = if r.chance(70) { Value::Nil } else { r.id(1000, 2) };
            vec![("file-id", Value::Uuid(Uuid::from_u128(1000))), ("library-id", library)]
        }
        "rename-token-set-group" => {
            let name = if r.chance(5) { " " } else { r.pick(&["g", "h", "k"]) };
            vec![("set-group-path", path(r.pick(&GROUPS))), ("set-group-fname", Value::text(name))]
        }
        "move-token-set" => {
            let from = r.pick(&SETS);
            let to = if r.chance(30) { from } else { r.pick(&SETS) };
            moved(r, from, to)
        }
        _ => {
            let from = r.pick(&GROUPS);
            let to = if r.chance(30) { from } else { r.pick(&GROUPS) };
            moved(r, from, to)
        }
    }
}

fn moved(r: &mut Random, from: &str, to: &str) -> Fields {
    let to = if r.chance(3) { Value::Vec(vec![]) } else { path(to) };
    let mut c = vec![("from-path", path(from)), ("to-path", to)];
    let group = r.chance(50);
    let before = if group { r.pick(&GROUPS) } else { r.pick(&SETS) };
    match r.below(4) {
        0 => {}
        1 => c.extend([("before-path", Value::Nil), ("before-group", Value::Nil)]),
        _ => c.extend([("before-path", path(before)), ("before-group", Value::Bool(group))]),
    }
    c
}

fn path(name: &str) -> Value {
    Value::Vec(name.split('/').map(Value::text).collect())
}

fn texts(names: Vec<&str>) -> Value {
    distinct(names.into_iter().map(Value::text).collect())
}

fn distinct(items: Vec<Value>) -> Value {
    let mut set = vec![];
    for item in items {
        if !set.contains(&item) {
            set.push(item);
        }
    }
    Value::Set(set)
}

/// Now and then something that need not be sent, or that nobody knows.
fn more(r: &mut Random, value: &mut Value, odd: Odd) {
    if r.chance(30) {
        let text = if r.chance(30) { Value::Nil } else { Value::text(r.pick(&["", "d"])) };
        value.put("description", text);
    }
    if r.chance(30) {
        value.put("modified-at", Value::Instant(5));
    }
    if odd == Odd::Everything && r.chance(25) {
        let oddity = if r.chance(30) { Value::Nil } else { Value::tagged("unknown", Value::Int(1)) };
        value.put("odd-attribute", oddity);
    }
}

fn token(r: &mut Random, id: Value, odd: Odd) -> Value {
    let name = if r.chance(4) { "$a" } else { r.pick(&["a", "b", "a.b", "b.c.d", "c"]) };
    let kind = r.pick(&["color", "border-radius", "typography"]);
    let mut token = Value::map([
        ("id", if r.chance(3) { token_id(r) } else { id }),
        ("name", Value::text(name)),
        ("type", Value::keyword(kind)),
        ("value", Value::text(r.pick(&["1", "{a.b}"]))),
    ]);
    if r.chance(3) {
        token.take("value");
    }
    more(r, &mut token, odd);
    token
}

fn set(r: &mut Random, id: Value, odd: Odd) -> Value {
    let name = if r.chance(4) { "a / b" } else { r.pick(&SETS) };
    let mut set = Value::map([("id", if r.chance(3) { set_id(r) } else { id }), ("name", Value::text(name))]);
    if r.chance(50) {
        set.put("tokens", kept_tokens(r, odd));
    }
    more(r, &mut set, odd);
    set
}

/// Whole tokens in a set, by name.
fn kept_tokens(r: &mut Random, odd: Odd) -> Value {
    let mut pairs: Vec<Value> = vec![];
    for (at, name) in (0..).zip(["c", "a", "a.b"]) {
        if r.chance(50) {
            let mut token = Value::map([
                ("id", Value::Uuid(Uuid::from_u128(720 + at))),
                ("name", Value::text(name)),
                ("type", Value::keyword("color")),
                ("value", Value::text("2")),
            ]);
            more(r, &mut token, odd);
            crate::tree::drop_nils(&mut token);
            pairs.push(Value::Vec(vec![Value::text(name), Value::tagged("penpot/token", token)]));
        }
    }
    Value::tagged("ordered-map", Value::Vec(pairs))
}

fn theme(r: &mut Random, id: Value, odd: Odd) -> Value {
    let is_hidden = id == Value::Uuid(Uuid::nil()) && r.chance(90) || r.chance(2);
    let (group, name) = if is_hidden {
        ("", "__PENPOT__HIDDEN__TOKEN__THEME__")
    } else {
        (r.pick(&["", "m", "p"]), r.pick(&["n", "o"]))
    };
    let mut theme =
        Value::map([("id", if r.chance(3) { theme_id(r) } else { id }), ("name", Value::text(name))]);
    if !group.is_empty() || r.chance(50) {
        theme.put("group", Value::text(group));
    }
    if r.chance(70) {
        theme.put("sets", texts(r.some(|r| r.pick(&SETS))));
    }
    if r.chance(20) {
        theme.put("is-source", Value::Bool(r.chance(50)));
    }
    more(r, &mut theme, odd);
    theme
}

/// A library as it is sent: in transit, or as the text of its file form, which JSON can say too.
fn library(r: &mut Random, odd: Odd) -> Value {
    if odd == Odd::Nothing {
        let value = r.pick(&["1", "2"]);
        return Value::Str(format!(
            r#"{{"g/a":{{"a":{{"b":{{"$value":"{value}","$type":"color"}}}}}},"b":{{}},
                "$themes":[{{"name":"n","group":"m","selectedTokenSets":{{"b":"enabled"}}}}],
                "$metadata":{{"tokenSetOrder":["b"],"activeThemes":["m/n"]}}}}"#
        ));
    }
    let mut made = vec![];
    for (at, key) in (0..).zip(["S-b", "S-a"]) {
        if r.chance(60) {
            made.push(pair(key, whole_set(r, 700 + at, &key[2..])));
        }
    }
    if r.chance(60) {
        let inner = ordered(vec![pair("S-a", whole_set(r, 702, "g/h/a"))]);
        made.push(pair("G-g", ordered(vec![pair("G-h", inner)])));
    }
    let mut library = Value::Map(vec![]);
    if r.chance(90) {
        library.put("sets", ordered(made));
    }
    if r.chance(70) {
        library.put("themes", themes(r));
    }
    if r.chance(50) {
        library.put("active-themes", texts(r.some(|r| r.pick(&["/n", "m/n", "/gone"]))));
    }
    if r.chance(20) {
        library.put("odd-attribute", Value::Bytes(vec![1]));
    }
    Value::tagged("penpot/tokens-lib", library)
}

fn whole_set(r: &mut Random, id: u128, name: &str) -> Value {
    let mut set = Value::map([
        ("id", Value::Uuid(Uuid::from_u128(id))),
        ("name", Value::text(name)),
        ("tokens", kept_tokens(r, Odd::Everything)),
    ]);
    more(r, &mut set, Odd::Everything);
    crate::tree::drop_nils(&mut set);
    Value::tagged("penpot/token-set", set)
}

fn themes(r: &mut Random) -> Value {
    let one = |r: &mut Random, id: u128, group: &str| {
        let sets = r.some(|r| r.pick(&SETS));
        let theme = Value::map([
            ("id", Value::Uuid(Uuid::from_u128(id))),
            ("name", Value::text("n")),
            ("group", Value::text(group)),
            ("description", Value::text("")),
            ("is-source", Value::Bool(false)),
            ("external-id", Value::text("x")),
            ("modified-at", Value::Instant(5)),
            ("sets", texts(sets)),
        ]);
        ordered(vec![pair("n", Value::tagged("penpot/token-theme", theme))])
    };
    ordered(vec![pair("m", one(r, 740, "m")), pair("", one(r, 741, ""))])
}

fn pair(key: &str, value: Value) -> Value {
    Value::Vec(vec![Value::text(key), value])
}

fn ordered(pairs: Vec<Value>) -> Value {
    Value::tagged("ordered-map", Value::Vec(pairs))
}
