//! Lengths of time as people write them: `15m`, `7d`, `1h30m`, `PT15M`, or a number of milliseconds.

use std::time::Duration;

/// Reads a length of time such as `15m`, `7d` or `1h30m`; a bare number is milliseconds. `None` for anything else,
/// and for more than 100 years.
pub fn parse(text: &str) -> Option<Duration> {
    let text = text.trim().to_ascii_lowercase();
    let millis = match text.parse::<u64>() {
        Ok(millis) => millis,
        Err(_) => units(text.strip_prefix('p').unwrap_or(&text))?,
    };
    (millis <= YEARS_100_MS).then(|| Duration::from_millis(millis))
}

/// The shortest form that [`parse`] reads back.
pub(super) fn show(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if rest == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, millis) in [("d", DAY_MS), ("h", HOUR_MS), ("m", MINUTE_MS), ("s", 1000), ("ms", 1)] {
        if rest >= millis {
            text.push_str(&format!("{}{unit}", rest / millis));
            rest %= millis;
        }
    }
    text
}

const MINUTE_MS: u64 = 60 * 1000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;
const YEARS_100_MS: u64 = 36_525 * DAY_MS;

/// One or more of number and unit; the `t` of ISO 8601 may stand before the hours.
fn units(mut text: &str) -> Option<u64> {
    let mut millis: u64 = 0;
    while !text.is_empty() {
        text = text.strip_prefix('t').unwrap_or(text);
        let (number, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
        let (unit, rest) =
            rest.split_at(rest.find(|c: char| c.is_ascii_digit() || c == 't').unwrap_or(rest.len()));
        let factor = match unit {
            "w" => 7 * DAY_MS,
            "d" => DAY_MS,
            "h" => HOUR_MS,
            "m" => MINUTE_MS,
            "s" => 1000,
            "ms" => 1,
            _ => return None,
        };
        millis = millis.checked_add(number.parse::<u64>().ok()?.checked_mul(factor)?)?;
        text = rest;
    }
    (millis > 0).then_some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, seconds) in [
            ("15m", 900),
            ("7d", 604_800),
            ("1h30m", 5400),
            ("90000", 90),
            ("PT15M", 900),
            ("P1DT2h", 93_600),
            (" 30s ", 30),
            ("2w", 1_209_600),
            ("0", 0),
        ] {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(parse("250ms"), Some(Duration::from_millis(250)));
    }

    #[test]
    fn refuses_the_rest() {
        for text in ["m", "15 m", "-5m", "1.5h", "7y", "p", "é", "9e9", "5m3"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(""), None);
        assert_eq!(parse("99999999999999999999d"), None);
        assert_eq!(parse("40000d"), None);
    }

    #[test]
    fn shows_what_it_reads() {
        for text in ["7d", "1h30m", "250ms", "1d1h1m1s1ms"] {
            assert_eq!(parse(text).map(show).as_deref(), Some(text));
        }
        assert_eq!(show(Duration::ZERO), "0s");
    }
}
