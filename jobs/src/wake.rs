//! Telling workers that there is work.

use platform::app::App;

/// Tells the workers of every process that jobs were committed. Cheap to clone. A wake-up that is lost costs at most
/// a second, never a job.
#[derive(Debug, Clone)]
pub struct Waker(atelier_queue::Waker);

impl Waker {
    /// Starts its task, with a connection of its own.
    pub fn start(app: &App) -> Waker {
        Waker(atelier_queue::Waker::start(&app.pool))
    }

    /// Call after the commit. Never blocks; many calls make one message.
    pub fn wake(&self) {
        self.0.wake();
    }

    /// Call after the commit of a job for later.
    pub fn wake_scheduled(&self) {
        self.0.wake_scheduled();
    }
}
