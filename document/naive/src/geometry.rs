//! Groups around what they hold, on the tree.

use crate::tree::*;
use transit::value::Value;

fn float(x: f64) -> Value {
    Value::Float(x)
}

fn matrix(shape: &Value, name: &str) -> [f64; 6] {
    let of = |m: &Value| {
        ["a", "b", "c", "d", "e", "f"]
            .map(|field| m.get(field).and_then(Value::as_number).unwrap_or(f64::NAN))
    };
    shape.some(name).map(of).unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
}

fn turned(m: [f64; 6], center: [f64; 2], p: [f64; 2]) -> [f64; 2] {
    let [x, y] = [p[0] - center[0], p[1] - center[1]];
    [m[0] * x + m[2] * y + m[4] + center[0], m[1] * x + m[3] * y + m[5] + center[1]]
}

/// Corner and size.
fn around(points: &[[f64; 2]]) -> [f64; 4] {
    let low = |i: usize| points.iter().map(|p| p[i]).fold(f64::INFINITY, f64::min);
    let high = |i: usize| points.iter().map(|p| p[i]).fold(f64::NEG_INFINITY, f64::max);
    [low(0), low(1), (high(0) - low(0)).max(0.01), (high(1) - low(1)).max(0.01)]
}

fn center([x, y, w, h]: [f64; 4]) -> [f64; 2] {
    [x + w / 2.0, y + h / 2.0]
}

pub fn rect([x, y, w, h]: [f64; 4]) -> Value {
    let all =
        [("x", x), ("y", y), ("width", w), ("height", h), ("x1", x), ("y1", y), ("x2", x + w), ("y2", y + h)];
    Value::tagged("rect", Value::map(all.map(|(name, n)| (name, float(n)))))
}

/// A group or boolean after its children were changed.
pub fn measured(objects: &Value, group: &Value) -> Value {
    let mut out = group.clone();
    let ids = children(group);
    if word(group, "type") == "bool" || ids.is_empty() {
        return out;
    }
    if flag(group, "masked-group") {
        let mask = shape(objects, ids[0]).cloned().unwrap_or(Value::Map(vec![]));
        let get = |value: &Value, name| value.some(name).cloned().unwrap_or(Value::Nil);
        for name in ["selrect", "points", "flip-x", "flip-y"] {
            out.put(name, get(&mask, name));
        }
        for name in ["x", "y", "width", "height"] {
            out.put(name, get(&get(&mask, "selrect"), name));
        }
        drop_nils(&mut out);
        return out;
    }
    let number = |p: &Value, name| p.get(name).and_then(Value::as_number);
    let points: Vec<[f64; 2]> = ids
        .iter()
        .filter_map(|id| shape(objects, *id)?.some("points")?.items())
        .flatten()
        .filter_map(|p| Some([number(p, "x")?, number(p, "y")?]))
        .collect();
    if points.is_empty() {
        return out;
    }
    let (transform, inverse) = (matrix(group, "transform"), matrix(group, "transform-inverse"));
    let middle = center(around(&points));
    let upright: Vec<_> = points.iter().map(|p| turned(inverse, middle, *p)).collect();
    let [x, y, w, h] = around(&upright);
    let corners =
        [[x, y], [x + w, y], [x + w, y + h], [x, y + h]].map(|corner| turned(transform, middle, corner));
    let middle = center(around(&corners));
    let box_ = around(&corners.map(|corner| turned(inverse, middle, corner)));
    if let Some(view) = group.some("svg-viewbox") {
        let old = group.some("selrect").unwrap();
        let grown = ["x", "y", "width", "height"]
            .map(|name| number(view, name).unwrap() - number(old, name).unwrap());
        let part = |i: usize| grown[i] + box_[i];
        out.put("svg-viewbox", rect([part(0), part(1), part(2), part(3)]));
    }
    out.put("selrect", rect(box_));
    let point = |[x, y]: [f64; 2]| Value::tagged("point", Value::map([("x", float(x)), ("y", float(y))]));
    out.put("points", Value::Vec(corners.map(point).to_vec()));
    for (i, name) in ["x", "y", "width", "height"].into_iter().enumerate() {
        out.put(name, float(box_[i]));
    }
    out.put("flip-x", Value::Bool(false));
    out.put("flip-y", Value::Bool(false));
    out
}

/// Addition that keeps whole numbers whole.
fn plus(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Value::Int(a + b),
        _ => float(a.as_number().unwrap() + b.as_number().unwrap()),
    }
}

/// A shape as it is kept of a deleted component, moved.
pub fn moved(shape: &Value, by: &Value) -> Value {
    let mut out = shape.clone();
    let zero = Value::Int(0);
    let (dx, dy) = (by.get("x").unwrap_or(&zero), by.get("y").unwrap_or(&zero));
    let rect = shape.some("selrect").cloned().unwrap();
    let get = |name| rect.get(name).cloned().unwrap();
    let least = |n: Value| if n.as_number().unwrap() < 0.01 { float(0.01) } else { n };
    let (x, y, w, h) = (plus(&get("x"), dx), plus(&get("y"), dy), least(get("width")), least(get("height")));
    let far = [("x2", plus(&x, &w)), ("y2", plus(&y, &h)), ("x1", x.clone()), ("y1", y.clone())];
    let all = [("x", x), ("y", y), ("width", w), ("height", h)].into_iter().chain(far);
    out.put("selrect", Value::tagged("rect", Value::map(all)));
    for (name, by) in [("x", dx), ("y", dy)] {
        if let Some(n) = shape.some(name) {
            out.put(name, plus(n, by));
        }
    }
    for name in ["points", "position-data"] {
        let Some(places) = shape.some(name).and_then(Value::items) else { continue };
        let move_one = |place: &Value| {
            let mut place = place.clone();
            for (name, by) in [("x", dx), ("y", dy)] {
                if let Some(n) = place.get(name).cloned() {
                    place.put(name, plus(&n, by));
                }
            }
            place
        };
        out.put(name, Value::Vec(places.iter().map(move_one).collect()));
    }
    if let Some(Value::Tagged(tag, bytes)) = shape.some("content")
        && let Value::Bytes(bytes) = &**bytes
    {
        let mut bytes = bytes.clone();
        for segment in bytes.chunks_mut(28) {
            // A move or a line: only its point.
            let first = if segment[0] == 3 { 4 } else { 20 };
            for at in (first..28).step_by(4).filter(|_| segment[0] != 4).collect::<Vec<_>>() {
                let by = if at % 8 == 4 { dx } else { dy };
                let old = f32::from_le_bytes(segment[at..at + 4].try_into().unwrap());
                #[expect(clippy::cast_possible_truncation, reason = "paths have 32-bit floats")]
                let new = (f64::from(old) + by.as_number().unwrap()) as f32;
                segment[at..at + 4].copy_from_slice(&new.to_le_bytes());
            }
        }
        out.put("content", Value::tagged(tag, Value::Bytes(bytes)));
    }
    out
}
