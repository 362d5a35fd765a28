//! Heavy computation kept off the async threads: a bounded pool with a bounded queue.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// Runs closures on blocking threads: at most `slots` at a time, at most `queue_max` waiting behind them.
///
/// Cheap to clone; clones share the same bounds.
#[derive(Clone, Debug)]
pub struct CpuPool {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

/// Why a closure gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CpuError {
    /// The queue was full: nothing was run, the caller may try again later.
    #[error("too much work is waiting, try again later")]
    Busy,
    /// The closure panicked; the pool goes on.
    #[error("the computation failed unexpectedly: {0}")]
    Panicked(String),
    /// The runtime is stopping and gave up the closure.
    #[error("the server is stopping")]
    Stopped,
}

impl CpuPool {
    /// A pool of `slots` threads (at least one) with room for `queue_max` waiting closures.
    pub fn new(slots: usize, queue_max: usize) -> CpuPool {
        let slots = slots.max(1);
        CpuPool {
            running: Arc::new(Semaphore::new(slots)),
            admitted: Arc::new(Semaphore::new(slots.saturating_add(queue_max).min(Semaphore::MAX_PERMITS))),
        }
    }

    /// Runs `work` on a blocking thread and waits for its result.
    ///
    /// Dropping the returned future while the closure waits takes it out of the queue. Once started the
    /// closure runs to its end and keeps its slot until then, so abandoned work still counts.
    ///
    /// # Errors
    /// [`CpuError::Busy`] at once when the queue is full, [`CpuError::Panicked`] when `work` panics.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CpuError> {
        let place = self.admitted.clone().try_acquire_owned().map_err(|_| CpuError::Busy)?;
        let slot = self.running.clone().acquire_owned().await.map_err(|_| CpuError::Stopped)?;
        let task = tokio::task::spawn_blocking(move || {
            let _held = (place, slot);
            work()
        });
        task.await.map_err(|error| match error.try_into_panic() {
            Ok(payload) => CpuError::Panicked(panic_text(payload.as_ref())),
            Err(_) => CpuError::Stopped,
        })
    }
}

/// The message of a panic, when it is text.
fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn gives_the_result() {
        assert_eq!(CpuPool::new(2, 2).run(|| 6 * 7).await, Ok(42));
    }

    #[tokio::test]
    async fn survives_a_panic_and_frees_the_slot() {
        let pool = CpuPool::new(1, 0);
        let failed = pool.run(|| -> u8 { panic!("bad picture") }).await;
        assert_eq!(failed, Err(CpuError::Panicked("bad picture".to_owned())));
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn refuses_when_the_queue_is_full_and_recovers() {
        let pool = CpuPool::new(1, 0);
        let (started_tx, started) = tokio::sync::oneshot::channel();
        let (release, released) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let pool = pool.clone();
            async move {
                pool.run(move || {
                    started_tx.send(()).expect("the test waits");
                    released.recv().expect("the test releases");
                })
                .await
            }
        });
        started.await.expect("the closure starts");
        assert_eq!(pool.run(|| 1).await, Err(CpuError::Busy));
        release.send(()).expect("the closure waits");
        assert_eq!(first.await.expect("no panic"), Ok(()));
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }
}
