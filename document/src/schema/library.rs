//! Colours, typographies, pictures and components of the library.

use super::kind::{Object, Schema, may, must};
use super::style::{GRADIENT, IMAGE};

const TEXT: Schema = Schema::Str;

/// Data of plugins: namespace to key to text.
pub(crate) const PLUGIN_DATA: Schema =
    Schema::Map(&Schema::Keyword, &Schema::Map(&Schema::Str, &Schema::Str));

/// A colour.
pub(crate) const COLOR: Schema = Schema::Object(&Object {
    fields: &[
        must("id", Schema::Id),
        must("name", Schema::Text),
        may("path", TEXT),
        may("color", Schema::Color),
        may("gradient", GRADIENT),
        may("image", IMAGE),
        may("opacity", Schema::Share),
        may("modified-at", Schema::Instant),
        may("plugin-data", PLUGIN_DATA),
    ],
    closed: true,
    one_of: &["color", "gradient", "image"],
    needs: None,
});

/// A typography.
pub(crate) const TYPOGRAPHY: Schema = Schema::Object(&Object::open(&[
    must("id", Schema::Id),
    must("name", TEXT),
    must("font-id", TEXT),
    must("font-family", TEXT),
    must("font-variant-id", TEXT),
    must("font-size", TEXT),
    must("font-weight", TEXT),
    must("font-style", TEXT),
    must("line-height", TEXT),
    must("letter-spacing", TEXT),
    must("text-transform", TEXT),
    may("path", TEXT),
    may("modified-at", Schema::Instant),
    may("plugin-data", PLUGIN_DATA),
]));

/// A picture.
pub(crate) const MEDIA: Schema = Schema::Object(&Object::open(&[
    must("id", Schema::Id),
    must("name", TEXT),
    must("width", Schema::Int),
    must("height", Schema::Int),
    must("mtype", TEXT),
    must("media-id", Schema::Id),
    may("created-at", Schema::Instant),
    may("deleted-at", Schema::Instant),
    may("file-id", Schema::Id),
    may("thumbnail-id", Schema::Id),
    may("is-local", Schema::Bool),
]));

/// A component, what is kept of it apart.
pub(crate) const COMPONENT: Schema = Schema::Object(&Object::open(&[
    must("id", Schema::Id),
    must("name", TEXT),
    must("path", TEXT),
    must("main-instance-id", Schema::Id),
    must("main-instance-page", Schema::Id),
    may("modified-at", Schema::Instant),
    may("annotation", TEXT),
    may("deleted", Schema::Bool),
    may("variant-id", Schema::Id),
    may("variant-properties", VARIANT_PROPERTIES),
    may("plugin-data", PLUGIN_DATA),
]));

/// What the variants of a component differ in.
pub(crate) const VARIANT_PROPERTIES: Schema =
    Schema::List(&Schema::Object(&Object::open(&[must("name", TEXT), must("value", TEXT)])));
