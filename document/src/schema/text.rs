//! The content of texts: a root, sets of paragraphs, paragraphs, pieces of text.

use super::kind::{Object, Schema, may, must};
use super::style::FILL;

const TEXT: Schema = Schema::Text;
const FILLS: Schema = Schema::List(&FILL);

const LEAF: Schema = Schema::Object(&Object::open(&[
    must("text", Schema::Str),
    may("key", Schema::Str),
    may("fills", FILLS),
    may("font-family", TEXT),
    may("font-size", TEXT),
    may("font-style", TEXT),
    may("font-weight", TEXT),
    may("direction", TEXT),
    may("text-decoration", TEXT),
    may("text-transform", TEXT),
    may("typography-ref-id", Schema::Id),
    may("typography-ref-file", Schema::Id),
]));

const PARAGRAPH: Schema = Schema::Object(&Object::open(&[
    must("type", Schema::Literal("paragraph")),
    must("children", Schema::Filled(&LEAF)),
    may("key", Schema::Str),
    may("fills", FILLS),
    may("font-family", TEXT),
    may("font-size", TEXT),
    may("font-style", TEXT),
    may("font-weight", TEXT),
    may("direction", TEXT),
    may("text-decoration", TEXT),
    may("text-transform", TEXT),
    may("typography-ref-id", Schema::Id),
    may("typography-ref-file", Schema::Id),
]));

const PARAGRAPH_SET: Schema = Schema::Object(&Object::open(&[
    must("type", Schema::Literal("paragraph-set")),
    must("children", Schema::Filled(&PARAGRAPH)),
    may("key", Schema::Str),
]));

/// The content of a text.
pub(super) const CONTENT: Schema = Schema::Object(&Object::open(&[
    must("type", Schema::Literal("root")),
    may("children", Schema::Filled(&PARAGRAPH_SET)),
    may("key", Schema::Str),
]));

/// Where each piece of a text was drawn.
pub(super) const POSITION_DATA: Schema = Schema::List(&Schema::Object(&Object::open(&[
    must("x", Schema::Number),
    must("y", Schema::Number),
    must("width", Schema::Number),
    must("height", Schema::Number),
    must("fills", FILLS),
    may("text", Schema::Str),
    may("font-family", Schema::Str),
    may("font-size", Schema::Str),
    may("font-style", Schema::Str),
    may("font-weight", Schema::Str),
    may("rtl", Schema::Bool),
])));
