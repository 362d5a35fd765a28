//! How the ends of a line look is said of its first stroke, not of the shape.

use super::whole::Whole;
use crate::part::OpenPart;
use transit::value::Value;

const CAPS: [&str; 2] = ["stroke-cap-start", "stroke-cap-end"];

pub(super) fn run(whole: &mut Whole) {
    whole.shapes_mut().for_each(fix);
}

fn fix(shape: &mut OpenPart) {
    let caps = CAPS.map(|name| (name, shape.plain(name).and_then(word)));
    if caps.iter().all(|(_, cap)| cap.is_none()) {
        return;
    }
    CAPS.into_iter().for_each(|name| shape.set(name, Value::Nil));
    let Some(Value::Vec(mut strokes)) = shape.plain("strokes").cloned() else { return };
    if let Some(first) = strokes.first_mut() {
        for (name, cap) in caps {
            if let Some(cap) = cap {
                first.put(name, cap);
            }
        }
    }
    shape.set("strokes", Value::Vec(strokes));
}

/// A word, however it was written.
fn word(value: &Value) -> Option<Value> {
    match value {
        Value::Keyword(word) | Value::Str(word) if !word.is_empty() => Some(Value::keyword(word)),
        _ => None,
    }
}
