//! Elements: those that act or load whatever they contain, and those of HTML that only hold text.

use std::borrow::Cow;

/// The element as one of the list, when it must go. Beside scripts these are the elements of HTML that load, embed,
/// ask or change how the rest is read. In an SVG they are nothing; whoever puts its text into a page makes them what
/// they are.
pub(super) fn acting(local: &str) -> Option<&'static str> {
    find(ACTING, local)
}

/// Whether an element of HTML holds text and nothing else: sections, grouping, text-level elements, edits and tables
/// of the HTML standard, and what was there before them for looks.
pub(super) fn is_text_of_html(local: &str) -> bool {
    HTML.binary_search(&local).is_ok()
}

/// Whether an attribute of such an element says how it looks, or who or what it is.
pub(super) fn is_attribute_of_html(name: &str) -> bool {
    name.starts_with("data-") || name.starts_with("aria-") || HTML_ATTRIBUTES.binary_search(&name).is_ok()
}

/// Whether an HTML parser that meets this element in a drawing takes what follows for HTML.
pub(super) fn leaves_drawing(local: &str) -> bool {
    BREAKOUT.binary_search(&lower(local).as_ref()).is_ok()
}

/// Whether an HTML parser takes what is in this element for HTML.
pub(super) fn holds_html(local: &str) -> bool {
    ["title", "desc", "foreignobject", "annotation-xml"].iter().any(|name| local.eq_ignore_ascii_case(name))
}

/// Whether the element changes an attribute of another.
pub(super) fn animates(local: &str) -> bool {
    ["animate", "set", "animateColor", "animateMotion", "animateTransform"]
        .iter()
        .any(|name| local.eq_ignore_ascii_case(name))
}

/// Whether HTML reads what is in it as text up to its own end tag.
pub(super) fn is_raw_text(name: &str) -> bool {
    const RAW: [&str; 9] =
        ["style", "script", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript"];
    RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw))
}

/// Whether HTML has an entity of this name, or of its beginning, that stands for ASCII: it knows no declarations, and
/// reads it as that. The five of XML itself mean the same everywhere.
pub(super) fn is_known_to_html(entity: &str) -> bool {
    const BEGIN: [&str; 8] = ["lt", "gt", "amp", "quot", "LT", "GT", "AMP", "QUOT"];
    let is_own = matches!(entity, "lt" | "gt" | "amp" | "quot" | "apos");
    !is_own && (BEGIN.iter().any(|begin| entity.starts_with(begin)) || ASCII_ENTITIES.contains(&entity))
}

fn find(list: &'static [(&str, &str)], name: &str) -> Option<&'static str> {
    if name.len() > 16 {
        return None;
    }
    let name = lower(name);
    list.binary_search_by_key(&name.as_ref(), |(name, _)| name).ok().map(|at| list[at].1)
}

/// A name in small letters, which most are in.
pub(super) fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

macro_rules! tags {
    ($($name:literal)*) => { &[$(($name, concat!("<", $name, ">"))),*] };
}

const ACTING: &[(&str, &str)] = tags! {
    "applet" "area" "audio" "base" "basefont" "bgsound" "button" "canvas" "datalist" "dialog" "embed" "fencedframe"
    "fieldset" "form" "frame" "frameset" "handler" "head" "html" "iframe" "input" "isindex" "keygen" "link"
    "listener" "map" "marquee" "meta" "nextid" "noembed" "noframes" "noscript" "object" "optgroup" "option"
    "param" "picture" "plaintext" "portal" "script" "select" "selectedcontent" "source" "template" "textarea"
    "track" "video" "xmp"
};

#[rustfmt::skip]
const ASCII_ENTITIES: &[&str] = &[
    "DiacriticalGrave", "Hat", "NewLine", "Tab", "UnderBar", "VerticalLine", "ast", "bsol", "colon", "comma", "commat",
    "dollar", "equals", "excl", "fjlig", "grave", "lbrace", "lbrack", "lcub", "lowbar", "lpar", "lsqb", "midast", "num",
    "percnt", "period", "plus", "quest", "rbrace", "rbrack", "rcub", "rpar", "rsqb", "semi", "sol", "verbar", "vert",
];

#[rustfmt::skip]
const HTML: &[&str] = &[
    "a", "abbr", "acronym", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "body", "br",
    "caption", "center", "cite", "code", "col", "colgroup", "data", "dd", "del", "details", "dfn", "dir", "div", "dl",
    "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
    "i", "img", "ins", "kbd", "label", "legend", "li", "main", "mark", "menu", "nav", "nobr", "ol", "p", "pre", "q",
    "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "search", "section", "small", "span", "strike", "strong", "style",
    "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "title", "tr", "tt", "u", "ul",
    "var", "wbr",
];

#[rustfmt::skip]
const HTML_ATTRIBUTES: &[&str] = &[
    "abbr", "align", "alt", "axis", "bgcolor", "border", "cellpadding", "cellspacing", "char", "charoff", "class",
    "clear", "color", "cols", "colspan", "compact", "datetime", "dir", "face", "frame", "headers", "height", "hidden",
    "href", "hspace", "id", "lang", "media", "name", "noshade", "nowrap", "open", "part", "rel", "requiredExtensions",
    "reversed", "role", "rows", "rowspan", "rules", "scope", "size", "slot", "span", "src", "start", "style",
    "summary", "target", "title", "translate", "type", "valign", "value", "vspace", "width",
];

#[rustfmt::skip]
const BREAKOUT: &[&str] = &[
    "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "font", "h1",
    "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre",
    "ruby", "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tt", "u", "ul", "var",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_order() {
        assert!(ACTING.is_sorted_by_key(|(name, _)| name));
        for list in [HTML, HTML_ATTRIBUTES, BREAKOUT] {
            assert!(list.is_sorted());
        }
    }
}
