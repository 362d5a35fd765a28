//! Whether two values mean the same, whatever order their maps and sets came in.

use crate::value::Value;
use std::cmp::Ordering;

impl Value {
    /// Equality of what is meant: the order of map entries and set elements does not count, of equal keys the later one
    /// does, a list equals a vector of the same elements, and `NaN` equals itself. `1` is still not `1.0`.
    pub fn same(&self, other: &Value) -> bool {
        self == other || order(self, other) == Ordering::Equal
    }
}

/// A total order in which values that mean the same are equal. It says nothing else.
fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) | (Value::Instant(a), Value::Instant(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b).unwrap_or_else(|| a.total_cmp(b)),
        (Value::Str(a), Value::Str(b))
        | (Value::Keyword(a), Value::Keyword(b))
        | (Value::Symbol(a), Value::Symbol(b))
        | (Value::Uri(a), Value::Uri(b))
        | (Value::BigInt(a), Value::BigInt(b))
        | (Value::BigDecimal(a), Value::BigDecimal(b)) => a.cmp(b),
        (Value::Uuid(a), Value::Uuid(b)) => a.cmp(b),
        (Value::Char(a), Value::Char(b)) => a.cmp(b),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Vec(a) | Value::List(a), Value::Vec(b) | Value::List(b)) => {
            in_turn(a.iter(), b.iter(), order)
        }
        (Value::Set(a), Value::Set(b)) => in_turn(elements(a), elements(b), order),
        (Value::Map(a), Value::Map(b)) => {
            in_turn(entries(a), entries(b), |a, b| order(&a.0, &b.0).then_with(|| order(&a.1, &b.1)))
        }
        (Value::Tagged(s, a), Value::Tagged(t, b)) => s.cmp(t).then_with(|| order(a, b)),
        _ => rank(a).cmp(&rank(b)),
    }
}

/// One number for each kind; a vector and a list are one kind.
fn rank(value: &Value) -> u8 {
    match value {
        Value::Nil => 0,
        Value::Bool(_) => 1,
        Value::Int(_) => 2,
        Value::Float(_) => 3,
        Value::Str(_) => 4,
        Value::Keyword(_) => 5,
        Value::Symbol(_) => 6,
        Value::Uuid(_) => 7,
        Value::Instant(_) => 8,
        Value::Uri(_) => 9,
        Value::BigInt(_) => 10,
        Value::BigDecimal(_) => 11,
        Value::Char(_) => 12,
        Value::Bytes(_) => 13,
        Value::Vec(_) | Value::List(_) => 14,
        Value::Set(_) => 15,
        Value::Map(_) => 16,
        Value::Tagged(..) => 17,
    }
}

/// Elements in order, each once.
fn elements(items: &[Value]) -> impl Iterator<Item = &Value> {
    let mut sorted: Vec<&Value> = items.iter().collect();
    sorted.sort_by(|a, b| order(a, b));
    sorted.dedup_by(|a, b| order(a, b) == Ordering::Equal);
    sorted.into_iter()
}

/// Entries in the order of their keys; of equal keys the later one.
fn entries(entries: &[(Value, Value)]) -> impl Iterator<Item = &(Value, Value)> {
    // Stable and from behind: the later of two equal keys comes first and is kept.
    let mut sorted: Vec<&(Value, Value)> = entries.iter().rev().collect();
    sorted.sort_by(|a, b| order(&a.0, &b.0));
    sorted.dedup_by(|a, b| order(&a.0, &b.0) == Ordering::Equal);
    sorted.into_iter()
}

fn in_turn<'v, T: 'v>(
    mut a: impl Iterator<Item = &'v T>,
    mut b: impl Iterator<Item = &'v T>,
    order: impl Fn(&T, &T) -> Ordering,
) -> Ordering {
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => match order(a, b) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(number: i64) -> Value {
        Value::Int(number)
    }

    #[test]
    fn order_of_maps_and_sets_does_not_count_at_any_depth() {
        let deep = |a: i64, b: i64| Value::Map(vec![(Value::Set(vec![int(a), int(b)]), Value::Nil)]);
        let one = Value::map([("a", deep(1, 2)), ("b", int(1))]);
        let two = Value::map([("b", int(1)), ("a", deep(2, 1))]);
        assert!(one.same(&two) && one != two);
        assert!(!one.same(&Value::map([("a", deep(1, 3)), ("b", int(1))])));
        assert!(!one.same(&Value::map([("a", deep(1, 2))])));
        assert!(Value::Set(vec![int(1), int(1)]).same(&Value::Set(vec![int(1)])));
        assert!(!Value::Vec(vec![int(1), int(2)]).same(&Value::Vec(vec![int(2), int(1)])));
    }

    #[test]
    fn the_later_of_two_equal_keys_is_the_one_that_is_compared() {
        let twice = Value::map([("a", int(1)), ("a", int(2))]);
        assert!(twice.same(&Value::map([("a", int(2))])) && !twice.same(&Value::map([("a", int(1))])));
    }

    #[test]
    fn kinds_stay_apart_but_lists_are_vectors_and_nan_is_itself() {
        assert!(!int(1).same(&Value::Float(1.0)) && !Value::text("a").same(&Value::keyword("a")));
        assert!(Value::List(vec![int(1)]).same(&Value::Vec(vec![int(1)])));
        assert!(Value::Float(f64::NAN).same(&Value::Float(f64::NAN)));
        assert!(Value::Float(0.0).same(&Value::Float(-0.0)) && !Value::Float(1.0).same(&Value::Float(2.0)));
        assert!(!Value::tagged("a", int(1)).same(&Value::tagged("b", int(1))));
    }
}
