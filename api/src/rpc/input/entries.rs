//! What every form of a body comes to: entries with names, or a refusal.

use crate::rpc::error::{Error, Fault};
use transit::value::{Value, kebab};

/// A repeated name becomes a list.
pub(super) fn push(entries: &mut Vec<(Value, Value)>, name: &str, value: Value) {
    let key = Value::keyword(&kebab(name));
    match entries.iter_mut().find(|(old, _)| *old == key) {
        None => entries.push((key, value)),
        Some((_, Value::Vec(items))) => items.push(value),
        Some((_, old)) => *old = Value::Vec(vec![std::mem::replace(old, Value::Nil), value]),
    }
}

/// More than this method takes.
pub(super) fn too_large() -> Error {
    Error::new(Fault::TooLarge, "request-body-too-large")
}

/// Not what the form of the body asks for.
pub(super) fn malformed(code: &'static str, why: impl ToString) -> Error {
    Error::new(Fault::Validation, code).hint(why.to_string())
}
