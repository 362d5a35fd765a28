//! Geometry that is not complete, completed from what there is of it.

use super::bounds::{Rect, SIZE_MIN};
use super::matrix::{Matrix, Point};
use transit::value::Value;

/// The attributes that are missing, with what they must be. A shape of which nothing is known is as small as one can
/// be, at the origin.
pub(crate) fn whole_geometry(there: &Value) -> Vec<(&'static str, Value)> {
    let rect = rect_of(there);
    let corners = rect.corners().map(|corner| matrix(there, "transform").around(rect.center(), corner));
    let point =
        |[x, y]: Point| Value::tagged("point", Value::map([("x", Value::Float(x)), ("y", Value::Float(y))]));
    let all = [
        ("x", Value::Float(rect.x)),
        ("y", Value::Float(rect.y)),
        ("width", Value::Float(rect.width)),
        ("height", Value::Float(rect.height)),
        ("selrect", rect.to_value()),
        ("points", Value::Vec(corners.map(point).to_vec())),
    ];
    all.into_iter().filter(|(name, _)| there.some(name).is_none()).collect()
}

/// The rectangle that a shape would be if it were not turned.
fn rect_of(there: &Value) -> Rect {
    let number = |map: &Value, name| map.get(name).and_then(Value::as_number).filter(|n| n.is_finite());
    if let Some(selrect) = there.some("selrect")
        && let (Some(x), Some(y)) = (number(selrect, "x"), number(selrect, "y"))
        && let (Some(width), Some(height)) = (number(selrect, "width"), number(selrect, "height"))
    {
        return Rect { x, y, width, height };
    }
    let points: Option<Vec<Point>> = there.some("points").and_then(Value::items).and_then(|points| {
        points.iter().map(|point| Some([number(point, "x")?, number(point, "y")?])).collect()
    });
    if let Some(around) = points.as_deref().and_then(Rect::around) {
        let inverse = matrix(there, "transform-inverse");
        let upright = points.iter().flatten().map(|point| inverse.around(around.center(), *point));
        return Rect::around(&upright.collect::<Vec<_>>()).unwrap_or(around);
    }
    let size = |name| number(there, name).unwrap_or(SIZE_MIN).max(SIZE_MIN);
    let place = |name| number(there, name).unwrap_or(0.0);
    Rect { x: place("x"), y: place("y"), width: size("width"), height: size("height") }
}

fn matrix(there: &Value, name: &str) -> Matrix {
    there.some(name).and_then(Matrix::of).unwrap_or(Matrix::IDENTITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(names: &[(&'static str, f64)]) -> Vec<(&'static str, Value)> {
        names.iter().map(|(name, number)| (*name, Value::Float(*number))).collect()
    }

    fn number(all: &[(&'static str, Value)], name: &str) -> Option<f64> {
        all.iter().find(|(own, _)| *own == name).and_then(|(_, value)| value.as_number())
    }

    #[test]
    fn what_is_missing_follows_from_what_is_there() {
        let rect = Rect { x: 1.0, y: 2.0, width: 30.0, height: 40.0 };
        let mut there = Value::map([("selrect", rect.to_value())]);
        let all = whole_geometry(&there);
        assert_eq!(
            ["x", "y", "width", "height"].map(|name| number(&all, name)),
            [1.0, 2.0, 30.0, 40.0].map(Some)
        );
        // Without the rectangle it follows from the corners, also when these are turned by a quarter.
        let turn = |b: f64| {
            Value::map(numbers(&[("a", 0.0), ("b", b), ("c", -b), ("d", 0.0), ("e", 0.0), ("f", 0.0)]))
        };
        there.put("transform", turn(1.0));
        let (_, points) = whole_geometry(&there).pop().expect("corners");
        let there = Value::map([("points", points), ("transform-inverse", turn(-1.0))]);
        let all = whole_geometry(&there);
        assert_eq!(
            ["x", "y", "width", "height"].map(|name| number(&all, name)),
            [1.0, 2.0, 30.0, 40.0].map(Some)
        );
        assert!(all.iter().all(|(name, _)| *name != "points"));
    }

    #[test]
    fn what_is_known_stays_and_nothing_is_made_of_nothing() {
        let all = whole_geometry(&Value::map(numbers(&[("x", 5.0), ("width", 7.0)])));
        assert_eq!(
            ["x", "y", "width", "height"].map(|name| number(&all, name)),
            [None, Some(0.0), None, Some(0.01)]
        );
        let (_, rect) = &all[2];
        assert_eq!((rect.get("x"), rect.get("x2")), (Some(&Value::Float(5.0)), Some(&Value::Float(12.0))));
    }
}
