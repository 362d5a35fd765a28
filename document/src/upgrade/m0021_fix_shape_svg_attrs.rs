//! Attributes of drawings that came as SVG are named as scripts name them, and their view box is a rectangle.

use super::whole::Whole;
use crate::geometry::number::Number;
use transit::value::Value;

/// What a rectangle is where it does not say: at the origin, and as small as one can be.
const RECT: [(&str, Number); 4] = [
    ("x", Number::Int(0)),
    ("y", Number::Int(0)),
    ("width", Number::Float(0.01)),
    ("height", Number::Float(0.01)),
];

pub(super) fn run(whole: &mut Whole) {
    for shape in whole.shapes_mut() {
        if let Some(attributes) = shape.plain("svg-attrs").filter(|attributes| attributes.is_map()) {
            let attributes = named(attributes, false);
            shape.set("svg-attrs", attributes);
        }
        let view = shape.plain("svg-viewbox").filter(|view| matches!(view, Value::Map(_)));
        if let Some(view) = view.map(rect) {
            shape.set("svg-viewbox", view);
        }
    }
}

fn rect(view: &Value) -> Value {
    let of =
        |(name, least): (&'static str, Number)| (name, view.get(name).and_then(Number::of).unwrap_or(least));
    let [x, y, width, height] = RECT.map(of);
    let far = [("x1", x.1), ("y1", y.1), ("x2", x.1.plus(width.1)), ("y2", y.1.plus(height.1))];
    let numbers = [x, y, width, height].into_iter().chain(far);
    Value::tagged("rect", Value::map(numbers.map(|(name, number)| (name, number.to_value()))))
}

/// Attributes under the names that scripts use. What acts, and what other programs noted, goes.
fn named(attributes: &Value, is_style: bool) -> Value {
    let mut named = Value::Map(Vec::new());
    for (key, value) in attributes.entries() {
        let (Value::Keyword(name) | Value::Str(name)) = key else { continue };
        if value.is_nil() || name.is_empty() || (!is_style && !is_drawn(name)) {
            continue;
        }
        let name = script_name(name);
        let value = match value {
            value if name == "style" => match style(value) {
                Some(style) => style,
                None => continue,
            },
            Value::Str(text) => Value::text(text.trim()),
            value => value.clone(),
        };
        named.put(&name, value);
    }
    named
}

/// Whether an attribute says how something is drawn: it is no handler, and of no other program's.
fn is_drawn(name: &str) -> bool {
    let is_foreign = name.split_once(':').is_some_and(|(space, _)| !matches!(space, "xlink" | "xml"));
    let acts = name.len() > 2 && name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("on"));
    !is_foreign && !acts && !name.starts_with("data-")
}

/// A style, text or map, as a map; of equal names the first counts. None when it says nothing.
fn style(value: &Value) -> Option<Value> {
    let map = match value {
        Value::Str(text) => {
            let mut map = Value::Map(Vec::new());
            for (name, value) in text.split(';').filter_map(|item| item.split_once(':')) {
                let name = name.trim();
                if map.get(name).is_none() {
                    map.put(name, Value::text(value.trim()));
                }
            }
            map
        }
        map => map.clone(),
    };
    Some(named(&map, true)).filter(|style| !style.entries().is_empty())
}

/// `stroke-width` to `strokeWidth`, `xlink:href` to `xlinkHref`, `-webkit-x` to `WebkitX`.
fn script_name(name: &str) -> String {
    match name {
        "class" => return "className".to_owned(),
        "for" => return "htmlFor".to_owned(),
        _ => {}
    }
    let mut out = String::with_capacity(name.len());
    let mut is_start = name.starts_with('-');
    for c in name.chars() {
        if matches!(c, '-' | ':') {
            is_start = true;
        } else if std::mem::take(&mut is_start) {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}
