//! What the web app reads of an answer, with its type: a vector where it asks for a set, or text where it compares a
//! keyword, is a page that works on false data. Written as the contract writes it, such as
//! `V {id u, name s, photo-id u?, features S s, permissions {type k}}`:
//!
//! u uuid, s text, k keyword, b truth, i whole number, n number, t moment, l link (text or uri), M map, any; V T
//! vector, S T set, C T either; {NAME T, …} a map with these fields at least, [T T] one from T to T, #TAG T under a
//! tag; T? nil or not there.

use transit::value::Value;

#[derive(Debug)]
enum Kind {
    Leaf(String),
    Many(char, Box<Kind>),
    Fields(Vec<(String, Kind)>),
    Keyed(Box<Kind>, Box<Kind>),
    Tagged(String, Box<Kind>),
    Maybe(Box<Kind>),
}

/// Fails where the web app would go wrong.
#[track_caller]
pub fn reads(what: &str, value: &Value, kind: &str) {
    if let Some(wrong) = differs(value, kind) {
        panic!("{what}: {wrong}");
    }
}

/// The first place that is of another type than it is read as.
pub fn differs(value: &Value, kind: &str) -> Option<String> {
    let spaced = "{}[](),?".chars().fold(kind.to_owned(), |text, c| text.replace(c, &format!(" {c} ")));
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let kind = parse(&mut words);
    assert!(words.is_empty(), "{words:?} is left of a kind");
    differ(value, &kind, "it")
}

fn parse(words: &mut Vec<&str>) -> Kind {
    let word = words.pop().expect("a kind");
    let kind = match word {
        "V" | "S" | "C" => Kind::Many(word.chars().next().expect("a letter"), Box::new(parse(words))),
        "{" => Kind::Fields(fields(words)),
        "[" => {
            let (key, value) = (parse(words), parse(words));
            assert_eq!(words.pop(), Some("]"));
            Kind::Keyed(Box::new(key), Box::new(value))
        }
        "(" => {
            let inner = parse(words);
            assert_eq!(words.pop(), Some(")"));
            inner
        }
        word => match word.strip_prefix('#') {
            Some(tag) => Kind::Tagged(tag.to_owned(), Box::new(parse(words))),
            None => Kind::Leaf(word.to_owned()),
        },
    };
    if words.last() == Some(&"?") {
        words.pop();
        return Kind::Maybe(Box::new(kind));
    }
    kind
}

fn fields(words: &mut Vec<&str>) -> Vec<(String, Kind)> {
    let mut found = vec![];
    loop {
        let name = words.pop().expect("a name").to_owned();
        found.push((name, parse(words)));
        match words.pop() {
            Some(",") => {}
            Some("}") => return found,
            other => panic!("{other:?} after {found:?}"),
        }
    }
}

fn differ(value: &Value, kind: &Kind, at: &str) -> Option<String> {
    let each = |items: &[Value], kind: &Kind| {
        items.iter().enumerate().find_map(|(n, item)| differ(item, kind, &format!("{at}[{n}]")))
    };
    match (kind, value) {
        (Kind::Maybe(_), Value::Nil) => None,
        (Kind::Maybe(kind), value) => differ(value, kind, at),
        (Kind::Many('V' | 'C', kind), Value::Vec(items)) => each(items, kind),
        (Kind::Many('S' | 'C', kind), Value::Set(items)) => each(items, kind),
        (Kind::Tagged(tag, kind), Value::Tagged(is, inner)) if tag == is => differ(inner, kind, at),
        (Kind::Keyed(key, kind), Value::Map(entries)) => entries.iter().find_map(|(name, value)| {
            let at = format!("{at}[{name:?}]");
            differ(name, key, &at).or_else(|| differ(value, kind, &at))
        }),
        (Kind::Fields(fields), Value::Map(_)) => fields.iter().find_map(|(name, kind)| {
            let at = format!("{at}.{name}");
            match (value.get(name), kind) {
                (Some(value), kind) => differ(value, kind, &at),
                (None, Kind::Maybe(_)) => None,
                (None, _) => Some(format!("{at} is not there")),
            }
        }),
        (Kind::Leaf(leaf), value) if is(value, leaf) => None,
        _ => Some(format!("{at} is {value:?}, read as {kind:?}")),
    }
}

fn is(value: &Value, leaf: &str) -> bool {
    match leaf {
        "u" => matches!(value, Value::Uuid(_)),
        "s" => matches!(value, Value::Str(_)),
        "k" => matches!(value, Value::Keyword(_)),
        "b" => matches!(value, Value::Bool(_)),
        "i" => matches!(value, Value::Int(_)),
        "n" => matches!(value, Value::Int(_) | Value::Float(_)),
        "t" => matches!(value, Value::Instant(_)),
        "l" => matches!(value, Value::Str(_) | Value::Uri(_)),
        "M" => matches!(value, Value::Map(_)),
        "any" => true,
        other => panic!("{other} is no kind"),
    }
}

#[test]
fn a_wrong_type_is_seen() {
    let kind =
        "V {id u, name s, photo-id u?, features S s, permissions {type k, can-edit b}, revn i, created-at t}";
    let row = |change: Option<(&str, Value)>| {
        let permissions = [("type", Value::keyword("membership")), ("can-edit", Value::Bool(true))];
        let mut row = Value::map([
            ("id", Value::Uuid(uuid::Uuid::nil())),
            ("name", Value::text("Ink")),
            ("features", Value::Set(vec![Value::text("layout/grid")])),
            ("permissions", Value::map(permissions)),
            ("revn", Value::Int(3)),
            ("created-at", Value::Instant(0)),
        ]);
        if let Some((name, value)) = change {
            row.put(name, value);
        }
        Value::Vec(vec![row])
    };
    assert_eq!(differs(&row(None), kind), None);
    for (name, value) in [
        ("id", Value::text("00000000-0000-0000-0000-000000000000")),
        ("name", Value::keyword("Ink")),
        ("photo-id", Value::text("x")),
        ("features", Value::Vec(vec![Value::text("layout/grid")])),
        ("features", Value::Set(vec![Value::keyword("layout/grid")])),
        ("permissions", Value::map([("type", Value::text("membership")), ("can-edit", Value::Bool(true))])),
        ("permissions", Value::map([("type", Value::keyword("membership"))])),
        ("revn", Value::text("3")),
        ("revn", Value::Nil),
        ("created-at", Value::text("2026-01-01T00:00:00Z")),
    ] {
        let wrong = differs(&row(Some((name, value.clone()))), kind);
        assert!(wrong.is_some_and(|told| told.contains(name)), "{name} {value:?}");
    }
}
