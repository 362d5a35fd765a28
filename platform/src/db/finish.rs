//! Futures that come to their end although nobody waits for them any more.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

/// Finishes a future elsewhere when whoever waits for it goes away, and drops what comes of it.
///
/// Opening a transaction needs that: the driver forgets a `BEGIN` whose answer nobody waited for, and hands the
/// connection on with the transaction open. What the next one writes there would never be committed.
pub(super) fn finish<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Finish<T> {
    Finish(Some(Box::pin(future)))
}

/// See [`finish`].
pub(super) struct Finish<T: Send + 'static>(Option<Pin<Box<dyn Future<Output = T> + Send>>>);

impl<T: Send + 'static> Future for Finish<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Some(future) = &mut self.0 else { return Poll::Pending };
        let done = future.as_mut().poll(cx);
        if done.is_ready() {
            self.0 = None;
        }
        done
    }
}

impl<T: Send + 'static> Drop for Finish<T> {
    fn drop(&mut self) {
        if let (Some(future), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(async move { drop(future.await) });
        }
    }
}
