//! Random shapes, attributes and pages.

use crate::geometry::rect;
use crate::odd::Odd;
use crate::pages::root;
use crate::random::Random;
use document::geometry::path::{Segment, pack};
use transit::value::Value;
use uuid::Uuid;

/// The root, nine shapes, and now and then one that is never there.
pub fn shape_id(r: &mut Random) -> Value {
    if r.chance(95) { r.id(0, 10) } else { r.id(20, 2) }
}

pub fn ids(r: &mut Random) -> Value {
    let ids = r.some(|r| if r.chance(95) { r.id(1, 9) } else { shape_id(r) });
    Value::Vec(ids)
}

/// Most is done on the first page.
pub fn page_id(r: &mut Random) -> Value {
    if r.chance(75) { r.id(100, 1) } else { r.id(100, 4) }
}

/// The first page is seldom replaced or taken away.
pub fn other_page_id(r: &mut Random) -> Value {
    if r.chance(90) { r.id(101, 3) } else { page_id(r) }
}

pub fn component_id(r: &mut Random) -> Value {
    if r.chance(50) { r.id(300, 1) } else { r.id(300, 3) }
}

pub fn picture_id(r: &mut Random) -> Value {
    r.id(900, 4)
}

pub fn point(r: &mut Random) -> Value {
    Value::tagged("point", Value::map([("x", r.number()), ("y", r.number())]))
}

fn matrix(r: &mut Random) -> Value {
    let turns = [[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, -1.0, 0.0], [-1.0, 0.0, 0.0, 1.0]];
    let [a, b, c, d] = r.pick(&turns);
    let all = [("a", a), ("b", b), ("c", c), ("d", d), ("e", 0.0), ("f", 0.0)];
    Value::tagged("matrix", Value::map(all.map(|(name, n)| (name, Value::Float(n)))))
}

fn a_rect(r: &mut Random) -> Value {
    let [x, y, w, h] = [0; 4].map(|_: i32| r.number().as_number().unwrap());
    rect([x, y, w.abs(), h.abs()])
}

fn fill(r: &mut Random) -> Value {
    let image = Value::map([
        ("id", picture_id(r)),
        ("width", Value::Int(1)),
        ("height", Value::Int(1)),
        ("mtype", Value::text("image/png")),
    ]);
    match r.below(12) {
        0 => Value::map([("fill-color", Value::text("red"))]),
        1 => Value::map([("fill-color", Value::text("#123456")), ("fill-image", image)]),
        2..6 => Value::map([("fill-image", image), ("fill-opacity", Value::Float(0.5))]),
        _ => Value::map([("fill-color", Value::text(r.pick(&["#123456", "#ABCDEF"])))]),
    }
}

fn text_content(r: &mut Random) -> Value {
    let leaf = |r: &mut Random| {
        let mut leaf = Value::map([("text", Value::text(r.pick(&["a", "b", ""])))]);
        if r.chance(30) {
            leaf.put("font-size", Value::text(r.pick(&["20", "30"])));
        }
        if r.chance(20) {
            let image = Value::map([("fill-color", Value::text("#123456"))]);
            leaf.put("fills", Value::Vec(vec![image]));
        }
        leaf
    };
    let mut leaves = vec![leaf(r)];
    if r.chance(40) {
        leaves.push(leaf(r));
    }
    let node = |name: &str, children: Vec<Value>| {
        Value::map([("type", Value::text(name)), ("children", Value::Vec(children))])
    };
    node("root", vec![node("paragraph-set", vec![node("paragraph", leaves)])])
}

fn path_content(r: &mut Random) -> Value {
    let number = |r: &mut Random| r.number().as_number().unwrap();
    let [a, b, c, d] = [0; 4].map(|_: i32| number(r));
    let mut segments = vec![Segment::Move { to: [a, b] }, Segment::Line { to: [c, d] }];
    if r.chance(50) {
        segments.push(Segment::Curve { first: [a, c], second: [b, d], to: [d, a] });
        segments.push(Segment::Close);
    }
    Value::tagged("penpot/path-data", Value::Bytes(pack(&segments)))
}

/// Something that no schema knows.
fn oddity(r: &mut Random) -> Value {
    match r.below(8) {
        0 => Value::Nil,
        1 => Value::Int(r.int(5)),
        2 => Value::text(r.pick(&["~x", "^y", "plain", "q\"uo\\te\n"])),
        3 => Value::keyword("some-keyword"),
        4 => {
            let inside = vec![Value::Instant(5), Value::BigInt("123456789012345678901234567890".into())];
            Value::tagged("unknown-tag", Value::Vec(inside))
        }
        5 => Value::Set(vec![Value::Int(1), Value::Bytes(vec![0, 255]), Value::Uri("http://a/b".into())]),
        6 => Value::Map(vec![
            (Value::text("a/b"), Value::Int(1)),
            (Value::Vec(vec![Value::Int(2)]), Value::Bool(true)),
        ]),
        _ => Value::map([("fill-image", Value::map([("id", picture_id(r))]))]),
    }
}

/// An attribute that an operation sets.
pub fn attribute(r: &mut Random, odd: Odd) -> (&'static str, Value) {
    let names = "x y width height rotation opacity r1 name hidden fills content content position-data selrect points \
        transform shapes shape-ref component-id component-root main-instance touched remote-synced applied-tokens type \
        id parent-id frame-id masked-group layout variant-id odd-attribute";
    let names: Vec<&'static str> = names.split_whitespace().collect();
    let name = r.pick(&names);
    // On a shape that has no such attribute these are oddities.
    let is_odd = matches!(name, "odd-attribute" | "content" | "position-data");
    let name = if odd == Odd::Nothing && is_odd { "name" } else { name };
    if r.chance(12) && name != "id" && odd == Odd::Everything {
        return (name, if r.chance(60) { Value::Nil } else { oddity(r) });
    }
    (name, known(r, name))
}

fn known(r: &mut Random, name: &str) -> Value {
    match name {
        "x" | "y" | "width" | "height" | "rotation" | "opacity" | "r1" => r.number(),
        "name" => Value::text(r.pick(&["a", "b"])),
        "hidden" | "component-root" | "main-instance" | "remote-synced" | "masked-group" => {
            Value::Bool(r.chance(60))
        }
        "fills" => Value::Vec(r.some(fill)),
        "content" => match r.below(2) {
            0 => text_content(r),
            _ => path_content(r),
        },
        "position-data" => {
            let line = |r: &mut Random| {
                let mut line = Value::map(["x", "y", "width", "height"].map(|name| (name, r.number())));
                line.put("fills", Value::Vec(vec![]));
                line
            };
            Value::Vec(r.some(line))
        }
        "selrect" => a_rect(r),
        "points" => Value::Vec(r.some(point)),
        "transform" => matrix(r),
        "shapes" => ids(r),
        "shape-ref" | "parent-id" | "frame-id" | "id" | "variant-id" => shape_id(r),
        "component-id" => component_id(r),
        "touched" => Value::Set(vec![Value::keyword("name-group")]),
        "applied-tokens" => {
            let names = ["fill", "stroke-width", "r1", "row-gap", "font-size", "typography", "x"];
            let all = r.some(|r| (r.pick(&names), Value::text(r.pick(&["t1", "t2"]))));
            let mut tokens = Value::Map(vec![]);
            all.into_iter().for_each(|(name, token)| tokens.put(name, token));
            tokens
        }
        "type" => Value::keyword(r.pick(&["frame", "group", "rect"])),
        "layout" => Value::keyword(r.pick(&["flex", "grid"])),
        _ => oddity(r),
    }
}

/// A shape as it is sent.
pub fn shape(r: &mut Random, odd: Odd) -> Value {
    let shape_type = r.pick(&["frame", "frame", "group", "group", "rect", "text", "path", "bool", "image"]);
    let mut s = Value::map([("type", Value::keyword(shape_type)), ("name", Value::text("n"))]);
    for name in ["x", "y", "width", "height"] {
        if !matches!(shape_type, "path" | "bool") || r.chance(50) {
            s.put(name, r.number());
        }
    }
    s.put("selrect", a_rect(r));
    s.put("points", Value::Vec((0..4).map(|_| point(r)).collect()));
    let turned = matrix(r);
    s.put("transform", turned.clone());
    s.put("transform-inverse", turned);
    if matches!(shape_type, "frame" | "group" | "bool") {
        s.put("shapes", if r.chance(25) { ids(r) } else { Value::Vec(vec![]) });
    }
    match shape_type {
        "text" => s.put("content", text_content(r)),
        "path" => s.put("content", path_content(r)),
        "bool" => {
            s.put("content", path_content(r));
            s.put("bool-type", Value::keyword("union"));
        }
        "image" => s.put(
            "metadata",
            Value::map([("id", picture_id(r)), ("width", Value::Int(1)), ("height", Value::Int(1))]),
        ),
        _ => {}
    }
    if shape_type == "group" && r.chance(30) {
        s.put("masked-group", Value::Bool(r.chance(70)));
    }
    if r.chance(30) && odd == Odd::Everything {
        s.put("svg-viewbox", a_rect(r));
    }
    let more = [
        "component-id",
        "shape-ref",
        "component-root",
        "main-instance",
        "remote-synced",
        "fills",
        "variant-id",
    ];
    for name in more {
        if r.chance(25) {
            s.put(name, known(r, name));
        }
    }
    if odd == Odd::Everything {
        if r.chance(40) {
            s.put("odd-attribute", oddity(r));
        }
        if r.chance(5) {
            let (name, value) = (r.pick(&["name", "x", "type", "points", "fills", "selrect"]), oddity(r));
            s.put(name, value);
        }
        if r.chance(20) {
            s.put("flip-x", Value::Nil);
        }
    }
    Value::tagged("shape", s)
}

fn placed(r: &mut Random, odd: Odd, id: u128) -> (Value, Value) {
    let mut own = shape(r, odd);
    let key = Value::Uuid(Uuid::from_u128(id));
    own.put("parent-id", shape_id(r));
    own.put("frame-id", Value::Uuid(Uuid::nil()));
    if r.chance(50) {
        own.put("id", if r.chance(95) { key.clone() } else { shape_id(r) });
    }
    (key, own)
}

/// A page with a few shapes.
pub fn page(r: &mut Random, odd: Odd) -> Value {
    let mut top = root();
    top.put("shapes", ids(r));
    let mut objects = vec![placed(r, odd, 1), placed(r, odd, 2)];
    if r.chance(95) {
        objects.push((Value::Uuid(Uuid::nil()), top));
    }
    let mut page = Value::map([
        ("id", other_page_id(r)),
        ("name", Value::text("full")),
        ("objects", Value::Map(objects)),
    ]);
    if r.chance(50) {
        page.put("index", Value::Int(r.int(6) - 1));
    }
    if r.chance(30) && odd == Odd::Everything {
        page.put("odd-attribute", oddity(r));
    }
    page
}

/// Shapes that are kept of a component.
pub fn kept_objects(r: &mut Random, odd: Odd) -> Value {
    let objects = (1..4).filter(|_| r.chance(60)).collect::<Vec<u128>>();
    let mut kept = vec![];
    for id in objects {
        let (key, mut own) = placed(r, odd, id);
        own.take("id");
        // One may be around the other, none around itself.
        own.put("parent-id", Value::Uuid(Uuid::from_u128(if id > 1 { id - 1 } else { 50 })));
        if own.some("shapes").is_some() {
            own.put("shapes", Value::Vec(vec![Value::Uuid(Uuid::from_u128(id + 1))]));
        }
        kept.push((key, own));
    }
    Value::Map(kept)
}
