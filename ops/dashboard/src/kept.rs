//! Answers that cost something: asked for by one at a time, and kept for a while.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Mutex, time::timeout};

/// One answer, the same for everybody.
pub struct Kept<T>(Arc<Mutex<Option<(Instant, T)>>>);

impl<T> Default for Kept<T> {
    fn default() -> Kept<T> {
        Kept(Arc::default())
    }
}

impl<T: Clone + Send + 'static> Kept<T> {
    /// The answer with its age; asked for when there is none that is younger than `age_max`. `None`: there was none, or
    /// it has not come within `wait`. Asking goes on then, for whoever comes next.
    pub async fn get(
        &self,
        age_max: Duration,
        wait: Duration,
        ask: impl Future<Output = Option<T>> + Send + 'static,
    ) -> Option<(T, Duration)> {
        // Held by whoever asks, so that nobody asks at the same time.
        let mut place = timeout(wait, self.0.clone().lock_owned()).await.ok()?;
        if let Some((at, answer)) = place.as_ref().filter(|(at, _)| at.elapsed() < age_max) {
            return Some((answer.clone(), at.elapsed()));
        }
        let asking = tokio::spawn(async move {
            *place = ask.await.map(|answer| (Instant::now(), answer));
            place.as_ref().map(|(_, answer)| answer.clone())
        });
        let answer = timeout(wait, asking).await.ok()?.ok()?;
        answer.map(|answer| (answer, Duration::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn an_answer_is_asked_for_once_and_may_come_late() {
        let kept = Kept::default();
        let (open, door) = tokio::sync::oneshot::channel();
        let slow = async { door.await.ok() };
        assert_eq!(kept.get(LONG, Duration::from_millis(10), slow).await, None);
        open.send(5).expect("is waited for");
        let (answer, _) = kept.get(LONG, LONG, async { Some(6) }).await.expect("came");
        assert_eq!(answer, 5);
        let (answer, _) = kept.get(Duration::ZERO, LONG, async { Some(7) }).await.expect("too old");
        assert_eq!(answer, 7);
    }
}
