//! Moments and spans of time.

use super::scalar::scalar_type;
use chrono::{DateTime, Datelike as _, SecondsFormat, Utc};
use poem_openapi::registry::MetaSchema;
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON};
use serde_json::Value as Json;

/// A moment. JSON shows ISO-8601 text with milliseconds and `Z`; transit its instant.
///
/// A type of our own, because poem-openapi writes chrono's as `+00:00` and with nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(
    /// The moment itself.
    pub DateTime<Utc>,
);
scalar_type!(Instant, "instant", MetaSchema::new_with_format("string", "date-time"));

impl From<DateTime<Utc>> for Instant {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at)
    }
}

impl ParseFromJSON for Instant {
    fn parse_from_json(json: Option<Json>) -> ParseResult<Self> {
        json.as_ref()
            .and_then(Json::as_str)
            .and_then(instant)
            .map(Self)
            .ok_or_else(ParseError::expected_input)
    }
}

impl ToJSON for Instant {
    fn to_json(&self) -> Option<Json> {
        Some(self.0.to_rfc3339_opts(SecondsFormat::Millis, true).into())
    }
}

/// A span of time in milliseconds. Params may also say it as text, such as `15m` or `1h30m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(
    /// Milliseconds.
    pub i64,
);
scalar_type!(Duration, "duration", MetaSchema::new_with_format("integer", "duration"));

impl ParseFromJSON for Duration {
    fn parse_from_json(json: Option<Json>) -> ParseResult<Self> {
        json.as_ref().and_then(Json::as_i64).map(Self).ok_or_else(ParseError::expected_input)
    }
}

impl ToJSON for Duration {
    fn to_json(&self) -> Option<Json> {
        Some(self.0.into())
    }
}

/// ISO date and time with an offset, in the years 0 to 9999.
pub(super) fn instant(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()).filter(in_calendar)
}

/// Milliseconds since 1970, in the years 0 to 9999.
pub(super) fn instant_from_millis(millis: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(millis).filter(in_calendar)
}

/// Beyond these years ISO text has another form, and the database ends.
fn in_calendar(at: &DateTime<Utc>) -> bool {
    (0..=9999).contains(&at.year())
}

/// Hours, minutes and seconds in this order, each at most once, seconds with a fraction: `24h`, `1h30m`, `1.5s`, with
/// or without ISO's `PT` in front. Days are no unit: their length varies.
pub(super) fn millis(text: &str) -> Option<i64> {
    let upper = text.to_ascii_uppercase();
    let mut rest = upper.strip_prefix("PT").unwrap_or(&upper);
    let mut total: Option<i64> = None;
    for (unit, length) in [('H', 3_600_000), ('M', 60_000), ('S', 1_000)] {
        let Some((amount, after)) = rest.split_once(unit) else { continue };
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, "0"));
        let digits = |s: &str| !s.is_empty() && s.len() <= 15 && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || (unit != 'S' && amount.contains('.')) {
            return None;
        }
        let fraction: i64 = format!("{fraction:0<3}")[..3].parse().ok()?;
        let part = whole.parse::<i64>().ok()?.checked_mul(length)?.checked_add(fraction)?;
        total = Some(total.unwrap_or(0).checked_add(part)?);
        rest = after;
    }
    if rest.is_empty() { total } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_text() {
        for (text, expected) in [
            ("15m", Some(900_000)),
            ("24h", Some(86_400_000)),
            ("1h30m", Some(5_400_000)),
            ("PT1.5S", Some(1_500)),
            ("0s", Some(0)),
            ("1.25s", Some(1_250)),
            ("7d", None),
            ("", None),
            ("PT", None),
            ("m", None),
            ("1.5h", None),
            ("30m1h", None),
            ("-5m", None),
            ("99999999999999999999h", None),
            ("999999999999999h", None),
        ] {
            assert_eq!(millis(text), expected, "{text}");
        }
    }

    #[test]
    fn instants_stay_in_the_calendar() {
        assert_eq!(
            Instant(instant("2024-02-29T01:00:00+01:00").expect("valid")).to_json(),
            Some("2024-02-29T00:00:00.000Z".into())
        );
        assert_eq!(instant_from_millis(i64::MAX), None);
        assert_eq!(instant_from_millis(253_402_300_800_000), None);
        assert_eq!(instant("yesterday"), None);
    }
}
