//! Points and the transforms of shapes.

use transit::value::Value;

/// A point in doubles.
pub(crate) type Point = [f64; 2];

/// An affine transform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Matrix {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
    e: f64,
    f: f64,
}

impl Matrix {
    /// Nothing moves.
    pub(crate) const IDENTITY: Matrix = Matrix { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };

    /// The transform of a value; none where it is none.
    pub(crate) fn of(value: &Value) -> Option<Matrix> {
        let field = |name| value.get(name).and_then(Value::as_number);
        Some(Matrix {
            a: field("a")?,
            b: field("b")?,
            c: field("c")?,
            d: field("d")?,
            e: field("e")?,
            f: field("f")?,
        })
    }

    /// Where a point goes when the transform happens around a centre.
    pub(crate) fn around(&self, center: Point, point: Point) -> Point {
        let [x, y] = [point[0] - center[0], point[1] - center[1]];
        [self.a * x + self.c * y + self.e + center[0], self.b * x + self.d * y + self.f + center[1]]
    }
}

/// The point of a value, if it is one.
pub(crate) fn point_of(value: &Value) -> Option<Point> {
    let field = |name| value.get(name).and_then(Value::as_number);
    Some([field("x")?, field("y")?])
}
