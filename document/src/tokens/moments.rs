//! The moments of the last change that tokens, sets and themes say.

use super::{set, theme, token};
use transit::value::Value;

const MOMENT: &str = "modified-at";

/// Takes them all out of a library.
pub(crate) fn forget(library: &mut Value) {
    each(library, &mut |record| drop(record.take(MOMENT)));
}

/// Gives one to each that has none.
pub(crate) fn complete(library: &mut Value, now: i64) {
    each(library, &mut |record| {
        if record.some(MOMENT).is_none() {
            record.put(MOMENT, Value::Instant(now));
        }
    });
}

/// Every token, set and theme under its tag. What a token's value holds is none.
fn each(value: &mut Value, act: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Tagged(tag, inner) => {
            if [token::TAG, set::TAG, theme::TAG].contains(&tag.as_str()) && inner.is_map() {
                act(inner);
            }
            if tag != token::TAG {
                each(inner, act);
            }
        }
        Value::Map(entries) => entries.iter_mut().for_each(|(_, value)| each(value, act)),
        Value::Vec(items) | Value::List(items) => items.iter_mut().for_each(|item| each(item, act)),
        _ => {}
    }
}
