//! Maps whose order counts: how a library keeps its sets, themes and tokens.

use transit::value::{ORDERED_MAP, Value};

/// A map from text, in an order of its own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ordered<T>(Vec<(String, T)>);

impl<T> Ordered<T> {
    pub(crate) fn new() -> Ordered<T> {
        Ordered(Vec::new())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, value)| value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.position(key).map(|at| &self.0[at].1)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.position(key).map(|at| &mut self.0[at].1)
    }

    /// Stores an entry in the place of the one of its key, or behind the others. Returns what was there.
    pub(crate) fn put(&mut self, key: &str, value: T) -> Option<T> {
        match self.get_mut(key) {
            Some(own) => Some(std::mem::replace(own, value)),
            None => {
                self.0.push((key.to_owned(), value));
                None
            }
        }
    }

    /// Stores an entry directly before another one, wherever it was before; behind the others when there is no such
    /// one, and in its place when it is the other one.
    pub(crate) fn put_before(&mut self, other: Option<&str>, key: &str, value: T) {
        if other == Some(key) {
            self.put(key, value);
            return;
        }
        self.take(key);
        let at = other.and_then(|other| self.position(other)).unwrap_or(self.0.len());
        self.0.insert(at, (key.to_owned(), value));
    }

    /// Gives an entry another key and value, in its place. Where the new key is there already, one of the two stays:
    /// the entry at the place of an earlier one, a later one at the place of the entry. Clients do the same.
    pub(crate) fn rename(&mut self, old: &str, key: &str, value: T) {
        if old == key {
            self.put(key, value);
            return;
        }
        let Some(at) = self.position(old) else { return };
        match self.position(key) {
            Some(earlier) if earlier < at => {
                self.0[earlier].1 = value;
                self.0.remove(at);
            }
            Some(later) => {
                self.0[at] = self.0.remove(later);
            }
            None => self.0[at] = (key.to_owned(), value),
        }
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<T> {
        self.position(key).map(|at| self.0.remove(at).1)
    }

    /// The value it is in transit.
    pub(crate) fn to_value(&self, each: impl Fn(&T) -> Value) -> Value {
        let pair = |(key, value): &(String, T)| Value::Vec(vec![Value::text(key), each(value)]);
        Value::tagged(ORDERED_MAP, Value::Vec(self.0.iter().map(pair).collect()))
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.0.iter().position(|(own, _)| own == key)
    }
}

/// The entries of a map that may come in an order: as a map whose order counts, or as one whose order does not. None of
/// anything else. Names of JSON objects may be keywords.
pub(crate) fn entries(value: Value) -> Option<Vec<(String, Value)>> {
    let entries = match value {
        Value::Map(entries) => entries,
        Value::Tagged(tag, inner) if tag == ORDERED_MAP => {
            inner.pairs()?.map(|(key, value)| (key.clone(), value.clone())).collect()
        }
        _ => return None,
    };
    let named = |(key, value)| match key {
        Value::Str(name) | Value::Keyword(name) => Some((name, value)),
        _ => None,
    };
    entries.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(keys: &str) -> Ordered<char> {
        Ordered(keys.chars().map(|key| (key.to_string(), key)).collect())
    }

    fn order(map: &Ordered<char>) -> String {
        map.0.iter().map(|(key, value)| format!("{key}{value}")).collect()
    }

    #[test]
    fn an_entry_is_put_before_another_wherever_it_was() {
        let put = |other, key| {
            let mut map = of("abc");
            map.put_before(other, key, '1');
            order(&map)
        };
        assert_eq!(put(Some("b"), "d"), "aad1bbcc");
        assert_eq!(put(Some("a"), "c"), "c1aabb");
        assert_eq!(put(Some("c"), "a"), "bba1cc");
        assert_eq!((put(Some("b"), "b"), put(Some("x"), "a")), ("aab1cc".into(), "bbcca1".into()));
        assert_eq!(put(None, "a"), "bbcca1");
    }

    #[test]
    fn a_renamed_entry_meets_one_of_its_new_name() {
        let rename = |old, key| {
            let mut map = of("abcd");
            map.rename(old, key, '1');
            order(&map)
        };
        assert_eq!((rename("b", "x"), rename("b", "b")), ("aax1ccdd".into(), "aab1ccdd".into()));
        assert_eq!((rename("c", "a"), rename("b", "d")), ("a1bbdd".into(), "aaddcc".into()));
        assert_eq!(rename("x", "y"), "aabbccdd");
    }
}
