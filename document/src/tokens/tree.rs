//! The sets of a library in their groups, in order. A way through it names each group with `G-` in front and the set,
//! which comes last, with `S-`: a group and a set may share a name.

use super::ordered::Ordered;
use super::set::TokenSet;
use transit::value::Value;

/// What a group holds.
pub(super) type Level = Ordered<Node>;

/// A set, or a group with at least one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Group(Level),
    Set(Box<TokenSet>),
}

/// The way to a set whose name has these parts.
pub(super) fn way_to_set(parts: &[String]) -> Vec<String> {
    let mut way = way_to_group(parts);
    if let (Some(last), Some(name)) = (way.last_mut(), parts.last()) {
        *last = format!("S-{name}");
    }
    way
}

/// The way to a group.
pub(super) fn way_to_group(parts: &[String]) -> Vec<String> {
    parts.iter().map(|part| format!("G-{part}")).collect()
}

/// What is at the end of a way.
pub(super) fn find<'t>(level: &'t Level, way: &[String]) -> Option<&'t Node> {
    match (way, level.get(way.first()?)?) {
        ([_], node) => Some(node),
        ([_, rest @ ..], Node::Group(inner)) => find(inner, rest),
        _ => None,
    }
}

/// The same, to change it.
pub(super) fn find_mut<'t>(level: &'t mut Level, way: &[String]) -> Option<&'t mut Node> {
    match (way, level.get_mut(way.first()?)?) {
        ([_], node) => Some(node),
        ([_, rest @ ..], Node::Group(inner)) => find_mut(inner, rest),
        _ => None,
    }
}

/// Puts something at the end of a way, in the place of what is there, or behind the others. Groups on the way are made.
pub(super) fn put(level: &mut Level, way: &[String], node: Node) {
    put_before(level, &[], way, node);
}

/// Puts something at the end of a way. Where the way parts from the other one, its branch goes directly before the
/// other's, whole; further on it is as if the rest of the other way were looked for in the branch. Where the other way
/// leads nowhere, what is new goes behind the others.
pub(super) fn put_before(level: &mut Level, other: &[String], way: &[String], node: Node) {
    let Some((key, rest)) = way.split_first() else { return };
    let other_key = other.first().filter(|key| level.get(key).is_some());
    let node = if rest.is_empty() {
        node
    } else {
        let mut inner = match level.get_mut(key) {
            Some(Node::Group(inner)) => std::mem::replace(inner, Level::new()),
            _ => Level::new(),
        };
        let inner_other = if other_key.is_some() { other.get(1..).unwrap_or_default() } else { &[] };
        put_before(&mut inner, inner_other, rest, node);
        Node::Group(inner)
    };
    match other_key {
        Some(other_key) => level.put_before(Some(other_key), key, node),
        None => drop(level.put(key, node)),
    }
}

/// Takes what is at the end of a way out, and the groups that hold nothing then.
pub(super) fn take(level: &mut Level, way: &[String]) -> Option<Node> {
    let (key, rest) = way.split_first()?;
    if rest.is_empty() {
        return level.take(key);
    }
    let Some(Node::Group(inner)) = level.get_mut(key) else { return None };
    let taken = take(inner, rest);
    if inner.is_empty() {
        level.take(key);
    }
    taken
}

/// Puts something that is there directly before another of its group, or behind the others.
pub(super) fn reorder(level: &mut Level, way: &[String], other: Option<&str>) {
    let Some((key, groups)) = way.split_last() else { return };
    let level = match groups {
        [] => level,
        groups => match find_mut(level, groups) {
            Some(Node::Group(inner)) => inner,
            _ => return,
        },
    };
    if other == Some(key) {
        return;
    }
    if let Some(node) = level.take(key) {
        level.put_before(other, key, node);
    }
}

/// Every set, in order.
pub(super) fn sets(level: &Level) -> Vec<&TokenSet> {
    let (mut found, mut left) = (Vec::new(), Vec::from_iter(level.values()));
    left.reverse();
    while let Some(node) = left.pop() {
        match node {
            Node::Set(set) => found.push(&**set),
            Node::Group(inner) => {
                let at = left.len();
                left.extend(inner.values());
                left[at..].reverse();
            }
        }
    }
    found
}

/// The sets of a group, or a set alone.
pub(super) fn sets_of(node: &Node) -> Vec<&TokenSet> {
    match node {
        Node::Set(set) => vec![set],
        Node::Group(inner) => sets(inner),
    }
}

/// Changes every set below.
pub(super) fn each_mut(node: &mut Node, change: &mut impl FnMut(&mut TokenSet)) {
    match node {
        Node::Set(set) => change(set),
        Node::Group(inner) => inner.values_mut().for_each(|node| each_mut(node, change)),
    }
}

/// What it is in transit.
pub(super) fn to_value(level: &Level) -> Value {
    level.to_value(|node| match node {
        Node::Set(set) => set.to_value(),
        Node::Group(inner) => to_value(inner),
    })
}
