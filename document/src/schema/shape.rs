//! Shapes: which attributes there are, and what each must be.

use super::check::check as check_value;
use super::coerce::coerce as coerce_value;
use super::kind::{Field, Object, Schema, may, must};
use super::library::PLUGIN_DATA;
use super::style::{BACKGROUND_BLUR, BLUR, EXPORT, FILL, GRID, INTERACTION, POINT, SHADOW, STROKE};
use super::text::{CONTENT, POSITION_DATA};
use crate::fault::Fault;
use crate::part::OpenPart;
use transit::value::Value;

const BOOL: Schema = Schema::Bool;
const ID: Schema = Schema::Id;
const NUMBER: Schema = Schema::Number;
const STR: Schema = Schema::Str;

const RECT: Schema = Schema::Record(
    "rect",
    &Object::open(&[
        must("x", NUMBER),
        must("y", NUMBER),
        must("width", NUMBER),
        must("height", NUMBER),
        must("x1", NUMBER),
        must("y1", NUMBER),
        must("x2", NUMBER),
        must("y2", NUMBER),
    ]),
);

const MATRIX: Schema = Schema::Record(
    "matrix",
    &Object::open(&[
        must("a", NUMBER),
        must("b", NUMBER),
        must("c", NUMBER),
        must("d", NUMBER),
        must("e", NUMBER),
        must("f", NUMBER),
    ]),
);

const CELL: Schema = Schema::Object(&Object::open(&[
    must("id", ID),
    must("row", Schema::Int),
    must("row-span", Schema::Int),
    must("column", Schema::Int),
    must("column-span", Schema::Int),
    must("shapes", Schema::List(&ID)),
    may("area-name", STR),
    may("position", Schema::Word(&["auto", "manual", "area"])),
    may("align-self", Schema::Word(&["auto", "start", "center", "end", "stretch"])),
    may("justify-self", Schema::Word(&["auto", "start", "center", "end", "stretch"])),
]));

const TRACK: Schema = Schema::Object(&Object::open(&[
    must("type", Schema::Word(&["percent", "flex", "auto", "fixed"])),
    may("value", NUMBER),
]));

const MARGIN: Schema = Schema::Object(&Object::open(&[
    may("m1", NUMBER),
    may("m2", NUMBER),
    may("m3", NUMBER),
    may("m4", NUMBER),
]));

const PADDING: Schema = Schema::Object(&Object::open(&[
    may("p1", NUMBER),
    may("p2", NUMBER),
    may("p3", NUMBER),
    may("p4", NUMBER),
]));

const GAP: Schema = Schema::Object(&Object::open(&[may("row-gap", NUMBER), may("column-gap", NUMBER)]));

const SIMPLE: Schema = Schema::Word(&["simple", "multiple"]);
const SIZING: Schema = Schema::Word(&["fill", "fix", "auto"]);
const ALIGN: Schema = Schema::Word(&["start", "end", "center", "stretch"]);
const SPREAD: Schema =
    Schema::Word(&["start", "center", "end", "space-between", "space-around", "space-evenly", "stretch"]);

const BLEND: Schema = Schema::Word(&[
    "normal",
    "darken",
    "multiply",
    "color-burn",
    "lighten",
    "screen",
    "color-dodge",
    "overlay",
    "soft-light",
    "hard-light",
    "difference",
    "exclusion",
    "hue",
    "saturation",
    "color",
    "luminosity",
]);

/// The types of shapes.
const TYPES: Schema =
    Schema::Word(&["frame", "group", "bool", "rect", "circle", "path", "text", "image", "svg-raw"]);

/// What every shape must have.
const REQUIRED: &[&str] =
    &["id", "name", "type", "selrect", "points", "transform", "transform-inverse", "parent-id", "frame-id"];
/// What every shape must have that is no path.
const GEOMETRY: &[&str] = &["x", "y", "width", "height"];

/// The attributes that mean the same for every type, by name.
static ATTRIBUTES: &[Field] = &[
    may("applied-tokens", Schema::Map(&Schema::Keyword, &STR)),
    may("background-blur", BACKGROUND_BLUR),
    may("blend-mode", BLEND),
    may("blocked", BOOL),
    may("blur", BLUR),
    may("collapsed", BOOL),
    may("component-file", ID),
    may("component-id", ID),
    may("component-root", BOOL),
    may("constraints-h", Schema::Word(&["left", "right", "leftright", "center", "scale"])),
    may("constraints-v", Schema::Word(&["top", "bottom", "topbottom", "center", "scale"])),
    may("exports", Schema::List(&EXPORT)),
    may("fills", Schema::List(&FILL)),
    may("fixed-scroll", BOOL),
    may("frame-id", ID),
    may("grids", Schema::List(&GRID)),
    may("grow-type", Schema::Word(&["auto-width", "auto-height", "fixed"])),
    may("height", NUMBER),
    may("hidden", BOOL),
    may("hide-fill-on-export", BOOL),
    may("hide-in-viewer", BOOL),
    may("id", ID),
    may("interactions", Schema::List(&INTERACTION)),
    may("is-variant-container", BOOL),
    may("layout", Schema::Word(&["flex", "grid"])),
    may("layout-align-content", SPREAD),
    may("layout-align-items", ALIGN),
    may("layout-flex-dir", Schema::Word(&["row", "row-reverse", "column", "column-reverse"])),
    may("layout-gap", GAP),
    may("layout-gap-type", SIMPLE),
    may("layout-grid-cells", Schema::Map(&ID, &CELL)),
    may("layout-grid-columns", Schema::List(&TRACK)),
    may("layout-grid-dir", Schema::Word(&["row", "column"])),
    may("layout-grid-rows", Schema::List(&TRACK)),
    may("layout-item-absolute", BOOL),
    may("layout-item-align-self", ALIGN),
    may("layout-item-h-sizing", SIZING),
    may("layout-item-margin", MARGIN),
    may("layout-item-margin-type", SIMPLE),
    may("layout-item-max-h", NUMBER),
    may("layout-item-max-w", NUMBER),
    may("layout-item-min-h", NUMBER),
    may("layout-item-min-w", NUMBER),
    may("layout-item-v-sizing", SIZING),
    may("layout-item-z-index", NUMBER),
    may("layout-justify-content", SPREAD),
    may("layout-justify-items", ALIGN),
    may("layout-padding", PADDING),
    may("layout-padding-type", SIMPLE),
    may("layout-wrap-type", Schema::Word(&["wrap", "nowrap"])),
    may("locked", BOOL),
    may("main-instance", BOOL),
    may("masked-group", BOOL),
    may("name", STR),
    may("opacity", NUMBER),
    may("page-id", ID),
    may("parent-id", ID),
    may("plugin-data", PLUGIN_DATA),
    may("points", Schema::List(&POINT)),
    may("proportion", NUMBER),
    may("proportion-lock", BOOL),
    may("r1", NUMBER),
    may("r2", NUMBER),
    may("r3", NUMBER),
    may("r4", NUMBER),
    may("remote-synced", BOOL),
    may("rotation", NUMBER),
    may("selrect", RECT),
    may("shadow", Schema::List(&SHADOW)),
    may("shape-ref", ID),
    may("shapes", Schema::List(&ID)),
    may("show-content", BOOL),
    may("strokes", Schema::List(&STROKE)),
    may("touched", Schema::Set(&Schema::Keyword)),
    may("transform", MATRIX),
    may("transform-inverse", MATRIX),
    may("type", TYPES),
    may("variant-error", STR),
    may("variant-id", ID),
    may("variant-name", STR),
    may("width", NUMBER),
    may("x", NUMBER),
    may("y", NUMBER),
];

static PATH: &[Field] = &[must("content", Schema::Path)];
static BOOLEAN: &[Field] = &[
    must("content", Schema::Path),
    must("bool-type", Schema::Word(&["union", "difference", "exclude", "intersection"])),
    must("shapes", Schema::List(&ID)),
];
static TEXT: &[Field] = &[may("content", CONTENT), may("position-data", POSITION_DATA)];
static HOLDER: &[Field] = &[must("shapes", Schema::List(&ID))];
static IMAGE: &[Field] = &[must(
    "metadata",
    Schema::Object(&Object::open(&[
        must("width", Schema::Int),
        must("height", Schema::Int),
        may("mtype", STR),
        must("id", ID),
    ])),
)];

/// The attributes of one type of shape.
fn of_type(shape_type: &str) -> &'static [Field] {
    match shape_type {
        "path" => PATH,
        "bool" => BOOLEAN,
        "text" => TEXT,
        "frame" | "group" => HOLDER,
        "image" => IMAGE,
        _ => &[],
    }
}

/// What an attribute of a type of shape must be; none where anything goes.
fn attribute(shape_type: &str, name: &str) -> Option<&'static Schema> {
    let own = of_type(shape_type).iter().find(|field| field.name == name);
    let field = own.or_else(|| {
        let at = ATTRIBUTES.binary_search_by(|field| field.name.cmp(name)).ok()?;
        ATTRIBUTES.get(at)
    });
    field.map(|field| &field.schema)
}

/// An attribute in the form that it is stored in.
pub(crate) fn coerce_attribute(shape_type: &str, name: &str, value: Value) -> Value {
    match attribute(shape_type, name) {
        Some(schema) => coerce_value(schema, value),
        None => value,
    }
}

/// A shape in the form that it is stored in, of what JSON can say of it: keywords and ids that came as text, sets as
/// arrays, records as objects, paths as text.
pub fn coerce(shape: Value) -> Value {
    let shape_type = match shape.get("type") {
        Some(Value::Keyword(word) | Value::Str(word)) => word.clone(),
        _ => String::new(),
    };
    let entries = match shape {
        Value::Map(entries) => entries,
        Value::Tagged(tag, inner) if tag == "shape" => match *inner {
            Value::Map(entries) => entries,
            inner => return Value::Tagged(tag, Box::new(inner)),
        },
        value => return value,
    };
    let one = |(name, value): (Value, Value)| match name {
        Value::Keyword(name) => {
            let value = coerce_attribute(&shape_type, &name, value);
            (Value::Keyword(name), value)
        }
        name => (name, value),
    };
    Value::tagged("shape", Value::Map(entries.into_iter().map(one).collect()))
}

/// Refuses a shape that is not valid.
///
/// # Errors
/// [`Fault`] of the first attribute that is wrong or missing.
pub(crate) fn check(shape: &OpenPart) -> Result<(), Fault> {
    let shape_type = shape.columns.shape_type.as_deref().unwrap_or_default();
    for (name, value) in shape.value().entries() {
        let Some(name) = name.as_keyword() else { continue };
        if let Some(schema) = attribute(shape_type, name)
            && !value.is_nil()
        {
            check_value(schema, value).map_err(|fault| fault.under(name))?;
        }
    }
    if let Some(shape_type) = &shape.columns.shape_type {
        check_value(&TYPES, &Value::keyword(shape_type)).map_err(|fault| fault.under("type"))?;
    }
    let own = of_type(shape_type).iter().filter(|field| field.required).map(|field| field.name);
    let geometry = if matches!(shape_type, "path" | "bool") { &[][..] } else { GEOMETRY };
    for name in REQUIRED.iter().chain(geometry).copied().chain(own) {
        if shape.get(name).is_none() {
            return Err(Fault::data("should be there").under(name));
        }
    }
    check_root(shape)
}

/// The root frame of a page stays what it is.
fn check_root(shape: &OpenPart) -> Result<(), Fault> {
    if !shape.key().is_root() {
        return Ok(());
    }
    let around = [("parent-id", shape.columns.parent), ("frame-id", shape.columns.frame)];
    for (name, id) in around {
        if id.is_none_or(|id| !id.is_nil()) {
            return Err(Fault::data("should stay the root itself").under(name));
        }
    }
    if !shape.columns.is_frame() {
        return Err(Fault::data("should stay frame: it is the root").under("type"));
    }
    Ok(())
}
