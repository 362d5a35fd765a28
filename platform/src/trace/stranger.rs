//! The `traceparent` of whoever calls.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

use super::context::Before;

/// Traces that callers may have kept by their own word, each second and process. Beyond that a call begins a trace of
/// its own, of which the sampler decides: by the caller's id it could be made to keep it.
const FORCED_PER_SECOND_MAX: u64 = 10;

/// The second in the upper bits, the count in the lower ones.
static FORCED: AtomicU64 = AtomicU64::new(0);
const COUNT_BITS: u32 = 24;

/// What a caller's header says, as far as it counts: those that wish to be kept only so many times a second, because
/// anybody can write the header. `None` when it does not count, or says nothing that can be read.
pub fn admit(header: Option<&str>) -> Option<String> {
    let header = header?;
    let before = Before::parse(header)?;
    before.span_id?;
    // All four parts, as the standard has it.
    (!before.sampled? || may_force(&FORCED, now_s())).then(|| header.to_owned())
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn may_force(forced: &AtomicU64, second: u64) -> bool {
    let next = |now: u64| match now >> COUNT_BITS == second {
        true => (now & ((1 << COUNT_BITS) - 1) < FORCED_PER_SECOND_MAX).then_some(now + 1),
        false => Some(second << COUNT_BITS | 1),
    };
    forced.fetch_update(Relaxed, Relaxed, next).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_cannot_have_everything_kept() {
        let forced = AtomicU64::new(0);
        let in_second = |second| (0..100).filter(|_| may_force(&forced, second)).count();
        assert_eq!((in_second(7), in_second(8)), (10, 10));
    }

    #[test]
    fn only_the_standard_form_is_read() {
        let given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        assert_eq!(admit(Some(given)).as_deref(), Some(given));
        for bad in
            [None, Some(""), Some("00-0af7651916cd43dd8448eb211c80319c"), Some(&given[..52]), Some("x")]
        {
            assert_eq!(admit(bad), None);
        }
    }
}
