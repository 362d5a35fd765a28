//! Fills, strokes, effects, grids and interactions: what shapes and the library are drawn with.

use super::kind::{Object, Schema, may, must};

const NUMBER: Schema = Schema::Number;
const BOOL: Schema = Schema::Bool;
const ID: Schema = Schema::Id;

/// A reference to a picture.
pub(super) const IMAGE: Schema = Schema::Object(&Object::closed(&[
    must("id", ID),
    must("width", Schema::Int),
    must("height", Schema::Int),
    must("mtype", Schema::Text),
    may("name", Schema::Str),
    may("keep-aspect-ratio", BOOL),
]));

const STOP: Schema = Schema::Object(&Object::open(&[
    must("color", Schema::Color),
    must("offset", Schema::Share),
    may("opacity", Schema::Share),
]));

/// A gradient.
pub(super) const GRADIENT: Schema = Schema::Object(&Object::closed(&[
    must("type", Schema::Word(&["linear", "radial"])),
    must("start-x", NUMBER),
    must("start-y", NUMBER),
    must("end-x", NUMBER),
    must("end-y", NUMBER),
    must("width", NUMBER),
    must("stops", Schema::Filled(&STOP)),
]));

/// One fill.
pub(super) const FILL: Schema = Schema::Object(&Object {
    fields: &[
        may("fill-color", Schema::Color),
        may("fill-color-gradient", GRADIENT),
        may("fill-image", IMAGE),
        may("fill-opacity", Schema::Share),
        may("fill-color-ref-id", ID),
        may("fill-color-ref-file", ID),
    ],
    closed: true,
    one_of: &["fill-color", "fill-color-gradient", "fill-image"],
    needs: None,
});

const CAP: Schema = Schema::Word(&[
    "round",
    "square",
    "line-arrow",
    "triangle-arrow",
    "square-marker",
    "circle-marker",
    "diamond-marker",
]);

/// One stroke.
pub(super) const STROKE: Schema = Schema::Object(&Object {
    fields: &[
        may("stroke-color", Schema::Color),
        may("stroke-color-gradient", GRADIENT),
        may("stroke-image", IMAGE),
        may("stroke-color-ref-id", ID),
        may("stroke-color-ref-file", ID),
        may("stroke-opacity", NUMBER),
        may("stroke-width", NUMBER),
        may("stroke-dash", NUMBER),
        may("stroke-gap", NUMBER),
        may("stroke-width-top", NUMBER),
        may("stroke-width-right", NUMBER),
        may("stroke-width-bottom", NUMBER),
        may("stroke-width-left", NUMBER),
        may("stroke-per-side", BOOL),
        may("hidden", BOOL),
        may("stroke-style", Schema::Word(&["solid", "dotted", "dashed", "mixed"])),
        may("stroke-alignment", Schema::Word(&["center", "inner", "outer"])),
        may("stroke-cap-start", CAP),
        may("stroke-cap-end", CAP),
    ],
    closed: true,
    one_of: &["stroke-color", "stroke-color-gradient", "stroke-image"],
    needs: None,
});

/// The colour of a shadow.
const SHADOW_COLOR: Schema = Schema::Object(&Object::closed(&[
    must("color", Schema::Color),
    may("opacity", Schema::Share),
    may("gradient", GRADIENT),
    may("image", IMAGE),
    may("ref-id", ID),
    may("ref-file", ID),
]));

/// One shadow.
pub(super) const SHADOW: Schema = Schema::Object(&Object::open(&[
    may("id", ID),
    must("style", Schema::Word(&["drop-shadow", "inner-shadow"])),
    must("offset-x", NUMBER),
    must("offset-y", NUMBER),
    must("blur", NUMBER),
    must("spread", NUMBER),
    must("hidden", BOOL),
    must("color", SHADOW_COLOR),
]));

/// The blur of what a shape draws.
pub(super) const BLUR: Schema = Schema::Object(&Object::open(&[
    must("id", ID),
    must("type", Schema::Word(&["layer-blur"])),
    must("value", NUMBER),
    must("hidden", BOOL),
]));

/// The blur of what is behind a shape.
pub(super) const BACKGROUND_BLUR: Schema = Schema::Object(&Object::open(&[
    must("id", ID),
    must("type", Schema::Word(&["background-blur"])),
    must("value", NUMBER),
    must("hidden", BOOL),
]));

/// How a shape is exported.
pub(super) const EXPORT: Schema = Schema::Object(&Object::open(&[
    must("type", Schema::Word(&["png", "jpeg", "webp", "svg", "pdf"])),
    must("scale", NUMBER),
    must("suffix", Schema::Str),
]));

const GRID_COLOR: Schema =
    Schema::Object(&Object::open(&[must("color", Schema::Color), must("opacity", Schema::Share)]));

/// What a square grid looks like.
pub(super) const SQUARE: Schema =
    Schema::Object(&Object::open(&[may("size", NUMBER), must("color", GRID_COLOR)]));

/// What a grid of columns or rows looks like.
pub(super) const TRACKS: Schema = Schema::Object(&Object::open(&[
    must("color", GRID_COLOR),
    may("type", Schema::Word(&["stretch", "left", "center", "right"])),
    may("size", NUMBER),
    may("margin", NUMBER),
    may("item-length", NUMBER),
    may("gutter", NUMBER),
]));

/// One grid to draw by. The two kinds of params agree in what both name.
pub(super) const GRID: Schema = Schema::Object(&Object::open(&[
    must("type", Schema::Word(&["square", "column", "row"])),
    must("display", BOOL),
    must("params", TRACKS),
]));

/// A point of the plane.
pub(super) const POINT: Schema =
    Schema::Record("point", &Object::open(&[must("x", NUMBER), must("y", NUMBER)]));

const ANIMATION: Schema = Schema::Object(&Object::open(&[
    must("animation-type", Schema::Word(&["dissolve", "slide", "push"])),
    may("duration", Schema::Int),
    may("easing", Schema::Word(&["linear", "ease", "ease-in", "ease-out", "ease-in-out"])),
    may("direction", Schema::Word(&["right", "left", "up", "down"])),
    may("way", Schema::Word(&["in", "out"])),
    may("offset-effect", BOOL),
]));

/// What happens in the viewer. What belongs to another action may be left over.
pub(crate) const INTERACTION: Schema = Schema::Object(&Object {
    fields: &[
        must("event-type", EVENT),
        must("action-type", ACTION),
        may("destination", ID),
        may("preserve-scroll", BOOL),
        may("delay", NUMBER),
        may("overlay-position", POINT),
        may("overlay-pos-type", PLACE),
        may("close-click-outside", BOOL),
        may("background-overlay", BOOL),
        may("position-relative-to", ID),
        may("url", Schema::Str),
        may("animation", ANIMATION),
    ],
    closed: false,
    one_of: &[],
    needs: Some(("action-type", "open-url", "url")),
});

const EVENT: Schema =
    Schema::Word(&["click", "mouse-press", "mouse-over", "mouse-enter", "mouse-leave", "after-delay"]);

const ACTION: Schema =
    Schema::Word(&["navigate", "open-overlay", "toggle-overlay", "close-overlay", "prev-screen", "open-url"]);

const PLACE: Schema = Schema::Word(&[
    "manual",
    "center",
    "top-left",
    "top-right",
    "top-center",
    "bottom-left",
    "bottom-right",
    "bottom-center",
]);
