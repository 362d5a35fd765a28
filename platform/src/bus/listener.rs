//! Who hears what a process attends to.

use bytes::Bytes;

/// Hears what is said under the topics that are attended to, one message after the other.
pub trait Listener: Send + Sync {
    /// A message. What is heard next waits until this returns.
    fn hear(&self, topic: &str, payload: Bytes);
    /// Messages may have been missed, and nothing more is heard of any topic before it is attended to again.
    fn lost(&self);
}
