//! Moments as people type them: `+8d`, `-2h` or `2026-05-01T12:00:00Z`.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use platform::config::parse_duration;

/// A moment, told absolutely or from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeArg {
    /// So much later than now, or earlier.
    FromNow(TimeDelta),
    /// This one.
    At(DateTime<Utc>),
}

impl TimeArg {
    /// How far it is from `now`.
    pub(crate) fn shift(self, now: DateTime<Utc>) -> TimeDelta {
        match self {
            TimeArg::FromNow(shift) => shift,
            TimeArg::At(at) => at - now,
        }
    }

    /// The moment itself.
    pub(crate) fn at(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now.checked_add_signed(self.shift(now)).unwrap_or(now)
    }
}

impl FromStr for TimeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<TimeArg, String> {
        let (sign, rest) = match text.as_bytes().first() {
            Some(b'+') => (1, &text[1..]),
            Some(b'-') => (-1, &text[1..]),
            _ => {
                let at = DateTime::parse_from_rfc3339(text).map(|at| TimeArg::At(at.to_utc()));
                return at.map_err(|_| should_be());
            }
        };
        // A bare number would be milliseconds, which nobody means here.
        let length = parse_duration(rest).filter(|_| !rest.bytes().all(|byte| byte.is_ascii_digit()));
        let shift = length.and_then(|length| TimeDelta::from_std(length).ok()).ok_or_else(should_be)?;
        Ok(TimeArg::FromNow(shift * sign))
    }
}

fn should_be() -> String {
    "should be a moment such as +8d, -2h30m or 2026-05-01T12:00:00Z".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        assert_eq!("+8d".parse(), Ok(TimeArg::FromNow(TimeDelta::days(8))));
        assert_eq!("-2h30m".parse(), Ok(TimeArg::FromNow(-TimeDelta::minutes(150))));
        let at = "2026-05-01T12:00:00+02:00".parse::<TimeArg>().unwrap();
        let now = DateTime::parse_from_rfc3339("2026-05-01T09:00:00Z").unwrap().to_utc();
        assert_eq!(at.shift(now), TimeDelta::hours(1));
        assert_eq!(at.at(now), now + TimeDelta::hours(1));
        for wrong in ["", "+", "8d", "+8", "tomorrow", "+-8d", "+8y", "é"] {
            assert!(wrong.parse::<TimeArg>().is_err(), "{wrong}");
        }
    }
}
