//! Random changes of every kind, valid and not, over few ids, so that they meet.

use crate::odd::Odd;
use crate::random::Random;
use crate::things::*;
use crate::token_things;
use transit::value::Value;

const SHAPES: &[&str] = &[
    "add-obj",
    "add-obj",
    "add-obj",
    "mod-obj",
    "mod-obj",
    "mod-obj",
    "mod-obj",
    "mov-objects",
    "mov-objects",
    "del-obj",
    "reorder-children",
    "reg-objects",
    "fix-obj",
];

const OTHERS: &[&str] = &[
    "add-page",
    "mod-page",
    "del-page",
    "mov-page",
    "set-guide",
    "set-flow",
    "set-default-grid",
    "set-comment-thread-position",
    "add-color",
    "mod-color",
    "del-color",
    "add-typography",
    "mod-typography",
    "del-typography",
    "add-media",
    "mod-media",
    "del-media",
    "add-component",
    "add-component",
    "mod-component",
    "mod-component",
    "del-component",
    "del-component",
    "restore-component",
    "purge-component",
    "set-plugin-data",
    "set-base-font-size",
];

const TOKENS: &[&str] = &[
    "set-tokens-lib",
    "set-token",
    "set-token",
    "set-token",
    "set-token-set",
    "set-token-set",
    "set-token-set",
    "set-token-theme",
    "set-token-theme",
    "set-active-token-themes",
    "set-tokens-status",
    "set-tokens-source",
    "rename-token-set-group",
    "rename-token-set-group",
    "move-token-set",
    "move-token-set",
    "move-token-set-group",
    "move-token-set-group",
];

/// One change. The first ones of a document make shapes.
pub fn change(r: &mut Random, odd: Odd, is_first: bool) -> Value {
    let of = match r.below(100) {
        _ if is_first => SHAPES,
        0..45 => SHAPES,
        45..65 => TOKENS,
        _ => OTHERS,
    };
    let name = if is_first { "add-obj" } else { r.pick(of) };
    let mut c = Value::map([("type", Value::keyword(name))]);
    let fields = match name {
        "add-obj" | "mod-obj" | "del-obj" | "fix-obj" | "mov-objects" | "reorder-children"
        | "reg-objects" => of_shapes(r, name, odd),
        "add-page" | "mod-page" | "del-page" | "mov-page" => of_pages(r, name, odd),
        "set-guide" | "set-flow" | "set-default-grid" | "set-comment-thread-position" => entries(r, name),
        "set-plugin-data" => plugin_data(r),
        "set-base-font-size" => vec![("base-font-size", Value::text(r.pick(&["", "18px"])))],
        name if name.contains("token") => token_things::fields(r, name, odd),
        name if name.ends_with("component") => of_components(r, name, odd),
        name => of_library(r, name),
    };
    for (name, value) in fields {
        c.put(name, value);
    }
    c
}

type Fields = Vec<(&'static str, Value)>;

fn place(r: &mut Random) -> Fields {
    match r.below(20) {
        0..17 => vec![("page-id", page_id(r))],
        17 | 18 => vec![("component-id", component_id(r))],
        _ => vec![("page-id", page_id(r)), ("component-id", component_id(r))],
    }
}

fn of_shapes(r: &mut Random, name: &str, odd: Odd) -> Fields {
    let mut c = place(r);
    match name {
        "add-obj" => {
            let id = shape_id(r);
            c.extend([("frame-id", shape_id(r)), ("obj", shape(r, odd)), ("id", id)]);
            if r.chance(70) {
                c.push(("parent-id", shape_id(r)));
            }
        }
        "mod-obj" => {
            let operations = r.some(|r| operation(r, odd));
            c.extend([("id", shape_id(r)), ("operations", Value::Vec(operations))]);
        }
        "fix-obj" => {
            c.push(("id", shape_id(r)));
            if r.chance(30) {
                c.push(("fix", Value::keyword(r.pick(&["broken-children", "broken-children", "else"]))));
            }
        }
        "del-obj" => c.push(("id", r.id(1, 10))),
        "reg-objects" => c.push(("shapes", ids(r))),
        _ => {
            c.extend([("parent-id", shape_id(r)), ("shapes", ids(r))]);
            c.push(("allow-altering-copies", Value::Bool(r.chance(50))));
            if r.chance(30) {
                c.push(("after-shape", shape_id(r)));
            }
        }
    }
    if matches!(name, "add-obj" | "mov-objects") && r.chance(40) {
        c.push(("index", Value::Int(r.int(6) - 1)));
    }
    if r.chance(30) {
        c.push(("ignore-touched", Value::Bool(true)));
    }
    c
}

fn operation(r: &mut Random, odd: Odd) -> Value {
    let mut o: Fields = match r.below(8) {
        0 => {
            vec![("type", Value::keyword("set-remote-synced")), ("remote-synced", Value::Bool(r.chance(60)))]
        }
        1 => {
            let touched = r.some(|r| Value::keyword(r.pick(&["name-group", "fill-group", "geometry-group"])));
            vec![("type", Value::keyword("set-touched")), ("touched", Value::Set(touched))]
        }
        2 => {
            let mut value = Value::Map(vec![]);
            for (name, new) in r.some(|r| attribute(r, odd)) {
                value.put(name, new);
            }
            vec![("type", Value::keyword("assign")), ("value", value)]
        }
        _ => {
            let (name, value) = attribute(r, odd);
            vec![("type", Value::keyword("set")), ("attr", Value::keyword(name)), ("val", value)]
        }
    };
    o.push(("ignore-touched", Value::Bool(r.chance(25))));
    o.push(("ignore-geometry", Value::Bool(r.chance(25))));
    Value::map(o)
}

fn of_pages(r: &mut Random, name: &str, odd: Odd) -> Fields {
    let mut c: Fields = vec![];
    match name {
        "add-page" if r.chance(50) => {
            c.extend([("id", other_page_id(r)), ("name", Value::text("new"))]);
            if r.chance(10) {
                c.pop();
            }
            if r.chance(10) {
                c.push(("page", page(r, odd)));
            }
        }
        "add-page" => c.push(("page", page(r, odd))),
        "mod-page" => {
            c.push(("id", page_id(r)));
            if r.chance(70) {
                c.push(("name", Value::text(r.pick(&["a", "b"]))));
            }
            for (name, value) in
                [("background", Value::text("#abc")), ("pixel-grid-opacity", Value::Float(0.5))]
            {
                if r.chance(50) {
                    c.push((name, if r.chance(40) { Value::Nil } else { value }));
                }
            }
        }
        "mov-page" => c.extend([("id", page_id(r)), ("index", Value::Int(r.int(4) - 1))]),
        _ => c.push(("id", other_page_id(r))),
    }
    c
}

fn entries(r: &mut Random, name: &str) -> Fields {
    let mut c = vec![("page-id", page_id(r)), ("id", r.id(500, 3))];
    let goes = r.chance(40);
    let params = match name {
        "set-guide" => Value::map([
            ("axis", Value::keyword(r.pick(&["x", "y"]))),
            ("position", r.number()),
            ("frame-id", if r.chance(50) { Value::Nil } else { shape_id(r) }),
        ]),
        "set-flow" => Value::map([("name", Value::text("flow")), ("starting-frame", shape_id(r))]),
        "set-default-grid" => {
            let color = Value::map([("color", Value::text("#123456")), ("opacity", Value::Float(0.5))]);
            c.push(("grid-type", Value::keyword(r.pick(&["square", "row", "column"]))));
            Value::map([("color", color), ("size", r.number())])
        }
        _ => {
            c.push(("comment-thread-id", r.id(600, 2)));
            if r.chance(80) {
                c.push(("frame-id", shape_id(r)));
            }
            c.push(("position", if goes { Value::Nil } else { point(r) }));
            return c;
        }
    };
    c.push(("params", if goes { Value::Nil } else { params }));
    c
}

fn plugin_data(r: &mut Random) -> Fields {
    let kind = r.pick(&["file", "page", "shape", "color", "typography", "component"]);
    let object = match kind {
        "page" => page_id(r),
        "shape" => shape_id(r),
        "component" => component_id(r),
        _ => r.id(200, 2),
    };
    let mut c = vec![("object-type", Value::keyword(kind)), ("object-id", object)];
    if kind == "shape" && r.chance(95) {
        c.push(("page-id", page_id(r)));
    }
    c.push(("namespace", Value::keyword(r.pick(&["plugin", "other"]))));
    c.push(("key", Value::text(r.pick(&["a", "fooBar"]))));
    c.push(("value", if r.chance(40) { Value::Nil } else { Value::text(r.pick(&["1", ""])) }));
    c
}

fn of_library(r: &mut Random, name: &str) -> Fields {
    if name.starts_with("del-") {
        return vec![("id", r.id(200, 2))];
    }
    let id = ("id", r.id(200, 2));
    let (field, mut value) = match name.split_once('-').map(|(_, kind)| kind) {
        Some("color") => {
            let image = Value::map([
                ("id", picture_id(r)),
                ("width", Value::Int(1)),
                ("height", Value::Int(1)),
                ("mtype", Value::text("image/png")),
            ]);
            let drawn = if r.chance(50) { ("color", Value::text("#123456")) } else { ("image", image) };
            ("color", Value::map([id, ("name", Value::text(r.pick(&["red", "blue", "blue", " "]))), drawn]))
        }
        Some("typography") => {
            let names = "name font-id font-family font-variant-id font-size font-weight font-style line-height \
                letter-spacing text-transform";
            let all = names.split_whitespace().map(|name| (name, Value::text("t")));
            ("typography", Value::map([id].into_iter().chain(all)))
        }
        _ => {
            let all = [
                ("name", Value::text("m")),
                ("width", Value::Int(2)),
                ("height", Value::Int(3)),
                ("mtype", Value::text("image/png")),
                ("media-id", picture_id(r)),
            ];
            ("object", Value::map([id].into_iter().chain(all)))
        }
    };
    let (name, more) =
        if field == "object" { ("thumbnail-id", picture_id(r)) } else { ("path", Value::text("p")) };
    if r.chance(40) {
        value.put(name, if r.chance(25) { Value::Nil } else { more });
    }
    if r.chance(8) {
        value.take(if field == "color" { "name" } else { "mtype" });
        value.take("font-size");
    }
    vec![(field, value)]
}

fn of_components(r: &mut Random, name: &str, odd: Odd) -> Fields {
    let mut c = vec![("id", component_id(r))];
    let properties = Value::Vec(vec![Value::map([("name", Value::text("n")), ("value", Value::text("v"))])]);
    match name {
        "add-component" | "mod-component" => {
            let always = name == "add-component";
            let all = [
                ("name", Value::text(r.pick(&["a", "b"]))),
                ("path", Value::text(r.pick(&["", "p"]))),
                ("main-instance-id", shape_id(r)),
                ("main-instance-page", page_id(r)),
            ];
            for field in all {
                if always || r.chance(40) {
                    c.push(field);
                }
            }
            let all = [
                ("annotation", Value::text("note")),
                ("variant-id", shape_id(r)),
                ("variant-properties", properties),
            ];
            for (name, value) in all {
                if r.chance(30) {
                    c.push((name, if r.chance(6) { Value::Nil } else { value }));
                }
            }
            if !always && r.chance(20) {
                c.push(("modified-at", Value::Instant(5)));
            }
            if !always && r.chance(30) {
                c.push(("objects", kept_objects(r, odd)));
            }
        }
        "del-component" => {
            if r.chance(20) {
                c.push(("skip-undelete?", Value::Bool(true)));
            }
            if r.chance(60) {
                c.push(("delta", point(r)));
            }
        }
        "restore-component" => c.push(("page-id", page_id(r))),
        _ => {}
    }
    c
}
