//! The `Range` header, for one range of bytes.

use std::ops::Range;

/// What a request wants of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedRange {
    /// All of it: no range, several, or none that we understand.
    Whole,
    /// These bytes, which exist.
    Part(Range<u64>),
    /// Bytes that do not exist: 416.
    Unsatisfiable,
}

/// Reads the header for a body of `size` bytes.
pub fn requested(header: Option<&str>, size: u64) -> RequestedRange {
    let Some(spec) = header.and_then(|h| h.trim().strip_prefix("bytes=")) else {
        return RequestedRange::Whole;
    };
    let Some((first, last)) = spec.trim().split_once('-') else { return RequestedRange::Whole };
    let number =
        |text: &str| text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let (start, end) = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => (first, last.saturating_add(1).min(size)),
        (Some(first), None) if last.is_empty() => (first, size),
        (None, Some(suffix)) if first.is_empty() => (size.saturating_sub(suffix), size),
        _ => return RequestedRange::Whole,
    };
    if start < end { RequestedRange::Part(start..end) } else { RequestedRange::Unsatisfiable }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (header, expected) in [
            ("bytes=0-9", RequestedRange::Part(0..10)),
            ("bytes=90-", RequestedRange::Part(90..100)),
            ("bytes=-5", RequestedRange::Part(95..100)),
            ("bytes=-500", RequestedRange::Part(0..100)),
            ("bytes=5-1000", RequestedRange::Part(5..100)),
            ("bytes=0-18446744073709551615", RequestedRange::Part(0..100)),
            ("bytes=100-", RequestedRange::Unsatisfiable),
            ("bytes=-0", RequestedRange::Unsatisfiable),
            ("bytes=9-5", RequestedRange::Whole),
            ("bytes=0-1,3-4", RequestedRange::Whole),
            ("bytes=", RequestedRange::Whole),
            ("bytes=-", RequestedRange::Whole),
            ("bytes=+1-2", RequestedRange::Whole),
            ("lines=0-1", RequestedRange::Whole),
        ] {
            assert_eq!(requested(Some(header), 100), expected, "{header}");
        }
        assert_eq!(requested(None, 100), RequestedRange::Whole);
        assert_eq!(requested(Some("bytes=0-"), 0), RequestedRange::Unsatisfiable);
    }
}
