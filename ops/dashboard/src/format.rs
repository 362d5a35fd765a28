//! Numbers, times and spans as people read them.

use chrono::{DateTime, TimeDelta, Utc};
use maud::{Markup, html};

/// A moment: how long ago or in how long, with the exact time for whoever points at it.
pub fn relative_time(at: DateTime<Utc>, now: DateTime<Utc>) -> Markup {
    let exact = at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
    let text = if at > now { format!("in {}", span(at - now)) } else { format!("{} ago", span(now - at)) };
    html! { time datetime=(at.to_rfc3339()) title=(exact) { (text) } }
}

/// A span in its two largest units at most.
pub fn span(span: TimeDelta) -> String {
    let millis = span.num_milliseconds().max(0);
    let (seconds, minutes, hours, days) =
        (millis / 1000, millis / 60_000, millis / 3_600_000, millis / 86_400_000);
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..60_000 => format!("{seconds} s"),
        60_000..3_600_000 => format!("{minutes} min"),
        3_600_000..86_400_000 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

/// Seconds as a span.
pub fn seconds(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a span that people wait for")]
    span(TimeDelta::milliseconds((seconds * 1000.0) as i64))
}

/// `1 job`, `5 jobs`.
pub fn count(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// Digits in groups of three.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    if number < 0 { format!("-{out}") } else { out }
}

/// Bytes in the unit in which they have up to three digits: `1.4 MB`.
pub fn bytes(number: i64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if number < 1000 {
        return format!("{number} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut left = number as f64 / 1000.0;
    let mut unit = UNITS[0];
    for larger in &UNITS[1..] {
        // What would be rounded up to 1000 as well.
        if left < 999.5 {
            break;
        }
        left /= 1000.0;
        unit = larger;
    }
    if left < 9.95 { format!("{left:.1} {unit}") } else { format!("{left:.0} {unit}") }
}

/// What stands between backticks is what somebody types.
pub fn with_code(words: &str) -> Markup {
    html! { @for (place, part) in words.split('`').enumerate() {
        @if place % 2 == 1 { code { (part) } } @else { (part) }
    } }
}

/// The first characters of a text, in one line.
pub fn short(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    format!("{}…", line.chars().take(most).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_spans_and_numbers() {
        let shown = |millis| span(TimeDelta::milliseconds(millis));
        assert_eq!(
            [shown(5), shown(59_999), shown(61_000), shown(3_660_000), shown(90_000_000)],
            ["5 ms", "59 s", "1 min", "1 h 1 min", "1 d 1 h"]
        );
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!([grouped(0), grouped(999), grouped(-1000)], ["0", "999", "-1\u{202f}000"]);
        assert_eq!(count(1, "job", "jobs"), "1 job");
        assert_eq!(
            [999, 1000, 1_449_000, 9_960_000, 999_600, 5_000_000_000_000_000_000].map(bytes),
            ["999 B", "1.0 kB", "1.4 MB", "10 MB", "1.0 MB", "5000 PB"]
        );
        assert_eq!(short("a\n  b c", 3), "a b…");
    }
}
