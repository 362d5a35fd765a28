//! The leases that this process holds, and what their jobs are told and tell.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use crate::{
    progress::lock,
    run::{Claimed, Control},
};

/// Jobs that have been here for less are not asked after: they end by themselves.
const SHORT: Duration = Duration::from_millis(100);

/// A lease this process holds.
struct Lease {
    token: i64,
    claimed: Instant,
    renewed: Instant,
    control: Arc<Control>,
    /// The run has ended, and its result is on its way.
    ended: bool,
}

/// The run of this lease counts no longer.
fn lost(id: i64, lease: &Lease) {
    lease.control.cancelled.cancel();
    metrics::counter!("atelier_queue_leases_lost_total").increment(1);
    tracing::warn!(job = id, "queue: lost the lease of a running job");
}

/// By the job's number.
#[derive(Default)]
pub(crate) struct Leases(Mutex<HashMap<i64, Lease>>);

impl Leases {
    /// These were claimed.
    pub(crate) fn take_in(&self, jobs: &[Claimed], now: Instant) {
        let mut leases = lock(&self.0);
        for job in jobs {
            let control = job.run.control.clone();
            let lease = Lease { token: job.token, claimed: now, renewed: now, control, ended: false };
            // This process slept through a lease of its own: the run of that claim counts no longer.
            if let Some(stale) = leases.insert(job.run.id, lease) {
                lost(job.run.id, &stale);
            }
        }
    }

    /// This run has ended, and its result is on its way.
    pub(crate) fn ended(&self, id: i64, token: i64) {
        if let Some(lease) = lock(&self.0).get_mut(&id).filter(|lease| lease.token == token) {
            lease.ended = true;
        }
    }

    /// The results of these ids and tokens are written.
    pub(crate) fn let_go(&self, written: impl Iterator<Item = (i64, i64)>) {
        let mut leases = lock(&self.0);
        for (id, token) in written {
            if leases.get(&id).is_some_and(|lease| lease.token == token) {
                leases.remove(&id);
            }
        }
    }

    /// Ids and tokens of the jobs that have been here for a while.
    pub(crate) fn held(&self) -> (Vec<i64>, Vec<i64>) {
        let leases = lock(&self.0);
        let long = leases.iter().filter(|(_, lease)| !lease.ended && lease.claimed.elapsed() >= SHORT);
        long.map(|(id, lease)| (*id, lease.token)).unzip()
    }

    /// Somebody asked for the end of these jobs.
    pub(crate) fn cancel(&self, jobs: Vec<(i64, String)>) {
        let leases = lock(&self.0);
        for (id, who) in jobs {
            if let Some(lease) = leases.get(&id) {
                tracing::info!(job = id, who, "queue: cancelled");
                lease.control.cancel(who);
            }
        }
    }

    /// Ids and tokens of leases that were not renewed for `age`.
    pub(crate) fn older(&self, age: Duration) -> (Vec<i64>, Vec<i64>) {
        let leases = lock(&self.0);
        let old = leases.iter().filter(|(_, lease)| lease.renewed.elapsed() >= age);
        let mut old: Vec<(i64, i64)> = old.map(|(id, lease)| (*id, lease.token)).collect();
        // Everybody locks rows in the order of their ids, so that nobody waits for each other.
        old.sort_unstable();
        old.into_iter().unzip()
    }

    /// Of these ids with their tokens, only `kept` are still ours. One that was not kept has been acked meanwhile, or
    /// somebody else has it now: then its result no longer counts and the handler is told to stop. A job that this
    /// process claimed again meanwhile has another token, and is left alone.
    pub(crate) fn renewed(&self, ids: &[i64], tokens: &[i64], kept: &[i64]) {
        let now = Instant::now();
        let kept: HashSet<i64> = kept.iter().copied().collect();
        let mut leases = lock(&self.0);
        for (id, token) in ids.iter().zip(tokens) {
            let Some(lease) = leases.get_mut(id).filter(|lease| lease.token == *token) else { continue };
            if kept.contains(id) {
                lease.renewed = now;
            } else if !lease.ended {
                lost(*id, lease);
                leases.remove(id);
            }
        }
    }

    /// Progress that has not been written: ids, tokens, JSON texts.
    pub(crate) fn progress_changes(&self) -> (Vec<i64>, Vec<i64>, Vec<String>) {
        let leases = lock(&self.0);
        let changes = leases.iter().filter_map(|(id, lease)| {
            let text = lease.control.progress.take_change()?;
            Some((*id, lease.token, text))
        });
        let mut changes: Vec<(i64, i64, String)> = changes.collect();
        changes.sort_unstable();
        changes.into_iter().collect()
    }

    /// The progress of these was written, or is still to be written.
    pub(crate) fn progress_was_written(&self, ids: &[i64], is_written: bool) {
        let leases = lock(&self.0);
        for lease in ids.iter().filter_map(|id| leases.get(id)) {
            lease.control.progress.was_written(is_written);
        }
    }

    /// Tells every running handler to come to an end.
    pub(crate) fn cancel_all(&self) {
        for lease in lock(&self.0).values() {
            lease.control.cancelled.cancel();
        }
    }
}
