//! What becomes of an attribute with what it holds.

use super::attribute::{self, Rule};
use super::css;
use super::edits::Removed;
use super::reference::{self, Nested, Referrer, Verdict};

/// What becomes of an attribute.
pub(super) enum Outcome {
    Keep,
    Cut(&'static str),
    /// Parts of its value change; what went with that.
    Change(Vec<css::Change>, Removed),
}

pub(super) fn judge(rule: Rule, value: &str, nested: Nested<'_>) -> Outcome {
    let keep_if = |is_kept: bool, what| if is_kept { Outcome::Keep } else { Outcome::Cut(what) };
    match rule {
        Rule::Keep => Outcome::Keep,
        Rule::Cut(what) => Outcome::Cut(what),
        Rule::Word => keep_if(attribute::is_word(value), "on…"),
        Rule::Places => keep_if(attribute::are_places(value), "animated href"),
        Rule::Address(referrer, what) => address(referrer, what, value, nested),
        // A change would have to be right both for the whole and for its part.
        Rule::Values => {
            let is_right = |part: &str| css::changes(part, nested).0.is_empty();
            keep_if(is_right(value) && value.split(';').all(is_right), "values")
        }
        Rule::Style => match css::changes(value, nested) {
            (changes, _) if changes.is_empty() => Outcome::Keep,
            (changes, removed) => Outcome::Change(changes, removed),
        },
    }
}

fn address(referrer: Referrer, what: &'static str, value: &str, nested: Nested<'_>) -> Outcome {
    match reference::judge(value, referrer, nested) {
        Verdict::Keep => Outcome::Keep,
        Verdict::Drop => Outcome::Cut(what),
        Verdict::Instead(with, removed) => {
            Outcome::Change(vec![css::Change { span: 0..value.len(), with }], removed)
        }
    }
}
