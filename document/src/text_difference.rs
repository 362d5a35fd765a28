//! What two contents of a text differ in: their words, their attributes, their structure.

use std::borrow::Cow;
use transit::value::Value;

/// The attributes that count, and what counts as nothing beside nil and emptiness.
const ATTRIBUTES: &[(&str, Option<&str>)] = &[
    ("typography-ref-id", None),
    ("typography-ref-file", None),
    ("font-id", Some("sourcesanspro")),
    ("font-family", Some("sourcesanspro")),
    ("font-variant-id", Some("regular")),
    ("font-size", Some("14")),
    ("font-weight", Some("400")),
    ("font-style", Some("normal")),
    ("line-height", Some("1.2")),
    ("letter-spacing", Some("0")),
    ("text-decoration", Some("none")),
    ("text-transform", Some("none")),
    ("fills", None),
];

/// What differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) text: bool,
    pub(crate) attribute: bool,
    pub(crate) structure: bool,
}

impl Difference {
    const STRUCTURE: Difference = Difference { text: false, attribute: false, structure: true };

    fn and(self, other: Difference) -> Difference {
        Difference {
            text: self.text || other.text,
            attribute: self.attribute || other.attribute,
            structure: self.structure || other.structure,
        }
    }

    /// The groups that a copy is marked with.
    pub(crate) fn groups(self) -> impl Iterator<Item = &'static str> {
        let all = [
            (self.text, "text-content-text"),
            (self.attribute, "text-content-attribute"),
            (self.structure, "text-content-structure"),
        ];
        all.into_iter().filter_map(|(differs, group)| differs.then_some(group))
    }
}

/// Compares two contents, node by node.
pub(crate) fn between(a: &Value, b: &Value) -> Difference {
    match (a, b) {
        (Value::Map(_), Value::Map(_)) => nodes(a, b),
        (Value::Nil, Value::Nil) => Difference::default(),
        _ if is_list(a) && is_list(b) => children(a, b),
        _ if a.same(b) => Difference::default(),
        _ => Difference::STRUCTURE,
    }
}

fn is_list(value: &Value) -> bool {
    matches!(value, Value::Vec(_) | Value::List(_))
}

fn nodes(a: &Value, b: &Value) -> Difference {
    let below = |node: &Value| node.get("children").cloned().unwrap_or(Value::Nil);
    let children = children(&below(a), &below(b));
    // Another number of children is all there is to say of this node.
    let count = |node: &Value| below(node).items().map_or(0, <[Value]>::len);
    if count(a) != count(b) {
        return Difference::STRUCTURE;
    }
    let text = !same(a.get("text"), b.get("text"));
    let attribute = ATTRIBUTES.iter().any(|(name, default)| {
        let own = |node: &'_ Value| normal(node.get(name), *default).map(Cow::into_owned);
        !same(own(a).as_ref(), own(b).as_ref())
    });
    Difference { text, attribute, structure: false }.and(children)
}

fn children(a: &Value, b: &Value) -> Difference {
    let (a, b) = (a.items().unwrap_or_default(), b.items().unwrap_or_default());
    if a.len() != b.len() {
        return Difference::STRUCTURE;
    }
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| between(a, b)).fold(Difference::default(), Difference::and)
}

fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    a.unwrap_or(&Value::Nil).same(b.unwrap_or(&Value::Nil))
}

/// A number as its text; none for what counts as nothing.
fn normal<'v>(value: Option<&'v Value>, default: Option<&str>) -> Option<Cow<'v, Value>> {
    let value = match value? {
        Value::Int(number) => Cow::Owned(Value::Str(number.to_string())),
        Value::Float(number) => Cow::Owned(Value::Str(format!("{number:?}"))),
        value => Cow::Borrowed(value),
    };
    let is_nothing = match &*value {
        Value::Nil => true,
        Value::Str(text) => text.is_empty() || Some(text.as_str()) == default,
        value => value.items().is_some_and(<[Value]>::is_empty) || *value == Value::Map(Vec::new()),
    };
    (!is_nothing).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(text: &str, more: &[(&str, Value)]) -> Value {
        Value::map([("text", Value::text(text))].into_iter().chain(more.iter().cloned()))
    }

    fn root(leaves: Vec<Value>) -> Value {
        let paragraph = Value::map([("type", Value::text("paragraph")), ("children", Value::Vec(leaves))]);
        let set = Value::map([("children", Value::Vec(vec![paragraph]))]);
        Value::map([("type", Value::text("root")), ("children", Value::Vec(vec![set]))])
    }

    fn groups(a: &Value, b: &Value) -> Vec<&'static str> {
        between(a, b).groups().collect()
    }

    #[test]
    fn words_attributes_and_structure_are_told_apart() {
        let plain = root(vec![leaf("a", &[])]);
        let bold = |text| root(vec![leaf(text, &[("font-weight", Value::text("700"))])]);
        assert_eq!(groups(&plain, &root(vec![leaf("b", &[])])), ["text-content-text"]);
        assert_eq!(groups(&plain, &bold("a")), ["text-content-attribute"]);
        assert_eq!(groups(&plain, &bold("b")), ["text-content-text", "text-content-attribute"]);
        assert_eq!(groups(&plain, &root(vec![leaf("b", &[]), leaf("c", &[])])), ["text-content-structure"]);
        assert_eq!(groups(&plain, &Value::Nil), ["text-content-structure"]);
        assert_eq!(groups(&plain, &plain), Vec::<&str>::new());
    }

    #[test]
    fn nothing_empty_and_the_default_are_one_and_numbers_are_their_text() {
        let with = |name, value| root(vec![leaf("a", &[(name, value)])]);
        let plain = root(vec![leaf("a", &[])]);
        for (name, value) in [
            ("font-size", Value::text("14")),
            ("font-size", Value::Int(14)),
            ("font-size", Value::text("")),
            ("line-height", Value::Float(1.2)),
            ("fills", Value::Vec(vec![])),
            ("typography-ref-id", Value::Nil),
        ] {
            assert_eq!(
                between(&plain, &with(name, value.clone())),
                Difference::default(),
                "{name} {value:?}"
            );
        }
        // A size of 14.0 is written with its point.
        assert!(between(&plain, &with("font-size", Value::Float(14.0))).attribute);
    }

    #[test]
    fn other_attributes_do_not_count() {
        let plain = root(vec![leaf("a", &[])]);
        for name in ["key", "text-align", "text-direction", "vertical-align", "strokes", "direction"] {
            let other = root(vec![leaf("a", &[(name, Value::text("x"))])]);
            assert_eq!(between(&plain, &other), Difference::default(), "{name}");
        }
    }

    #[test]
    fn a_node_of_another_kind_is_another_structure() {
        assert!(between(&root(vec![leaf("a", &[])]), &root(vec![Value::text("a")])).structure);
    }
}
