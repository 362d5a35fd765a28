//! The time: the only place that asks the machine for it.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

/// Tells the time, possibly shifted. Cheap to clone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    shift: TimeDelta,
}

impl Clock {
    /// The time of this machine.
    pub fn system() -> Clock {
        Clock::default()
    }

    /// This clock moved by `by` (also into the past), added to any shift it has already.
    pub fn shifted(self, by: TimeDelta) -> Clock {
        Clock { shift: self.shift.checked_add(&by).unwrap_or(self.shift) }
    }

    /// How far it is from the time of this machine.
    pub fn shift(self) -> TimeDelta {
        self.shift
    }

    /// Now, in whole microseconds: what the database keeps, so that a stored time compares equal.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(self) -> DateTime<Utc> {
        let now = Utc::now();
        let now = now.checked_add_signed(self.shift).unwrap_or(now);
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_add_up() {
        let clock = Clock::system().shifted(TimeDelta::days(8)).shifted(TimeDelta::hours(-1));
        let ahead = clock.now() - Clock::system().now();
        assert!((ahead - TimeDelta::hours(191)).abs() < TimeDelta::minutes(1), "{ahead}");
        assert_eq!(clock.shifted(TimeDelta::MAX).shift(), TimeDelta::hours(191));
    }

    #[test]
    fn keeps_whole_microseconds() {
        assert_eq!(Clock::system().now().timestamp_subsec_nanos() % 1000, 0);
    }
}
