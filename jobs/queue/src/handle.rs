//! One queue of this process, with the engine behind it.

use std::sync::Arc;

use crate::{engine::Engine, slots::Slots};

/// A handle on one queue; cheap to clone, so that a monitor can build its worker again.
#[derive(Clone)]
pub(crate) struct QueueBackend {
    pub(crate) engine: Arc<Engine>,
    pub(crate) slots: Arc<Slots>,
}
