//! The types of tokens, and what files of design tokens (DTCG) call them.

/// Keyword and name in such files.
const TYPES: &[(&str, &str)] = &[
    ("boolean", "boolean"),
    ("border-radius", "borderRadius"),
    ("color", "color"),
    ("dimensions", "dimension"),
    ("font-family", "fontFamilies"),
    ("font-size", "fontSizes"),
    ("font-weight", "fontWeights"),
    ("letter-spacing", "letterSpacing"),
    ("number", "number"),
    ("opacity", "opacity"),
    ("other", "other"),
    ("rotation", "rotation"),
    ("shadow", "shadow"),
    ("sizing", "sizing"),
    ("spacing", "spacing"),
    ("string", "string"),
    ("stroke-width", "borderWidth"),
    ("text-case", "textCase"),
    ("text-decoration", "textDecoration"),
    ("typography", "typography"),
];

/// Names that are read too.
const OTHERS: &[(&str, &str)] = &[
    ("font-family", "fontFamily"),
    ("font-size", "fontSize"),
    ("font-weight", "fontWeight"),
    ("shadow", "boxShadow"),
];

/// What a typography is made of besides.
const OF_TYPOGRAPHY: &[(&str, &str)] = &[("line-height", "lineHeights"), ("line-height", "lineHeight")];

/// What a shadow is made of.
const OF_SHADOW: &[(&str, &str)] = &[
    ("offset-x", "offsetX"),
    ("offset-y", "offsetY"),
    ("offset-x", "x"),
    ("offset-y", "y"),
    ("blur", "blur"),
    ("spread", "spread"),
    ("color", "color"),
    ("inset", "inset"),
];

/// The keyword of a type that such a file names, or that is named by its keyword.
pub(crate) fn keyword(name: &str) -> Option<&'static str> {
    first(TYPES, name).or_else(|| first(OTHERS, name)).or_else(|| own(name))
}

/// What such a file calls a type.
pub(crate) fn file_name(keyword: &str) -> Option<&'static str> {
    TYPES.iter().find(|(own, _)| *own == keyword).map(|(_, name)| *name)
}

/// The keyword of an attribute of a typography.
pub(crate) fn typography_keyword(name: &str) -> Option<&'static str> {
    first(OF_TYPOGRAPHY, name).or_else(|| first(TYPES, name)).or_else(|| first(OTHERS, name))
}

/// What such a file calls an attribute of a typography.
pub(crate) fn typography_name(keyword: &str) -> Option<&'static str> {
    let of_typography = OF_TYPOGRAPHY.iter().find(|(own, _)| *own == keyword).map(|(_, name)| *name);
    of_typography.or_else(|| file_name(keyword))
}

/// The keyword of an attribute of a shadow.
pub(crate) fn shadow_keyword(name: &str) -> Option<&'static str> {
    first(OF_SHADOW, name)
}

/// What such a file calls an attribute of a shadow.
pub(crate) fn shadow_name(keyword: &str) -> Option<&'static str> {
    OF_SHADOW.iter().find(|(own, _)| *own == keyword).map(|(_, name)| *name)
}

fn first(table: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    table.iter().find(|(_, own)| *own == name).map(|(keyword, _)| *keyword)
}

fn own(keyword: &str) -> Option<&'static str> {
    TYPES.iter().find(|(own, _)| *own == keyword).map(|(own, _)| *own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::tokens::TOKEN_TYPES;

    #[test]
    fn every_type_comes_back_from_its_name() {
        assert!(TYPES.iter().map(|(keyword, _)| keyword).eq(TOKEN_TYPES));
        for (own, name) in TYPES {
            assert_eq!((keyword(name), keyword(own), file_name(own)), (Some(*own), Some(*own), Some(*name)));
        }
        assert_eq!((keyword("boxShadow"), keyword("lineHeights")), (Some("shadow"), None));
        assert_eq!(typography_keyword("lineHeight"), Some("line-height"));
        assert_eq!((shadow_keyword("x"), shadow_name("offset-x")), (Some("offset-x"), Some("offsetX")));
    }
}
