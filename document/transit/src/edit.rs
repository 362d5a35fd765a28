//! Looking into maps and changing them. A tag is looked through, as it is by [`Value::get`].

use crate::value::Value;
use uuid::Uuid;

impl Value {
    /// What is inside a tag; else the value itself.
    pub fn untagged(&self) -> &Value {
        match self {
            Value::Tagged(_, inner) => inner,
            value => value,
        }
    }

    /// The entries of a map; none of anything else. Equal keys may stand in it: the later one counts.
    pub fn entries(&self) -> &[(Value, Value)] {
        match self.untagged() {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Whether it is a map, under a tag or not.
    pub fn is_map(&self) -> bool {
        matches!(self.untagged(), Value::Map(_))
    }

    /// Whether it is nil.
    pub fn is_nil(&self) -> bool {
        matches!(self, Value::Nil)
    }

    /// The value under any key. Keys are compared by form.
    pub fn at(&self, key: &Value) -> Option<&Value> {
        self.entries().iter().rev().find(|(k, _)| k == key).map(|(_, value)| value)
    }

    /// The value under any key, to change it.
    pub fn at_mut(&mut self, key: &Value) -> Option<&mut Value> {
        let entries = self.entries_mut()?;
        entries.iter_mut().rev().find(|(k, _)| k == key).map(|(_, value)| value)
    }

    /// Whether it consists of at most `left` values, itself counted; takes them off.
    pub fn counts_within(&self, left: &mut usize) -> bool {
        let Some(rest) = left.checked_sub(1) else { return false };
        *left = rest;
        match self {
            Value::Vec(items) | Value::List(items) | Value::Set(items) => {
                items.iter().all(|item| item.counts_within(left))
            }
            Value::Map(entries) => {
                entries.iter().all(|(key, value)| key.counts_within(left) && value.counts_within(left))
            }
            Value::Tagged(_, inner) => inner.counts_within(left),
            _ => true,
        }
    }

    /// The value under a keyword, unless it is nil: nil and absent are one in most of what a drawing is.
    pub fn some(&self, name: &str) -> Option<&Value> {
        self.get(name).filter(|value| !value.is_nil())
    }

    /// Puts a value under a key, in the place of what was there, or behind the rest. Only maps take it.
    pub fn put_at(&mut self, key: Value, value: Value) {
        let Some(entries) = self.entries_mut() else { return };
        match entries.iter_mut().rev().find(|(k, _)| *k == key) {
            Some(entry) => entry.1 = value,
            None => entries.push((key, value)),
        }
    }

    /// [`Value::put_at`] under a keyword.
    pub fn put(&mut self, name: &str, value: Value) {
        self.put_at(Value::keyword(name), value);
    }

    /// Takes every entry of a key out; what counted is returned.
    pub fn take_at(&mut self, key: &Value) -> Option<Value> {
        let mut taken = None;
        self.entries_mut()?.retain_mut(|(own, value)| {
            let stays = own != key;
            if !stays {
                taken = Some(std::mem::replace(value, Value::Nil));
            }
            stays
        });
        taken
    }

    /// [`Value::take_at`] of a keyword.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.take_at(&Value::keyword(name))
    }

    /// The entries of a map, to change them.
    pub fn entries_mut(&mut self) -> Option<&mut Vec<(Value, Value)>> {
        match self {
            Value::Map(entries) => Some(entries),
            Value::Tagged(_, inner) => inner.entries_mut(),
            _ => None,
        }
    }

    /// The ids of a vector or list that holds nothing else.
    pub fn as_uuids(&self) -> Option<Vec<Uuid>> {
        match self {
            Value::Vec(items) | Value::List(items) => items.iter().map(Value::as_uuid).collect(),
            _ => None,
        }
    }

    /// The truth of a `Bool`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The number of an `Int` or a `Float`, as a double.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "drawings are measured in doubles")]
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_put_in_place_and_taken_whole() {
        let mut value = Value::tagged("shape", Value::map([("a", Value::Int(1)), ("b", Value::Int(2))]));
        value.put("a", Value::Int(3));
        value.put("c", Value::Nil);
        let names: Vec<_> = value.entries().iter().filter_map(|(key, _)| key.as_keyword()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!((value.get("a"), value.some("c")), (Some(&Value::Int(3)), None));
        assert_eq!((value.take("a"), value.take("a")), (Some(Value::Int(3)), None));
        let mut twice = Value::map([("a", Value::Int(1)), ("a", Value::Int(2))]);
        assert_eq!((twice.take("a"), twice), (Some(Value::Int(2)), Value::Map(vec![])));
    }

    #[test]
    fn only_maps_have_entries() {
        let mut text = Value::text("a");
        text.put("a", Value::Nil);
        assert_eq!((text.take("a"), text.is_map(), text.entries().len()), (None, false, 0));
        assert_eq!(text, Value::text("a"));
    }
}
