//! Keys and items that may come more than once. However many there are, looking at each once is enough.

use crate::value::Value;
use crate::write_plain;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// Of so few, looking through all of them is faster than noting them.
const FEW: usize = 32;

/// The entries of a map with each key once: the value of the last, in the place of the first.
pub fn each_key_once(entries: Vec<(Value, Value)>) -> Vec<(Value, Value)> {
    if entries.len() <= FEW {
        let mut once = Value::Map(Vec::with_capacity(entries.len()));
        entries.into_iter().for_each(|(key, value)| once.put_at(key, value));
        let Value::Map(once) = once else { return Vec::new() };
        return once;
    }
    let mut places: HashMap<Vec<u8>, usize> = HashMap::with_capacity(entries.len());
    let mut once: Vec<(Value, Value)> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        match places.entry(write_plain(&key)) {
            Entry::Occupied(place) => once[*place.get()].1 = value,
            Entry::Vacant(place) => {
                place.insert(once.len());
                once.push((key, value));
            }
        }
    }
    once
}

/// The items of a set, each once.
pub fn each_item_once(items: Vec<Value>) -> Vec<Value> {
    let mut once: Vec<Value> = Vec::with_capacity(items.len());
    if items.len() <= FEW {
        for item in items {
            if !once.contains(&item) {
                once.push(item);
            }
        }
        return once;
    }
    let mut seen: HashSet<Vec<u8>> = HashSet::with_capacity(items.len());
    once.extend(items.into_iter().filter(|item| seen.insert(write_plain(item))));
    once
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_each_there_once() {
        for number in [3, 1000] {
            let key = |n: i64| Value::keyword(&format!("k{n}"));
            let entries = (0..number).map(|n| (key(n), Value::Int(n)));
            let again = [(key(1), Value::Nil), (key(1), Value::Int(-1))];
            let once = each_key_once(entries.clone().chain(again).collect());
            let mut wanted: Vec<_> = entries.collect();
            wanted[1].1 = Value::Int(-1);
            assert_eq!(once, wanted);
            let items: Vec<Value> = (0..number).map(key).collect();
            assert_eq!(each_item_once([&items[..], &items[..2]].concat()), items);
        }
    }
}
