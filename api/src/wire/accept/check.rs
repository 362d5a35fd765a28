//! What a schema demands beyond the kind: lengths, patterns, ranges.

use super::super::shape::Checks;
use super::{Accept, Value};

impl Accept<'_> {
    /// Text of the right kind. Reports each unfulfilled demand.
    pub(super) fn text(&mut self, checks: &Checks, text: &str) {
        // The database cannot hold this one character.
        if text.contains('\0') {
            self.bad("pattern", "free of the character U+0000", None);
        }
        if checks.filled && text.trim().is_empty() {
            self.bad("blank", "more than white space", None);
            return;
        }
        if checks.length != (None, None) {
            let count = text.chars().count();
            let got = i64::try_from(count).map(Value::Int).ok();
            if let Some(least) = checks.length.0.filter(|least| count < *least) {
                self.bad("min-length", &format!("at least {least} characters long"), got.as_ref());
            }
            if let Some(most) = checks.length.1.filter(|most| count > *most) {
                self.bad("max-length", &format!("at most {most} characters long"), got.as_ref());
            }
        }
        if let Some(pattern) = checks.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
            self.bad("pattern", &format!("text that matches {pattern}"), Some(&Value::text(text)));
        }
    }

    /// A number. Reports each unfulfilled demand.
    pub(super) fn range(&mut self, checks: &Checks, number: f64) {
        let got = Value::Float(number);
        let excluded = |limit: f64, exclusive: bool| exclusive && number <= limit && number >= limit;
        if let Some((least, exclusive)) = checks.minimum
            && (number < least || excluded(least, exclusive))
        {
            let words = if exclusive { "more than" } else { "at least" };
            self.bad("minimum", &format!("{words} {least}"), Some(&got));
        }
        if let Some((most, exclusive)) = checks.maximum
            && (number > most || excluded(most, exclusive))
        {
            let words = if exclusive { "less than" } else { "at most" };
            self.bad("maximum", &format!("{words} {most}"), Some(&got));
        }
        if let Some(step) = checks.multiple_of.filter(|step| number % step != 0.0) {
            self.bad("multiple-of", &format!("a multiple of {step}"), Some(&got));
        }
    }
}
