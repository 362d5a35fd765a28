//! What is changed in a picture, as spans of its text, and what of it is told.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What was taken out of a picture: what it was, and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed(BTreeMap<&'static str, u32>);

impl Removed {
    /// Whether everything stayed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names of elements, attributes and rules, such as `<script>`, `onload` and `@import`, with how often each.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u32)> + '_ {
        self.0.iter().map(|(what, times)| (*what, *times))
    }

    pub(super) fn add(&mut self, what: &'static str, times: u32) {
        let counted = self.0.entry(what).or_default();
        *counted = counted.saturating_add(times);
    }

    pub(super) fn join(&mut self, other: &Removed) {
        for (what, times) in other.iter() {
            self.add(what, times);
        }
    }
}

/// The changes of one text.
#[derive(Debug, Default)]
pub(super) struct Edits {
    list: Vec<Edit>,
    pub(super) removed: Removed,
}

#[derive(Debug)]
struct Edit {
    start: usize,
    end: usize,
    with: String,
}

impl Edits {
    /// Takes a span out, and says what it was.
    pub(super) fn cut(&mut self, start: usize, end: usize, what: &'static str) {
        self.removed.add(what, 1);
        self.replace(start, end, String::new());
    }

    /// Puts something else in the place of a span. What lies within a span that is replaced as a whole does not count.
    pub(super) fn replace(&mut self, start: usize, end: usize, with: String) {
        self.list.push(Edit { start, end, with });
    }

    /// The text after all changes; none when there were none.
    pub(super) fn apply(mut self, text: &str) -> (Option<String>, Removed) {
        if self.list.is_empty() {
            return (None, self.removed);
        }
        // Nearly all come in order; what is put into the root tag comes last.
        self.list.sort_by_key(|edit| (edit.start, edit.end > edit.start, Reverse(edit.end)));
        let (mut kept, mut at) = (String::with_capacity(text.len()), 0);
        for edit in &self.list {
            if edit.start < at {
                continue;
            }
            kept.push_str(&text[at..edit.start]);
            kept.push_str(&edit.with);
            at = edit.end;
        }
        kept.push_str(&text[at..]);
        (Some(kept), self.removed)
    }
}
