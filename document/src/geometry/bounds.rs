//! The rectangle around what a group holds.

use super::matrix::{Matrix, Point};
use transit::value::Value;

/// Nothing is thinner than this.
pub(crate) const SIZE_MIN: f64 = 0.01;

/// A rectangle along the axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Rect {
    /// The smallest one around points; none without points.
    pub(crate) fn around(points: &[Point]) -> Option<Rect> {
        let first = points.first()?;
        let mut low = *first;
        let mut high = *first;
        for [x, y] in points {
            low = [low[0].min(*x), low[1].min(*y)];
            high = [high[0].max(*x), high[1].max(*y)];
        }
        let size = |i: usize| (high[i] - low[i]).max(SIZE_MIN);
        Some(Rect { x: low[0], y: low[1], width: size(0), height: size(1) })
    }

    /// Its middle.
    pub(crate) fn center(&self) -> Point {
        [self.x + self.width / 2.0, self.y + self.height / 2.0]
    }

    /// Its corners, clockwise from the first.
    pub(crate) fn corners(&self) -> [Point; 4] {
        let (right, bottom) = (self.x + self.width, self.y + self.height);
        [[self.x, self.y], [right, self.y], [right, bottom], [self.x, bottom]]
    }

    /// The record of a shape's `selrect`.
    pub(crate) fn to_value(self) -> Value {
        let numbers = [
            ("x", self.x),
            ("y", self.y),
            ("width", self.width),
            ("height", self.height),
            ("x1", self.x),
            ("y1", self.y),
            ("x2", self.x + self.width),
            ("y2", self.y + self.height),
        ];
        Value::tagged("rect", Value::map(numbers.map(|(name, number)| (name, Value::Float(number)))))
    }
}

/// Where a group is that holds these points: its corners, and the rectangle it would be if it were not transformed.
pub(crate) fn of_group(points: &[Point], transform: Matrix, inverse: Matrix) -> Option<([Point; 4], Rect)> {
    let center = Rect::around(points)?.center();
    let upright: Vec<Point> = points.iter().map(|point| inverse.around(center, *point)).collect();
    let corners = Rect::around(&upright)?.corners().map(|corner| transform.around(center, corner));
    let center = Rect::around(&corners)?.center();
    let upright = corners.map(|corner| inverse.around(center, corner));
    Some((corners, Rect::around(&upright)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix([a, b, c, d]: [f64; 4]) -> Matrix {
        let fields = [("a", a), ("b", b), ("c", c), ("d", d), ("e", 0.0), ("f", 0.0)];
        let value = Value::map(fields.map(|(name, number)| (name, Value::Float(number))));
        Matrix::of(&value).expect("a matrix")
    }

    #[test]
    fn a_group_that_is_not_turned_has_the_box_of_its_points() {
        let points = [[1.0, 2.0], [5.0, 2.0], [3.0, 8.0]];
        let (corners, rect) = of_group(&points, Matrix::IDENTITY, Matrix::IDENTITY).expect("points");
        assert_eq!(rect, Rect { x: 1.0, y: 2.0, width: 4.0, height: 6.0 });
        assert_eq!(corners, [[1.0, 2.0], [5.0, 2.0], [5.0, 8.0], [1.0, 8.0]]);
        assert_eq!(of_group(&[], Matrix::IDENTITY, Matrix::IDENTITY), None);
    }

    #[test]
    fn a_group_turned_by_a_quarter_has_the_box_turned_back() {
        let (turn, back) = (matrix([0.0, 1.0, -1.0, 0.0]), matrix([0.0, -1.0, 1.0, 0.0]));
        let points = [[0.0, 0.0], [10.0, 0.0], [10.0, 4.0], [0.0, 4.0]];
        let (corners, rect) = of_group(&points, turn, back).expect("points");
        assert_eq!(rect, Rect { x: 3.0, y: -3.0, width: 4.0, height: 10.0 });
        assert_eq!(corners[0], [10.0, 0.0]);
        let mut sorted = corners;
        sorted.sort_by(|a, b| a.partial_cmp(b).expect("finite"));
        assert_eq!(sorted, [[0.0, 0.0], [0.0, 4.0], [10.0, 0.0], [10.0, 4.0]]);
    }

    #[test]
    fn nothing_is_thinner_than_the_least_size() {
        let rect = Rect::around(&[[1.0, 1.0]]).expect("a point");
        assert_eq!((rect.width, rect.height), (SIZE_MIN, SIZE_MIN));
    }
}
