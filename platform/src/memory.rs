//! Memory shared by heavy work: whoever needs a lot waits until there is room.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const MIB: u64 = 1024 * 1024;

/// A budget. Cheap to clone; clones share it.
#[derive(Clone, Debug)]
pub struct MemoryBudget {
    free: Arc<Semaphore>,
    mib: u32,
}

/// Room taken; given back when dropped.
#[derive(Debug)]
pub struct Room {
    _permit: Option<OwnedSemaphorePermit>,
}

impl MemoryBudget {
    /// Of so many bytes, in whole MiB, at least one.
    pub fn new(bytes: u64) -> MemoryBudget {
        let mib = u32::try_from(bytes / MIB).unwrap_or(u32::MAX).clamp(1, u32::MAX >> 3);
        MemoryBudget { free: Arc::new(Semaphore::new(mib as usize)), mib }
    }

    /// Waits for room for `bytes`, first come, first served. Who needs more than there is gets all of it, alone.
    pub async fn room(&self, bytes: u64) -> Room {
        let wanted = u32::try_from(bytes.div_ceil(MIB)).unwrap_or(u32::MAX).clamp(1, self.mib);
        // It is never closed.
        Room { _permit: Arc::clone(&self.free).acquire_many_owned(wanted).await.ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn large_ones_go_alone_and_small_ones_together() {
        let budget = MemoryBudget::new(10 * MIB);
        let (a, b) = (budget.room(5 * MIB).await, budget.room(5 * MIB - 1).await);
        assert!(budget.room(1).now_or_never().is_none());
        drop(a);
        assert!(budget.room(5 * MIB).now_or_never().is_some());
        assert!(budget.room(1000 * MIB).now_or_never().is_none());
        drop(b);
        let _all = budget.room(1000 * MIB).await;
        assert!(budget.room(0).now_or_never().is_none());
    }
}
