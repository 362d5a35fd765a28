//! What topics work with.

use platform::app::App;
use tokio::sync::Notify;

/// What topics work with.
pub struct Tools {
    /// The drivers.
    pub app: App,
    /// Told when it should be looked whether sockets may still hear what they hear.
    pub look: Notify,
}
