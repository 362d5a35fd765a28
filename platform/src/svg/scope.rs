//! Namespaces, and which prefix means which.

use super::error::SvgError;

pub(super) const SVG: &str = "http://www.w3.org/2000/svg";
pub(super) const XLINK: &str = "http://www.w3.org/1999/xlink";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The namespaces that mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Namespace {
    /// None at all.
    Nothing,
    Svg,
    Html,
    Xlink,
    Xml,
    /// Whose elements and attributes act: XML Events and XBL.
    Acting,
    /// Any other.
    Other,
}

impl Namespace {
    fn of(uri: &str) -> Namespace {
        match uri {
            "" => Namespace::Nothing,
            SVG => Namespace::Svg,
            "http://www.w3.org/1999/xhtml" => Namespace::Html,
            XLINK => Namespace::Xlink,
            XML => Namespace::Xml,
            "http://www.w3.org/2001/xml-events"
            | "http://www.mozilla.org/xbl"
            | "http://www.w3.org/ns/xbl" => Namespace::Acting,
            _ => Namespace::Other,
        }
    }
}

/// Prefixes in scope, the innermost last.
#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    list: Vec<(&'a str, Namespace)>,
}

/// Declarations in scope at one place.
const SCOPE_MAX: usize = 512;

impl<'a> Scopes<'a> {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Forgets what inner elements declared.
    pub(super) fn truncate(&mut self, length: usize) {
        self.list.truncate(length);
    }

    /// Takes a declaration in. The default namespace has an empty prefix.
    ///
    /// # Errors
    /// Declarations that parsers read differently, and too many.
    pub(super) fn declare(&mut self, prefix: &'a str, uri: &str, at: usize) -> Result<(), SvgError> {
        let is_right = match (prefix, uri) {
            ("xml", uri) => uri == XML,
            ("xmlns", _) | (_, XML | XMLNS) => false,
            (prefix, "") => prefix.is_empty(),
            _ => true,
        };
        if !is_right {
            return Err(SvgError::Malformed { what: "a namespace that must not be declared so", at });
        }
        if self.list.len() >= SCOPE_MAX {
            return Err(SvgError::Malformed { what: "more namespaces than anybody needs", at });
        }
        self.list.push((prefix, Namespace::of(uri)));
        Ok(())
    }

    /// What a prefix means; none when nothing says so.
    pub(super) fn find(&self, prefix: &str) -> Option<Namespace> {
        if prefix == "xml" {
            return Some(Namespace::Xml);
        }
        let found =
            self.list.iter().rev().find(|(known, _)| *known == prefix).map(|(_, namespace)| *namespace);
        found.or(prefix.is_empty().then_some(Namespace::Nothing))
    }
}

/// Prefix and local name.
///
/// # Errors
/// Names with colons where none may be.
pub(super) fn split(name: &str, at: usize) -> Result<(&str, &str), SvgError> {
    match name.split_once(':') {
        None => Ok(("", name)),
        Some((prefix, local)) if !prefix.is_empty() && !local.is_empty() && !local.contains(':') => {
            Ok((prefix, local))
        }
        Some(_) => Err(SvgError::Malformed { what: "a name with a colon too many", at }),
    }
}

/// The prefix that an attribute declares; empty for the default namespace.
pub(super) fn declared_prefix(name: &str) -> Option<&str> {
    match name.strip_prefix("xmlns")? {
        "" => Some(""),
        rest => rest.strip_prefix(':'),
    }
}
