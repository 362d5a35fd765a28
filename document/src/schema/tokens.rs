//! Tokens, their sets and themes.

use super::kind::{Object, Schema, may, must};

const TEXT: Schema = Schema::Str;

/// What a token can be.
pub(crate) const TOKEN_TYPES: &[&str] = &[
    "boolean",
    "border-radius",
    "color",
    "dimensions",
    "font-family",
    "font-size",
    "font-weight",
    "letter-spacing",
    "number",
    "opacity",
    "other",
    "rotation",
    "shadow",
    "sizing",
    "spacing",
    "string",
    "stroke-width",
    "text-case",
    "text-decoration",
    "typography",
];

/// A token that is made or changed.
pub(crate) const TOKEN: Schema = Schema::Object(&Object::open(&[
    must("id", Schema::Id),
    must("name", TEXT),
    must("type", Schema::Word(TOKEN_TYPES)),
    must("value", Schema::Any),
    may("description", TEXT),
    may("modified-at", Schema::Instant),
]));

/// A token among others, perhaps of an older or a newer client.
pub(crate) const KEPT_TOKEN: Schema = Schema::Object(&Object::open(&[
    must("id", Schema::Id),
    must("name", Schema::Text),
    must("type", Schema::Keyword),
    may("description", TEXT),
    may("modified-at", Schema::Instant),
]));

/// A set, its tokens apart.
pub(crate) const TOKEN_SET: Schema = Schema::Object(&Object::open(&[
    must("id", Schema::Id),
    must("name", Schema::Text),
    may("description", TEXT),
    may("modified-at", Schema::Instant),
]));

/// A theme.
pub(crate) const TOKEN_THEME: Schema = Schema::Object(&Object::open(&[
    must("id", Schema::Id),
    must("name", Schema::Text),
    may("group", TEXT),
    may("description", TEXT),
    may("is-source", Schema::Bool),
    may("external-id", TEXT),
    may("modified-at", Schema::Instant),
    may("sets", TEXTS),
]));

/// Names.
pub(crate) const TEXTS: Schema = Schema::Set(&TEXT);

/// Ids.
pub(crate) const IDS: Schema = Schema::Set(&Schema::Id);
