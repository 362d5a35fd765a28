//! The time: the only place that asks the machine for it.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

/// Tells the time, possibly shifted. Cheap to clone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    shift: TimeDelta,
    /// Where it stands, before it is shifted; else it goes with the machine.
    stands: Option<DateTime<Utc>>,
}

impl Clock {
    /// The time of this machine.
    pub fn system() -> Clock {
        Clock::default()
    }

    /// This clock moved by `by` (also into the past), added to any shift it has already.
    pub fn shifted(self, by: TimeDelta) -> Clock {
        Clock { shift: self.shift.checked_add(&by).unwrap_or(self.shift), ..self }
    }

    /// This clock as it stands now, for ever: what happens afterwards takes no time, however slow the machine is.
    pub fn stopped(self) -> Clock {
        Clock { stands: Some(self.now()), shift: TimeDelta::zero() }
    }

    /// How far it was moved.
    pub fn shift(self) -> TimeDelta {
        self.shift
    }

    /// Now, in whole microseconds: what the database keeps, so that a stored time compares equal.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(self) -> DateTime<Utc> {
        let now = self.stands.unwrap_or_else(Utc::now);
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
    fn a_stopped_one_goes_only_where_it_is_moved() {
        let clock = Clock::system().shifted(TimeDelta::days(8)).stopped();
        let then = clock.now();
        assert!(then - Clock::system().now() > TimeDelta::days(7));
        let began = Clock::system().now();
        while Clock::system().now() == began {}
        assert_eq!(clock.now(), then);
        assert_eq!(clock.shifted(TimeDelta::hours(1)).now(), then + TimeDelta::hours(1));
    }

    #[test]
    fn keeps_whole_microseconds() {
        assert_eq!(Clock::system().now().timestamp_subsec_nanos() % 1000, 0);
    }
}
