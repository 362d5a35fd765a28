//! Answers that cost something: asked for by one at a time, and kept for a while.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};
use tokio::{sync::Mutex, time::timeout};

/// One answer, the same for everybody.
pub struct SingleFlightCache<T> {
    last: Arc<RwLock<Option<(Instant, T)>>>,
    /// Held by whoever asks, so that nobody asks at the same time.
    asking: Arc<Mutex<()>>,
}

impl<T> Default for SingleFlightCache<T> {
    fn default() -> SingleFlightCache<T> {
        SingleFlightCache { last: Arc::default(), asking: Arc::default() }
    }
}

impl<T: Clone + Send + Sync + 'static> SingleFlightCache<T> {
    /// The answer with its age; asked for when there is none that is younger than `age_max`. `None`: there was none, or
    /// it has not come within `wait`. Asking goes on then, for whoever comes next.
    pub async fn get(
        &self,
        age_max: Duration,
        wait: Duration,
        ask: impl Future<Output = Option<T>> + Send + 'static,
    ) -> Option<(T, Duration)> {
        let fresh = |last: &RwLock<_>| known(last).filter(|(_, age)| *age < age_max);
        let answer = async {
            if let Some(answer) = fresh(&self.last) {
                return Some(answer);
            }
            let place = self.asking.clone().lock_owned().await;
            if let Some(answer) = fresh(&self.last) {
                return Some(answer);
            }
            let last = Arc::clone(&self.last);
            let asking = tokio::spawn(async move {
                let answer = ask.await;
                // Somebody who panicked while writing left a whole answer: it is one assignment.
                *last.write().unwrap_or_else(PoisonError::into_inner) =
                    answer.clone().map(|answer| (Instant::now(), answer));
                drop(place);
                answer
            });
            asking.await.ok().flatten().map(|answer| (answer, Duration::ZERO))
        };
        timeout(wait, answer).await.ok().flatten()
    }

    /// As [`SingleFlightCache::get`], and the old answer, however old, when no new one has come within the first of two
    /// waits. Only when there is no old one the second wait counts.
    pub async fn latest(
        &self,
        age_max: Duration,
        waits: [Duration; 2],
        ask: impl Future<Output = Option<T>> + Send + 'static,
    ) -> Option<(T, Duration)> {
        let old = known(&self.last);
        let wait = if old.is_some() { waits[0] } else { waits[1] };
        self.get(age_max, wait, ask).await.or(old)
    }
}

fn known<T: Clone>(last: &RwLock<Option<(Instant, T)>>) -> Option<(T, Duration)> {
    let last = last.read().unwrap_or_else(PoisonError::into_inner);
    last.as_ref().map(|(at, answer)| (answer.clone(), at.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn an_answer_is_asked_for_once_and_may_come_late() {
        let kept = SingleFlightCache::default();
        let (open, door) = tokio::sync::oneshot::channel();
        let slow = async { door.await.ok() };
        assert_eq!(kept.get(LONG, Duration::from_millis(10), slow).await, None);
        open.send(5).expect("is waited for");
        let (answer, _) = kept.get(LONG, LONG, async { Some(6) }).await.expect("came");
        assert_eq!(answer, 5);
        let (answer, _) = kept.get(Duration::ZERO, LONG, async { Some(7) }).await.expect("too old");
        assert_eq!(answer, 7);
    }

    #[tokio::test]
    async fn an_old_answer_is_better_than_none() {
        let kept = SingleFlightCache::default();
        let (soon, never) = (Duration::from_millis(10), std::future::pending::<Option<i32>>);
        assert_eq!(kept.latest(LONG, [LONG, soon], never()).await, None, "nothing is known yet");
        let kept = SingleFlightCache::default();
        assert_eq!(kept.latest(LONG, [soon, LONG], async { Some(1) }).await, Some((1, Duration::ZERO)));
        let (old, _) = kept.latest(Duration::ZERO, [soon, LONG], never()).await.expect("the old one");
        assert_eq!(old, 1);
    }
}
