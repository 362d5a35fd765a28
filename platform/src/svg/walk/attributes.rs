//! What becomes of the attributes of an element: those in its tag, and those that the document type gives it.

use super::Walk;
use crate::svg::attribute::{self, Animated, Element, Rule};
use crate::svg::decoded::Decoded;
use crate::svg::error::{OTHERWISE, SvgError};
use crate::svg::names;
use crate::svg::outcome::{Outcome, judge};
use crate::svg::scope::{Namespace, declared_prefix, split};
use crate::svg::xml::Attribute;

/// Bytes of default values that are looked at in one drawing: each is, for each element that has it.
const DEFAULTS_BYTES_MAX: usize = 8 * 1024 * 1024;

impl<'a> Walk<'a, '_> {
    /// What an element animates, the worst that anybody reads: to XML, names with other capitals are other names.
    pub(super) fn animated(
        &self,
        name: &str,
        local: &str,
        attributes: &[Attribute<'a>],
    ) -> Result<Option<Animated>, SvgError> {
        if !names::animates(local) {
            return Ok(None);
        }
        let is_target = |name: &str| name.eq_ignore_ascii_case("attributeName");
        let defaults = self.doctype.defaults_of(name).filter(|(name, _)| is_target(name));
        let mut worst =
            defaults.map(|(_, value)| attribute::animated(value)).max().unwrap_or(Animated::Plain);
        for own in attributes.iter().filter(|attribute| is_target(attribute.name)) {
            worst = worst.max(attribute::animated(&self.value(own)?.text));
        }
        Ok(Some(worst))
    }

    pub(super) fn value(&self, attribute: &Attribute<'a>) -> Result<Decoded, SvgError> {
        Decoded::of_value(attribute.value_start, attribute.value, &self.doctype)
    }

    pub(super) fn attribute(
        &mut self,
        element: &Element<'_>,
        attribute: &Attribute<'a>,
    ) -> Result<(), SvgError> {
        let rule = match self.rule(element, attribute.name)? {
            Rule::Keep if attribute.has_references => self.value(attribute).map(|_| Rule::Keep)?,
            rule => rule,
        };
        // Without a parenthesis nothing in a style is called.
        let is_plain =
            !attribute.has_references && memchr::memchr(b'(', attribute.value.as_bytes()).is_none();
        if rule == Rule::Keep || is_plain && matches!(rule, Rule::Style | Rule::Values) {
            return Ok(());
        }
        let value = self.value(attribute)?;
        match judge(rule, &value.text, self.nested) {
            Outcome::Keep => {
                let is_kept = |text: &str| matches!(judge(rule, text, self.nested), Outcome::Keep);
                if !value.undeclared().is_none_or(is_kept) {
                    return Err(SvgError::Declarations(OTHERWISE));
                }
            }
            Outcome::Cut(what) => self.edits.cut(attribute.start, attribute.end, what),
            Outcome::Change(changes, removed) => {
                self.edits.removed.join(&removed);
                value.apply(changes, attribute.value_start..attribute.end - 1, &mut self.edits);
            }
        }
        Ok(())
    }

    fn rule(&mut self, element: &Element<'_>, name: &'a str) -> Result<Rule, SvgError> {
        if declared_prefix(name).is_some() {
            return Ok(Rule::Keep);
        }
        let (prefix, local) = split(name, self.scanner.start)?;
        if prefix.is_empty() {
            return Ok(attribute::rule(element, Namespace::Nothing, local));
        }
        let mut namespace = self.namespace(prefix);
        // HTML knows it by its name, whatever the prefix means.
        if namespace.is_some() && name.eq_ignore_ascii_case("xlink:href") {
            namespace = Some(Namespace::Xlink);
        }
        Ok(namespace
            .map_or(Rule::Cut("undeclared:…"), |namespace| attribute::rule(element, namespace, local)))
    }

    /// What the document type adds cannot be taken out here.
    pub(super) fn check_defaults(
        &mut self,
        name: &str,
        element: &Element<'_>,
        attributes: &[Attribute<'a>],
    ) -> Result<(), SvgError> {
        let defaults: Vec<(&'a str, String)> =
            self.doctype.defaults_of(name).map(|(name, value)| (name, value.to_owned())).collect();
        for (default, value) in defaults {
            if attributes.iter().any(|attribute| attribute.name == default) {
                continue;
            }
            self.defaults_bytes += value.len();
            if self.defaults_bytes > DEFAULTS_BYTES_MAX {
                return Err(SvgError::Declarations("gives too many elements attributes"));
            }
            let rule = self.rule(element, default)?;
            if !matches!(judge(rule, &value, self.nested), Outcome::Keep) {
                return Err(SvgError::Declarations("gives elements attributes that act or load"));
            }
        }
        Ok(())
    }
}
