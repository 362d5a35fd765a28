//! The segments of paths, and how they are packed: 28 bytes each, coordinates as 32-bit floats.

use transit::value::Value;

/// The tag around packed segments.
pub const TAG: &str = "penpot/path-data";
/// Bytes of one segment.
const SEGMENT_BYTES: usize = 28;
/// Where the coordinates begin: the first handle, the second, the point.
const COORDINATES_AT: usize = 4;
/// Coordinates are kept within the range of 32-bit integers.
const MIN: f64 = -2_147_483_648.0;
const MAX: f64 = 2_147_483_647.0;

/// One segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Segment {
    /// Lifts the pen.
    Move {
        /// Where to.
        to: [f64; 2],
    },
    /// A straight line.
    Line {
        /// Where to.
        to: [f64; 2],
    },
    /// A cubic curve.
    Curve {
        /// The handle of the start.
        first: [f64; 2],
        /// The handle of the end.
        second: [f64; 2],
        /// Where to.
        to: [f64; 2],
    },
    /// A line back to where the pen was put down.
    Close,
}

impl Segment {
    fn command(self) -> i16 {
        match self {
            Segment::Move { .. } => 1,
            Segment::Line { .. } => 2,
            Segment::Curve { .. } => 3,
            Segment::Close => 4,
        }
    }

    /// Handles and point, as packed.
    fn coordinates(self) -> [f64; 6] {
        match self {
            Segment::Move { to: [x, y] } | Segment::Line { to: [x, y] } => [0.0, 0.0, 0.0, 0.0, x, y],
            Segment::Curve { first: [a, b], second: [c, d], to: [x, y] } => [a, b, c, d, x, y],
            Segment::Close => [0.0; 6],
        }
    }
}

/// The packed form. Coordinates are rounded to 32-bit floats and kept in their range.
pub fn pack(segments: &[Segment]) -> Vec<u8> {
    let mut out = Vec::with_capacity(segments.len().saturating_mul(SEGMENT_BYTES));
    for segment in segments {
        out.extend_from_slice(&segment.command().to_le_bytes());
        out.extend_from_slice(&[0; 2]);
        for coordinate in segment.coordinates() {
            out.extend_from_slice(&packed(coordinate));
        }
    }
    out
}

/// Moves packed segments by a distance. What is no packed path stays as it is.
pub(crate) fn translate(bytes: &mut [u8], [dx, dy]: [f64; 2]) {
    if !is_valid(bytes) {
        return;
    }
    for segment in bytes.chunks_exact_mut(SEGMENT_BYTES) {
        // Only curves have handles, and a line back has no point.
        let from = match segment.first() {
            Some(1 | 2) => COORDINATES_AT + 16,
            Some(3) => COORDINATES_AT,
            _ => continue,
        };
        let coordinates = segment.get_mut(from..).unwrap_or_default();
        for (coordinate, by) in coordinates.chunks_exact_mut(4).zip([dx, dy].into_iter().cycle()) {
            if let Some(four) = coordinate.first_chunk_mut::<4>() {
                *four = packed(f64::from(f32::from_le_bytes(*four)) + by);
            }
        }
    }
}

fn packed(coordinate: f64) -> [u8; 4] {
    #[expect(clippy::cast_possible_truncation, reason = "the packed form has 32-bit floats")]
    let coordinate = coordinate.clamp(MIN, MAX) as f32;
    coordinate.to_le_bytes()
}

/// The segments of the packed form; none when it is not that, or a coordinate is not finite.
pub fn unpack(bytes: &[u8]) -> Option<Vec<Segment>> {
    if !bytes.len().is_multiple_of(SEGMENT_BYTES) {
        return None;
    }
    bytes.chunks_exact(SEGMENT_BYTES).map(segment).collect()
}

/// Whether bytes are packed segments with finite coordinates.
pub fn is_valid(bytes: &[u8]) -> bool {
    bytes.len().is_multiple_of(SEGMENT_BYTES)
        && bytes.chunks_exact(SEGMENT_BYTES).all(|bytes| segment(bytes).is_some())
}

fn segment(bytes: &[u8]) -> Option<Segment> {
    let point = |index: usize| {
        let one = |index: usize| {
            let at = index.checked_mul(4)?.checked_add(COORDINATES_AT)?;
            let float = bytes.get(at..)?.first_chunk::<4>().map(|four| f32::from_le_bytes(*four))?;
            float.is_finite().then_some(f64::from(float))
        };
        Some([one(index)?, one(index + 1)?])
    };
    let command = bytes.first_chunk::<2>().map(|two| i16::from_le_bytes(*two))?;
    Some(match command {
        1 => Segment::Move { to: point(4)? },
        2 => Segment::Line { to: point(4)? },
        3 => Segment::Curve { first: point(0)?, second: point(2)?, to: point(4)? },
        4 => Segment::Close,
        _ => return None,
    })
}

/// A segment of its plain form, a map with `command` and `params`. Handles that are missing are the point.
pub(crate) fn segment_of(value: &Value) -> Option<Segment> {
    let command = match value.get("command")? {
        Value::Keyword(word) | Value::Str(word) => word.as_str(),
        _ => return None,
    };
    let number = |name: &str| {
        let number = value.get("params")?.get(name)?.as_number()?;
        number.is_finite().then_some(number)
    };
    let point = |x, y| Some([number(x)?, number(y)?]);
    Some(match command {
        "move-to" => Segment::Move { to: point("x", "y")? },
        "line-to" => Segment::Line { to: point("x", "y")? },
        "curve-to" => {
            let to = point("x", "y")?;
            let handle = |x, y| [number(x).unwrap_or(to[0]), number(y).unwrap_or(to[1])];
            Segment::Curve { first: handle("c1x", "c1y"), second: handle("c2x", "c2y"), to }
        }
        "close-path" => Segment::Close,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_packed_and_unpacked() {
        let segments = [
            Segment::Move { to: [1.0, -2.5] },
            Segment::Line { to: [0.0, 1e12] },
            Segment::Curve { first: [1.0, 2.0], second: [3.0, 4.0], to: [5.0, 6.0] },
            Segment::Close,
        ];
        let bytes = pack(&segments);
        assert_eq!((bytes.len(), &bytes[..4]), (112, &[1, 0, 0, 0][..]));
        assert_eq!(&bytes[20..28], &[0, 0, 128, 63, 0, 0, 32, 192]);
        let kept = Segment::Line { to: [0.0, 2_147_483_648.0] };
        assert_eq!(unpack(&bytes), Some(vec![segments[0], kept, segments[2], segments[3]]));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        let mut bytes = pack(&[Segment::Line { to: [1.0, 2.0] }]);
        assert!(is_valid(&bytes) && is_valid(&[]) && !is_valid(&bytes[1..]));
        bytes[20..24].copy_from_slice(&f32::NAN.to_le_bytes());
        assert!(!is_valid(&bytes) && unpack(&bytes).is_none());
        let mut unknown = pack(&[Segment::Close]);
        unknown[0] = 9;
        assert!(!is_valid(&unknown));
    }

    #[test]
    fn moving_moves_what_a_segment_uses() {
        let mut bytes = pack(&[
            Segment::Move { to: [1.0, 2.0] },
            Segment::Curve { first: [1.0, 2.0], second: [3.0, 4.0], to: [5.0, 6.0] },
            Segment::Close,
        ]);
        translate(&mut bytes, [10.0, -1.0]);
        let moved = [
            Segment::Move { to: [11.0, 1.0] },
            Segment::Curve { first: [11.0, 1.0], second: [13.0, 3.0], to: [15.0, 5.0] },
            Segment::Close,
        ];
        assert_eq!(bytes, pack(&moved));
        let mut other = vec![1, 2, 3];
        translate(&mut other, [1.0, 1.0]);
        assert_eq!(other, [1, 2, 3]);
    }

    #[test]
    fn handles_that_are_missing_are_the_point() {
        let params = Value::map([("x", Value::Int(1)), ("y", Value::Float(2.0)), ("c1x", Value::Int(9))]);
        let value = Value::map([("command", Value::text("curve-to")), ("params", params)]);
        let curve = Segment::Curve { first: [9.0, 2.0], second: [1.0, 2.0], to: [1.0, 2.0] };
        assert_eq!(segment_of(&value), Some(curve));
        assert_eq!(segment_of(&Value::map([("command", Value::keyword("line-to"))])), None);
    }
}
