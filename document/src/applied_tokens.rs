//! Which groups of attributes a shape changes when other tokens are applied to it.

use crate::sync_group;
use transit::value::Value;

/// Tokens that end up in the nodes of a text.
const OF_TEXT: &[&str] = &[
    "fill",
    "font-family",
    "font-size",
    "font-weight",
    "letter-spacing",
    "line-height",
    "text-case",
    "text-decoration",
    "typography",
];

/// The groups of the attributes that changed tokens stand for.
pub(crate) fn groups(shape_type: &str, old: &Value, new: &Value) -> Vec<&'static str> {
    let changed: Vec<&str> = changed(old, new);
    let mut groups: Vec<&'static str> = Vec::new();
    for group in changed.iter().filter_map(|token| sync_group::of(shape_type, attribute(token))) {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let in_text = shape_type == "text" && changed.iter().any(|token| OF_TEXT.contains(token));
    if in_text && !groups.is_empty() {
        groups.extend([sync_group::CONTENT, "text-content-attribute"]);
    }
    groups
}

/// The attributes of tokens whose token is another one, each once.
fn changed<'v>(old: &'v Value, new: &'v Value) -> Vec<&'v str> {
    let mut names: Vec<&str> = Vec::new();
    for name in old.entries().iter().chain(new.entries()).filter_map(|(name, _)| name.as_keyword()) {
        let value = |tokens: &Value| tokens.some(name).cloned();
        if value(old) != value(new) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The attribute of a shape that a token is applied to.
fn attribute(token: &str) -> &str {
    match token {
        "fill" => "fills",
        "stroke-color" | "stroke-width" => "strokes",
        same => same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(names: &[&str]) -> Value {
        Value::map(names.iter().map(|name| (*name, Value::text("a token"))))
    }

    #[test]
    fn a_changed_token_stands_for_the_attribute_it_is_applied_to() {
        let of = |names: &[&str]| groups("rect", &Value::Nil, &tokens(names));
        assert_eq!(of(&["fill"]), ["fill-group"]);
        assert_eq!(of(&["stroke-color", "stroke-width"]), ["stroke-group"]);
        assert_eq!(
            of(&["r1", "opacity", "x"]),
            ["radius-group", "layer-effects-group", sync_group::GEOMETRY]
        );
        assert!(of(&["row-gap", "p1", "m1", "typography", "text-case", "text-decoration"]).is_empty());
    }

    #[test]
    fn only_what_differs_counts() {
        assert!(groups("rect", &tokens(&["fill"]), &tokens(&["fill"])).is_empty());
        assert_eq!(groups("rect", &tokens(&["fill", "r1"]), &tokens(&["fill"])), ["radius-group"]);
    }

    #[test]
    fn tokens_in_a_text_change_its_content() {
        let of = |names: &[&str]| groups("text", &Value::Nil, &tokens(names));
        assert_eq!(of(&["fill"]), ["fill-group", sync_group::CONTENT, "text-content-attribute"]);
        assert_eq!(of(&["font-size"]), ["text-font-group", sync_group::CONTENT, "text-content-attribute"]);
        // Without a group of its own, a typography alone changes nothing.
        assert!(of(&["typography"]).is_empty());
        assert_eq!(of(&["r1"]), ["radius-group"]);
        assert_eq!(of(&["typography", "r1"]).len(), 3);
    }
}
