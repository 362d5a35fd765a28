//! Whether a value that is set is as good as the one that is there.

use crate::sync_group;
use transit::value::Value;

/// Numbers nearer than this are equal.
const NEAR: f64 = 0.001;
/// Numbers of the geometry nearer than this are equal: copies do not follow what nobody sees.
const NEAR_GEOMETRY: f64 = 1.0;
/// The numbers of a rectangle.
const RECT: [&str; 8] = ["x", "y", "x1", "y1", "x2", "y2", "width", "height"];

/// Whether an attribute of this group counts as geometry. Width and height do not: a changed size always counts.
pub(crate) fn is_geometry(group: Option<&str>, attribute: &str) -> bool {
    group == Some(sync_group::GEOMETRY) && !matches!(attribute, "width" | "height")
}

/// Whether two values of an attribute are equal within what is seen. Nil and absent are one.
pub(crate) fn is_equal(attribute: &str, old: &Value, new: &Value, is_geometry: bool) -> bool {
    let limit = if is_geometry { NEAR_GEOMETRY } else { NEAR };
    let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < limit,
        _ => false,
    };
    let fields = |names: &[&str], a: &Value, b: &Value| {
        let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_number);
        names.iter().all(|name| near(number(a, name), number(b, name)))
    };
    match (attribute, old.as_number(), new.as_number()) {
        (_, Some(old), Some(new)) => near(Some(old), Some(new)),
        ("selrect", ..) => fields(&RECT, old, new),
        // As far as both go.
        ("points" | "position-data", ..) => {
            let (old, new) = (old.items().unwrap_or_default(), new.items().unwrap_or_default());
            old.iter().zip(new).all(|(old, new)| fields(&["x", "y"], old, new))
        }
        _ => old.same(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f64) -> Value {
        Value::tagged("point", Value::map([("x", Value::Float(x)), ("y", Value::Int(0))]))
    }

    fn rect(x: f64) -> Value {
        Value::tagged("rect", Value::map(RECT.map(|name| (name, Value::Float(x)))))
    }

    #[test]
    fn numbers_are_equal_below_the_limit_whatever_their_kind() {
        let equal = |a: f64, b: f64, geometry| is_equal("x", &Value::Float(a), &Value::Float(b), geometry);
        assert!(equal(1.0, 1.000_9, false) && !equal(1.0, 1.001_1, false));
        assert!(equal(0.0, 0.999, true) && !equal(0.0, 1.0, true));
        assert!(is_equal("x", &Value::Int(1), &Value::Float(1.0), false));
        assert!(!is_equal(
            "fills",
            &Value::Vec(vec![Value::Int(1)]),
            &Value::Vec(vec![Value::Float(1.0)]),
            true
        ));
    }

    #[test]
    fn rectangles_compare_their_eight_numbers_and_a_missing_one_differs() {
        assert!(is_equal("selrect", &rect(1.0), &rect(1.5), true));
        assert!(!is_equal("selrect", &rect(1.0), &rect(1.5), false));
        let mut less = rect(1.0);
        less.take("x2");
        assert!(!is_equal("selrect", &less, &less.clone(), true));
        assert!(!is_equal("selrect", &Value::Nil, &rect(1.0), true));
    }

    #[test]
    fn points_compare_as_far_as_the_shorter_list_goes() {
        let points = |xs: &[f64]| Value::Vec(xs.iter().map(|x| point(*x)).collect());
        assert!(is_equal("points", &points(&[1.0, 2.0]), &points(&[1.5]), true));
        assert!(!is_equal("points", &points(&[1.0]), &points(&[2.0]), true));
        assert!(is_equal("points", &Value::Nil, &points(&[5.0]), true));
        assert!(is_equal("position-data", &points(&[1.0]), &points(&[]), false));
    }
}
