//! How many calls to slow servers of other people are made at once, and for whom: nobody's server holds all places, and
//! one that is slow holds few. Who finds no place is told when their turn is likely to come.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::timeout;
use uuid::Uuid;

/// Whose calls take longer on average is slow.
const SLOW: Duration = Duration::from_millis(250);
/// Whose calls take less on average has a place again so soon that it is waited for.
const QUICK: Duration = Duration::from_millis(25);
/// So long, which is little for whoever else wants the same thread of work.
const WAIT_MAX: Duration = Duration::from_millis(50);
/// What a call is taken to need before the first one has ended.
const UNKNOWN: Duration = Duration::from_millis(100);
/// Nobody is told to come back sooner, or later.
const TURN_MIN: Duration = Duration::from_millis(50);
const TURN_MAX: Duration = Duration::from_secs(60);
/// Of whom it is known how long their calls take. Whoever has none under way is forgotten first.
const KNOWN_MAX: usize = 10_000;

/// Places for calls. Cheap to clone; clones share the places.
#[derive(Clone, Debug)]
pub struct Pace {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    lanes: Mutex<HashMap<Uuid, Lane>>,
    slots: AtomicUsize,
}

/// Until somebody says how many calls a process makes at once.
const SLOTS: usize = 16;

impl Default for Pace {
    fn default() -> Pace {
        Pace { shared: Arc::new(Shared { lanes: Mutex::default(), slots: SLOTS.into() }) }
    }
}

#[derive(Debug)]
struct Lane {
    running: usize,
    mean: Duration,
    /// When the next one who was sent away is to come back.
    turn: Instant,
    free: Arc<Notify>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub struct Place {
    shared: Arc<Shared>,
    of: Uuid,
    since: Instant,
}

impl Pace {
    /// This process makes so many calls at once: half of them at most are for one, a quarter when they are slow.
    pub fn share(&self, slots: usize) {
        self.shared.slots.store(slots, Ordering::Relaxed);
    }

    /// A place for a call on behalf of `of`.
    ///
    /// # Errors
    /// After how much time to ask again, when all of theirs are taken.
    pub async fn place(&self, of: Uuid) -> Result<Place, Duration> {
        let began = Instant::now();
        loop {
            let free = match self.shared.take(of, began) {
                Ok(place) => return Ok(place),
                Err(Taken::ComeBack(after)) => return Err(after),
                Err(Taken::Wait(free)) => free,
            };
            let left = WAIT_MAX.saturating_sub(began.elapsed());
            // Late or not: asked again, and then sent away when the time is over.
            let _ = timeout(left, free.notified()).await;
        }
    }
}

/// There is no place.
enum Taken {
    ComeBack(Duration),
    Wait(Arc<Notify>),
}

impl Shared {
    fn lanes(&self) -> MutexGuard<'_, HashMap<Uuid, Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(self: &Arc<Self>, of: Uuid, began: Instant) -> Result<Place, Taken> {
        let now = Instant::now();
        let mut lanes = self.lanes();
        if lanes.len() >= KNOWN_MAX && !lanes.contains_key(&of) {
            lanes.retain(|_, lane| lane.running > 0);
        }
        let new = || Lane { running: 0, mean: UNKNOWN, turn: now, free: Arc::default() };
        let lane = lanes.entry(of).or_insert_with(new);
        let part = if lane.mean > SLOW { 4 } else { 2 };
        let places = (self.slots.load(Ordering::Relaxed) / part).max(1);
        if lane.running < places {
            lane.running += 1;
            return Ok(Place { shared: Arc::clone(self), of, since: now });
        }
        if lane.mean < QUICK && began.elapsed() < WAIT_MAX {
            return Err(Taken::Wait(Arc::clone(&lane.free)));
        }
        // One place after the other is likely to be free then.
        let step = lane.mean / u32::try_from(places).unwrap_or(u32::MAX);
        lane.turn = (lane.turn.max(now) + step).min(now + TURN_MAX);
        Err(Taken::ComeBack(lane.turn.duration_since(now).clamp(TURN_MIN, TURN_MAX)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let took = self.since.elapsed();
        if let Some(lane) = self.shared.lanes().get_mut(&self.of) {
            lane.running = lane.running.saturating_sub(1);
            lane.mean = (lane.mean * 3 + took) / 4;
            lane.free.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOMEBODY: Uuid = Uuid::from_u128(1);

    fn of(slots: usize) -> Pace {
        let pace = Pace::default();
        pace.share(slots);
        pace
    }

    #[tokio::test]
    async fn nobody_has_all_places_and_each_turn_comes_later() {
        let pace = of(4);
        let held = [pace.place(SOMEBODY).await, pace.place(SOMEBODY).await].map(Result::unwrap);
        let turns = [pace.place(SOMEBODY).await, pace.place(SOMEBODY).await].map(Result::unwrap_err);
        assert!(turns[0] < turns[1] && turns[0] >= TURN_MIN, "{turns:?}");
        assert!(pace.place(Uuid::from_u128(2)).await.is_ok(), "others have theirs");
        drop(held);
        assert!(pace.place(SOMEBODY).await.is_ok());
    }

    #[tokio::test]
    async fn whoever_is_slow_has_fewer_places() {
        let pace = of(8);
        let held = pace.place(SOMEBODY).await.expect("a place");
        pace.shared.lanes().get_mut(&SOMEBODY).expect("is known").mean = SLOW * 2;
        let second = pace.place(SOMEBODY).await.expect("a quarter");
        assert!(pace.place(SOMEBODY).await.is_err());
        drop((held, second));
    }

    #[tokio::test]
    async fn a_place_that_is_soon_free_is_waited_for() {
        let pace = of(2);
        let held = pace.place(SOMEBODY).await.expect("a place");
        pace.shared.lanes().get_mut(&SOMEBODY).expect("is known").mean = Duration::ZERO;
        let other = pace.clone();
        let waits = tokio::spawn(async move { other.place(SOMEBODY).await.is_ok() });
        tokio::task::yield_now().await;
        drop(held);
        assert!(waits.await.expect("ends"));
    }
}
