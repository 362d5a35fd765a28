//! Pages without their shapes.

use super::kind::{Object, Schema, may, must};
use super::library::PLUGIN_DATA;
use super::style::{POINT, SQUARE, TRACKS};

/// A line to draw by.
pub(crate) const GUIDE: Schema = Schema::Object(&Object::open(&[
    may("id", Schema::Id),
    must("axis", Schema::Word(&["x", "y"])),
    must("position", Schema::Number),
    may("frame-id", Schema::Id),
    may("color", Schema::Color),
]));

/// A way through the prototype.
pub(crate) const FLOW: Schema = Schema::Object(&Object::open(&[
    may("id", Schema::Id),
    must("name", Schema::Str),
    must("starting-frame", Schema::Id),
]));

/// The grids that new frames get.
const DEFAULT_GRIDS: Schema =
    Schema::Object(&Object::open(&[may("square", SQUARE), may("row", TRACKS), may("column", TRACKS)]));

/// Which grid of the defaults.
pub(crate) const GRID_TYPE: Schema = Schema::Word(&["square", "row", "column"]);

/// What a default grid of a type looks like.
pub(crate) fn default_grid(grid_type: &str) -> &'static Schema {
    if grid_type == "square" { &SQUARE } else { &TRACKS }
}

/// Where a thread of comments is pinned.
const COMMENT_POSITION: Schema =
    Schema::Object(&Object::open(&[must("frame-id", Schema::Id), must("position", POINT)]));

/// A point of the plane.
pub(crate) const POSITION: Schema = POINT;

/// A page, its shapes apart.
pub(crate) const PAGE: Schema = Schema::Object(&Object::open(&[
    must("id", Schema::Id),
    must("name", Schema::Str),
    may("index", Schema::Int),
    may("background", Schema::Color),
    may("pixel-grid-color", Schema::Color),
    may("pixel-grid-opacity", Schema::Number),
    may("default-grids", DEFAULT_GRIDS),
    may("flows", Schema::Map(&Schema::Id, &FLOW)),
    may("guides", Schema::Map(&Schema::Id, &GUIDE)),
    may("plugin-data", PLUGIN_DATA),
    may("comment-thread-positions", Schema::Map(&Schema::Id, &COMMENT_POSITION)),
]));
