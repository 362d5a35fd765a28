//! Attributes: what each may hold.

use super::handlers;
use super::names;
use super::reference::Referrer;
use super::scope::Namespace;

/// The element that has them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub(super) namespace: Namespace,
    pub(super) local: &'a str,
    /// What it animates, when it animates.
    pub(super) animated: Option<Animated>,
}

/// What the attribute is that an element animates, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Animated {
    /// One that is no address and no script.
    Plain,
    Address,
    Handler,
}

/// What is to be done with an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// It stays, whatever it holds.
    Keep,
    /// It goes, whatever it holds; what it is.
    Cut(&'static str),
    /// It stays when it is a single word, which is no script.
    Word,
    /// It is an address.
    Address(Referrer, &'static str),
    /// It is CSS.
    Style,
    /// It is values of CSS between semicolons; browsers split it before they read any.
    Values,
    /// It is addresses between semicolons, all in this document.
    Places,
}

/// Those that hold neither CSS nor addresses, and are long or frequent.
const PLAIN: [&str; 16] = [
    "d",
    "id",
    "class",
    "points",
    "transform",
    "viewbox",
    "gradienttransform",
    "patterntransform",
    "title",
    "lang",
    "role",
    "attributename",
    "begin",
    "end",
    "keysplines",
    "systemlanguage",
];

/// HTML's ways to load, and what SVG had of them.
const LOADING: [(&str, &str); 8] = [
    ("ping", "ping"),
    ("srcset", "srcset"),
    ("lowsrc", "lowsrc"),
    ("attributionsrc", "attributionsrc"),
    ("definition-src", "definition-src"),
    ("srcdoc", "srcdoc"),
    ("formaction", "formaction"),
    ("poster", "poster"),
];

pub(super) fn rule(element: &Element<'_>, namespace: Namespace, local: &str) -> Rule {
    match namespace {
        Namespace::Nothing => own(element, local),
        Namespace::Xlink if local.eq_ignore_ascii_case("href") => address(element, "xlink:href"),
        Namespace::Xml if local == "base" => Rule::Cut("xml:base"),
        Namespace::Acting => Rule::Cut("ev:*"),
        _ => Rule::Keep,
    }
}

/// An attribute without a prefix. Capitals make it another one, but not where HTML is read.
fn own(element: &Element<'_>, name: &str) -> Rule {
    let name = names::lower(name);
    let name = name.as_ref();
    if name.starts_with("on") {
        return handlers::find(name).map_or(Rule::Word, Rule::Cut);
    }
    if element.namespace == Namespace::Html && !names::is_attribute_of_html(name) {
        return Rule::Cut("attribute of HTML");
    }
    match name {
        "href" => address(element, "href"),
        "src" => address(element, "src"),
        // HTML has it on some elements, and once had it on more.
        "background" => Rule::Address(Referrer::Other, "background"),
        "from" | "to" | "by" | "values" => match element.animated {
            Some(Animated::Handler) => Rule::Cut("animated handler"),
            Some(Animated::Address) => Rule::Places,
            Some(Animated::Plain) | None if name == "values" => Rule::Values,
            Some(Animated::Plain) | None => Rule::Style,
        },
        _ if PLAIN.contains(&name) || name.starts_with("data-") || name.starts_with("aria-") => Rule::Keep,
        _ => {
            LOADING.iter().find(|(known, _)| *known == name).map_or(Rule::Style, |(_, what)| Rule::Cut(what))
        }
    }
}

fn address(element: &Element<'_>, what: &'static str) -> Rule {
    let is = |name: &str| element.local.eq_ignore_ascii_case(name);
    let referrer = if is("a") {
        Referrer::Link
    } else if is("image") || is("feImage") || is("img") {
        Referrer::Picture
    } else {
        Referrer::Other
    };
    Rule::Address(referrer, what)
}

/// What kind of attribute is animated under this name.
pub(super) fn animated(name: &str) -> Animated {
    let name = name.trim().to_ascii_lowercase();
    let local = name.rsplit(':').next().unwrap_or_default();
    if local.starts_with("on") {
        Animated::Handler
    } else if matches!(local, "href" | "src" | "base") {
        Animated::Address
    } else {
        Animated::Plain
    }
}

/// Whether a value is a single word: read as a script, it names something and does nothing.
pub(super) fn is_word(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Whether all addresses between semicolons lie in the document.
pub(super) fn are_places(value: &str) -> bool {
    value.split(';').all(|place| place.trim().is_empty() || place.trim().starts_with('#'))
}
