//! Paths as the text of an SVG path: what JSON shows of them, and what it may say.

use super::path::Segment;
use std::f64::consts::{FRAC_PI_2, PI};
use std::fmt::Write as _;

type Point = [f64; 2];

/// The text of a path: absolute commands, `M`, `L`, `C` and `Z`.
pub fn write(segments: &[Segment]) -> String {
    let mut out = String::new();
    for segment in segments {
        let (command, points): (char, &[Point]) = match segment {
            Segment::Move { to } => ('M', &[*to]),
            Segment::Line { to } => ('L', &[*to]),
            Segment::Curve { first, second, to } => ('C', &[*first, *second, *to]),
            Segment::Close => ('Z', &[]),
        };
        out.push(command);
        for (i, [x, y]) in points.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            #[expect(clippy::cast_possible_truncation, reason = "packed paths have 32-bit floats")]
            let (x, y) = (*x as f32, *y as f32);
            // Writing into a String cannot fail.
            let _ = write!(out, "{comma}{x},{y}");
        }
    }
    out
}

/// The segments of a text; none when it is no path. Everything becomes lines and cubic curves.
pub fn parse(text: &str) -> Option<Vec<Segment>> {
    let mut pen =
        Pen { rest: text.as_bytes(), at: [0.0; 2], start: [0.0; 2], handle: Handle::None, out: vec![] };
    let mut command = None;
    while let Some(next) = pen.peek() {
        if next.is_ascii_alphabetic() {
            pen.rest = pen.rest.get(1..)?;
            command = Some(next);
        }
        pen.draw(command?)?;
        // More numbers after a move are lines, and nothing may follow a line back but a command.
        command = match command? {
            b'M' => Some(b'L'),
            b'm' => Some(b'l'),
            b'Z' | b'z' => None,
            other => Some(other),
        };
    }
    let begins = matches!(pen.out.first(), None | Some(Segment::Move { .. }));
    begins.then_some(pen.out)
}

/// The handle that a smooth curve goes on with.
#[derive(Clone, Copy)]
enum Handle {
    None,
    Cubic(Point),
    Quadratic(Point),
}

struct Pen<'t> {
    rest: &'t [u8],
    at: Point,
    start: Point,
    handle: Handle,
    out: Vec<Segment>,
}

impl Pen<'_> {
    /// The next byte after separators.
    fn peek(&mut self) -> Option<u8> {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b',');
        let blank = self.rest.iter().take_while(|byte| is_blank(byte)).count();
        self.rest = self.rest.get(blank..)?;
        self.rest.first().copied()
    }

    fn number(&mut self) -> Option<f64> {
        self.peek()?;
        let digits =
            |from: usize| self.rest.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
        let is = |at: usize, bytes: &[u8]| self.rest.get(at).is_some_and(|byte| bytes.contains(byte));
        let mut end = usize::from(is(0, b"+-"));
        end += digits(end);
        if is(end, b".") {
            end += 1 + digits(end + 1);
        }
        if is(end, b"eE") {
            let sign = usize::from(is(end + 1, b"+-"));
            let exponent = digits(end + 1 + sign);
            end += if exponent > 0 { 1 + sign + exponent } else { 0 };
        }
        let (number, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        std::str::from_utf8(number).ok()?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// One digit: the flags of an arc need no separator.
    fn flag(&mut self) -> Option<bool> {
        let flag = match self.peek()? {
            b'0' => false,
            b'1' => true,
            _ => return None,
        };
        self.rest = self.rest.get(1..)?;
        Some(flag)
    }

    fn point(&mut self, relative: bool) -> Option<Point> {
        let [x, y] = [self.number()?, self.number()?];
        Some(if relative { [self.at[0] + x, self.at[1] + y] } else { [x, y] })
    }

    fn draw(&mut self, command: u8) -> Option<()> {
        let relative = command.is_ascii_lowercase();
        match command.to_ascii_uppercase() {
            b'M' => {
                let to = self.point(relative)?;
                self.start = to;
                self.push(Segment::Move { to }, to, Handle::None);
            }
            b'L' => {
                let to = self.point(relative)?;
                self.line(to);
            }
            b'H' => {
                let x = self.number()?;
                self.line([if relative { self.at[0] + x } else { x }, self.at[1]]);
            }
            b'V' => {
                let y = self.number()?;
                self.line([self.at[0], if relative { self.at[1] + y } else { y }]);
            }
            b'C' => {
                let (first, second) = (self.point(relative)?, self.point(relative)?);
                let to = self.point(relative)?;
                self.curve(first, second, to);
            }
            b'S' => {
                let first = match self.handle {
                    Handle::Cubic(handle) => mirrored(handle, self.at),
                    _ => self.at,
                };
                let (second, to) = (self.point(relative)?, self.point(relative)?);
                self.curve(first, second, to);
            }
            b'Q' => {
                let (handle, to) = (self.point(relative)?, self.point(relative)?);
                self.quadratic(handle, to);
            }
            b'T' => {
                let handle = match self.handle {
                    Handle::Quadratic(handle) => mirrored(handle, self.at),
                    _ => self.at,
                };
                let to = self.point(relative)?;
                self.quadratic(handle, to);
            }
            b'A' => self.arc(relative)?,
            b'Z' => self.push(Segment::Close, self.start, Handle::None),
            _ => return None,
        }
        Some(())
    }

    fn push(&mut self, segment: Segment, at: Point, handle: Handle) {
        self.out.push(segment);
        self.at = at;
        self.handle = handle;
    }

    fn line(&mut self, to: Point) {
        self.push(Segment::Line { to }, to, Handle::None);
    }

    fn curve(&mut self, first: Point, second: Point, to: Point) {
        self.push(Segment::Curve { first, second, to }, to, Handle::Cubic(second));
    }

    fn quadratic(&mut self, handle: Point, to: Point) {
        let third = |end: Point| {
            let part = |i: usize| end[i] + 2.0 / 3.0 * (handle[i] - end[i]);
            [part(0), part(1)]
        };
        let segment = Segment::Curve { first: third(self.at), second: third(to), to };
        self.push(segment, to, Handle::Quadratic(handle));
    }

    /// An elliptical arc, as curves of at most a quarter each (SVG 1.1, appendix F.6).
    fn arc(&mut self, relative: bool) -> Option<()> {
        let radii = [self.number()?.abs(), self.number()?.abs()];
        let turn = self.number()?.to_radians();
        let (large, sweep) = (self.flag()?, self.flag()?);
        let to = self.point(relative)?;
        if self.at == to {
            return Some(());
        }
        if radii[0] <= 0.0 || radii[1] <= 0.0 {
            self.line(to);
            return Some(());
        }
        let arc = Arc::new(self.at, to, radii, turn, large, sweep);
        let parts = (arc.sweep.abs() / FRAC_PI_2).ceil().clamp(1.0, 4.0);
        let step = arc.sweep / parts;
        let reach = 4.0 / 3.0 * (step / 4.0).tan();
        let mut angle = arc.start;
        let mut part = 1.0;
        while part <= parts {
            let next = angle + step;
            let end = if part < parts { arc.point(next) } else { to };
            let (from, into) = (arc.slope(angle), arc.slope(next));
            let first = [self.at[0] + reach * from[0], self.at[1] + reach * from[1]];
            let second = [end[0] - reach * into[0], end[1] - reach * into[1]];
            self.curve(first, second, end);
            angle = next;
            part += 1.0;
        }
        self.handle = Handle::None;
        Some(())
    }
}

fn mirrored(handle: Point, around: Point) -> Point {
    [2.0 * around[0] - handle[0], 2.0 * around[1] - handle[1]]
}

/// An arc around its centre.
struct Arc {
    center: Point,
    radii: [f64; 2],
    turn: f64,
    start: f64,
    sweep: f64,
}

impl Arc {
    fn new(from: Point, to: Point, [rx, ry]: [f64; 2], turn: f64, large: bool, sweep: bool) -> Arc {
        let (sin, cos) = turn.sin_cos();
        let (dx, dy) = ((from[0] - to[0]) / 2.0, (from[1] - to[1]) / 2.0);
        let (x, y) = (cos * dx + sin * dy, cos * dy - sin * dx);
        // Radii that are too small to reach grow.
        let short = (x / rx).powi(2) + (y / ry).powi(2);
        let grow = short.max(1.0).sqrt();
        let (rx, ry) = (rx * grow, ry * grow);
        let under = (rx * y).powi(2) + (ry * x).powi(2);
        let over = ((rx * ry).powi(2) - under).max(0.0);
        let size = if under > 0.0 { (over / under).sqrt() } else { 0.0 };
        let size = if large == sweep { -size } else { size };
        let (cx, cy) = (size * rx * y / ry, -size * ry * x / rx);
        let middle = [f64::midpoint(from[0], to[0]), f64::midpoint(from[1], to[1])];
        let center = [cos * cx - sin * cy + middle[0], sin * cx + cos * cy + middle[1]];
        let start = ((y - cy) / ry).atan2((x - cx) / rx);
        let end = ((-y - cy) / ry).atan2((-x - cx) / rx);
        let mut angle = end - start;
        if sweep && angle < 0.0 {
            angle += 2.0 * PI;
        } else if !sweep && angle > 0.0 {
            angle -= 2.0 * PI;
        }
        Arc { center, radii: [rx, ry], turn, start, sweep: angle }
    }

    fn point(&self, angle: f64) -> Point {
        let (sin, cos) = self.turn.sin_cos();
        let (x, y) = (self.radii[0] * angle.cos(), self.radii[1] * angle.sin());
        [self.center[0] + cos * x - sin * y, self.center[1] + sin * x + cos * y]
    }

    fn slope(&self, angle: f64) -> Point {
        let (sin, cos) = self.turn.sin_cos();
        let (x, y) = (-self.radii[0] * angle.sin(), self.radii[1] * angle.cos());
        [cos * x - sin * y, sin * x + cos * y]
    }
}

#[cfg(test)]
mod tests {
    use super::super::path::{pack, unpack};
    use super::*;

    fn rewritten(text: &str) -> String {
        write(&parse(text).expect(text))
    }

    #[test]
    fn every_command_becomes_a_line_or_a_curve() {
        assert_eq!(rewritten("M1,2L3 4-1-.5e1Z"), "M1,2L3,4L-1,-5Z");
        assert_eq!(rewritten("m1 1 2 2h3v4H0V0z m1 1"), "M1,1L3,3L6,3L6,7L0,7L0,0ZM2,2");
        assert_eq!(rewritten("M0 0C1 1 2 2 3 3S5 5 6 6"), "M0,0C1,1,2,2,3,3C4,4,5,5,6,6");
        assert_eq!(rewritten("M0 0Q3 3 6 0T12 0"), "M0,0C2,2,4,2,6,0C8,-2,10,-2,12,0");
        assert_eq!(rewritten("M0 0s1 1 2 2t1 1"), "M0,0C0,0,1,1,2,2C2,2,2.3333333,2.3333333,3,3");
        assert_eq!((rewritten(""), rewritten(" \n")), (String::new(), String::new()));
    }

    #[test]
    fn arcs_end_where_they_should_and_bulge_the_right_way() {
        let Some(segments) = parse("M0 0A5 5 0 0110 0") else { panic!("compact flags") };
        assert_eq!(segments.len(), 3);
        let Some(Segment::Curve { to: top, .. }) = segments.get(1) else { panic!("two quarters") };
        assert!((top[0] - 5.0).abs() < 1e-9 && (top[1] + 5.0).abs() < 1e-9, "{top:?}");
        assert!(matches!(segments[2], Segment::Curve { to: [10.0, 0.0], .. }));
        assert_eq!(rewritten("M1 1A0 5 0 0 0 2 2A1 1 0 0 0 2 2"), "M1,1L2,2");
    }

    #[test]
    fn what_is_no_path_is_none() {
        for text in
            ["L1 1", "M", "M1", "M1 1X", "1 1", "M1 1Z1 1", "M1e999 0", "M0 0A1 1 0 2 0 1 1", "M--1 0", "é"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_text_of_a_packed_path_reads_back_as_the_same_bytes() {
        let bytes = pack(&parse("M0.1 0.2C1e-7 3.3333 1e9 -7 5 6Z").expect("a path"));
        let text = write(&unpack(&bytes).expect("packed"));
        assert_eq!(pack(&parse(&text).expect("its own text")), bytes);
    }
}
