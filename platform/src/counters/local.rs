//! Counts within this process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::count::{Charge, Forgive, Level, Tally, millis, window};
use crate::config::Rate;

/// Most counts that are kept; beyond it those that would end soonest go.
const SLOTS_MAX: usize = 200_000;

#[derive(Default)]
pub(super) struct Local {
    slots: Mutex<HashMap<String, Slot>>,
}

/// One count; times are milliseconds since 1970.
#[derive(Clone, Copy)]
struct Slot {
    /// Calls of the window, tokens of the bucket, or failures.
    count: u64,
    /// Begin of the window, last refill of the bucket, or end of the wait.
    at: i64,
    ends: i64,
}

impl Local {
    pub(super) fn charge(&self, now: DateTime<Utc>, charges: &[Charge]) -> Vec<Level> {
        let mut slots = self.slots(now);
        charges.iter().map(|charge| charge_one(&mut slots, now, charge)).collect()
    }

    pub(super) fn attempt(&self, now: DateTime<Utc>, tallies: &[Tally]) -> Duration {
        let (mut slots, at) = (self.slots(now), now.timestamp_millis());
        let live = |slot: &&Slot| slot.ends > at;
        let waits = tallies.iter().filter_map(|tally| slots.get(&tally.key).filter(live));
        let wait = waits.map(|slot| slot.at - at).max().unwrap_or(0);
        if let Ok(wait @ 1..) = u64::try_from(wait) {
            return Duration::from_millis(wait);
        }
        for Tally { key, slope } in tallies {
            let failures = slots.get(key).filter(live).map_or(0, |slot| slot.count) + 1;
            let wait = slope.wait(u32::try_from(failures).unwrap_or(u32::MAX));
            let slot = Slot { count: failures, at: at + millis(wait), ends: at + millis(slope.memory) };
            slots.insert(key.clone(), slot);
        }
        Duration::ZERO
    }

    pub(super) fn forgive(&self, keys: &[(String, Forgive)]) {
        let mut slots = self.lock();
        for (key, how) in keys {
            let Some(slot) = slots.get_mut(key) else { continue };
            (slot.count, slot.at) = (slot.count.saturating_sub(1), 0);
            if *how == Forgive::All || slot.count == 0 {
                slots.remove(key);
            }
        }
    }

    /// With room for more.
    fn slots(&self, now: DateTime<Utc>) -> MutexGuard<'_, HashMap<String, Slot>> {
        let mut slots = self.lock();
        if slots.len() >= SLOTS_MAX {
            let mut ends: Vec<i64> = slots.values().map(|slot| slot.ends).collect();
            let middle = ends.len() / 2;
            let (_, middle, _) = ends.select_nth_unstable(middle);
            let keep_after = now.timestamp_millis().max(*middle);
            slots.retain(|_, slot| slot.ends > keep_after);
        }
        slots
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn charge_one(slots: &mut HashMap<String, Slot>, now: DateTime<Utc>, charge: &Charge) -> Level {
    let at = now.timestamp_millis();
    let (level, slot) = match charge.rate {
        Rate::Window { calls, span } => {
            let (begun, left) = window(now, span);
            let seen = slots.get(&charge.key).filter(|slot| slot.at == begun).map_or(0, |slot| slot.count);
            let slot = Slot { count: seen + 1, at: begun, ends: at + left };
            (level(seen < calls, calls.saturating_sub(seen + 1), left), slot)
        }
        Rate::Bucket { capacity, refill, interval } => {
            let interval = millis(interval).max(1);
            let full = Slot { count: capacity, at, ends: at };
            let old = slots.get(&charge.key).copied().unwrap_or(full);
            let steps = (at - old.at).max(0) / interval;
            let back = u64::try_from(steps).unwrap_or(0).saturating_mul(refill);
            let tokens = old.count.saturating_add(back).min(capacity);
            let begun = old.at + steps * interval;
            let fill = millis_to_fill(capacity, refill, interval);
            let slot = Slot { count: tokens.saturating_sub(1), at: begun, ends: at.saturating_add(fill * 2) };
            (level(tokens > 0, tokens.saturating_sub(1), begun + interval - at), slot)
        }
    };
    slots.insert(charge.key.clone(), slot);
    level
}

/// How long an empty bucket takes to be full again.
pub(super) fn millis_to_fill(capacity: u64, refill: u64, interval_ms: i64) -> i64 {
    let steps = i64::try_from(capacity.div_ceil(refill.max(1))).unwrap_or(i64::MAX);
    // Halved, because it is kept for twice as long.
    steps.saturating_mul(interval_ms).min(i64::MAX / 4)
}

fn level(allowed: bool, remaining: u64, more_in_ms: i64) -> Level {
    Level { allowed, remaining, more_in: Duration::from_millis(u64::try_from(more_in_ms).unwrap_or(0)) }
}
