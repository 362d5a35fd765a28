//! Moving a shape as a whole.

use super::bounds::SIZE_MIN;
use super::number::Number;
use super::path;
use crate::part::OpenPart;
use transit::value::Value;

/// Moves what of a shape says where it is: its rectangles, points, lines of text and segments.
pub(crate) fn translate(shape: &mut OpenPart, [dx, dy]: [Number; 2]) {
    let rect = shape.plain("selrect").map(|rect| moved_rect(rect, [dx, dy])).unwrap_or_else(least_rect);
    shape.set("selrect", rect);
    for (name, by) in [("x", dx), ("y", dy)] {
        if let Some(number) = shape.plain(name).and_then(Number::of).filter(|number| number.is_finite()) {
            shape.set(name, number.plus(by).to_value());
        }
    }
    for name in ["points", "position-data"] {
        if let Some(mut places) = shape.plain(name).cloned() {
            if let Value::Vec(places) | Value::List(places) = &mut places {
                places.iter_mut().for_each(|place| move_place(place, [dx, dy]));
            }
            shape.set(name, places);
        }
    }
    if let Some(Value::Tagged(tag, segments)) = shape.plain("content")
        && tag == path::TAG
        && let Value::Bytes(bytes) = &**segments
    {
        let mut bytes = bytes.clone();
        path::translate(&mut bytes, [dx.double(), dy.double()]);
        shape.set("content", Value::tagged(path::TAG, Value::Bytes(bytes)));
    }
}

fn move_place(place: &mut Value, [dx, dy]: [Number; 2]) {
    for (name, by) in [("x", dx), ("y", dy)] {
        if let Some(number) = place.get(name).and_then(Number::of) {
            place.put(name, number.plus(by).to_value());
        }
    }
}

/// A rectangle is made anew from its corner and its size.
fn moved_rect(rect: &Value, [dx, dy]: [Number; 2]) -> Value {
    let number = |name| rect.get(name).and_then(Number::of);
    match (number("x"), number("y"), number("width"), number("height")) {
        (Some(x), Some(y), Some(width), Some(height)) => made_rect(x.plus(dx), y.plus(dy), width, height),
        _ => least_rect(),
    }
}

fn least_rect() -> Value {
    let (zero, least) = (Number::Int(0), Number::Float(SIZE_MIN));
    made_rect(zero, zero, least, least)
}

fn made_rect(x: Number, y: Number, width: Number, height: Number) -> Value {
    let (width, height) = (width.at_least(SIZE_MIN), height.at_least(SIZE_MIN));
    let numbers = [
        ("x", x),
        ("y", y),
        ("width", width),
        ("height", height),
        ("x1", x),
        ("y1", y),
        ("x2", x.plus(width)),
        ("y2", y.plus(height)),
    ];
    Value::tagged("rect", Value::map(numbers.map(|(name, number)| (name, number.to_value()))))
}
