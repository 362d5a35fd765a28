//! Everything we count, in one list, and the recorder behind `/metrics`.

use std::sync::{Once, OnceLock};
use std::time::Duration;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

pub use metrics_exporter_prometheus::PrometheusHandle;

/// The names of all our metrics. Recorded only through these.
pub mod names {
    /// Histogram, milliseconds, label `name`: one RPC call.
    pub const RPC_MAIN_TIMING: &str = "penpot_rpc_main_timing";
    /// Histogram, milliseconds, label `name`: one run of a job.
    pub const TASKS_TIMING: &str = "penpot_tasks_timing";
    /// Counter: sessions renewed on use.
    pub const SESSION_UPDATES: &str = "penpot_http_session_update_total";
    /// Counter, label `code`: RPC calls that were refused or failed.
    pub const RPC_ERRORS: &str = "atelier_rpc_errors_total";
    /// Counter: messages that the bus could not deliver.
    pub const BUS_FAILURES: &str = "atelier_bus_failures_total";
    /// Counter, label `name`: calls refused because they came too often.
    pub const RATE_LIMITED: &str = "atelier_rpc_rlimit_rejected_total";
    /// Counter: counts that Redis could not keep, so that this process counted alone.
    pub const LIMITS_FAILURES: &str = "atelier_rlimit_failures_total";
    /// Histogram, milliseconds, label `name`: one script in Redis.
    pub const REDIS_EVAL_TIMING: &str = "penpot_redis_eval_timing";
    /// Gauge, label `name`: calls that wait for a permit.
    pub const CLIMIT_QUEUE: &str = "penpot_rpc_climit_queue";
    /// Gauge, label `name`: permits in use.
    pub const CLIMIT_PERMITS: &str = "penpot_rpc_climit_permits";
    /// Histogram, milliseconds, label `name`: the wait for a permit.
    pub const CLIMIT_TIMING: &str = "penpot_rpc_climit_timing";
    /// Counter, label `outcome`: mails handed over or not.
    pub const MAILS: &str = "atelier_mails_total";
}

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Values sorted into buckets.
    Histogram,
}

/// Every metric: name, kind and help text.
pub const ALL: &[(&str, Kind, &str)] = &[
    (names::RPC_MAIN_TIMING, Kind::Histogram, "Time of an RPC call, milliseconds."),
    (names::TASKS_TIMING, Kind::Histogram, "Time of a job run, milliseconds."),
    (names::SESSION_UPDATES, Kind::Counter, "Sessions renewed on use."),
    (names::RPC_ERRORS, Kind::Counter, "RPC calls refused or failed, by code."),
    (names::BUS_FAILURES, Kind::Counter, "Messages the bus could not deliver."),
    (names::MAILS, Kind::Counter, "Mails handed over or not, by outcome."),
    (names::RATE_LIMITED, Kind::Counter, "Calls that came too often, by method."),
    (names::LIMITS_FAILURES, Kind::Counter, "Counts that Redis could not keep."),
    (names::REDIS_EVAL_TIMING, Kind::Histogram, "Time of a script in Redis, milliseconds, by name."),
    (names::CLIMIT_QUEUE, Kind::Gauge, "Calls that wait for a permit, by limit."),
    (names::CLIMIT_PERMITS, Kind::Gauge, "Permits in use, by limit."),
    (names::CLIMIT_TIMING, Kind::Histogram, "Wait for a permit, milliseconds, by limit."),
    // Those of the queue, a crate that knows nothing of ours: it records them under these names.
    ("atelier_queue_ready", Kind::Gauge, "Jobs that wait for a slot, by queue."),
    (
        "atelier_queue_oldest_ready_seconds",
        Kind::Gauge,
        "Age of the oldest job that waits for a slot, by queue.",
    ),
    ("atelier_queue_running", Kind::Gauge, "Jobs that run in this process, by queue."),
    ("atelier_queue_slots", Kind::Gauge, "Jobs that may run at once in this process, by queue."),
    ("atelier_queue_dead_letters", Kind::Gauge, "Dead letters that nobody took away yet."),
    (QUEUE_WAIT, Kind::Histogram, "Time from due to start of a job, milliseconds, by kind."),
    (QUEUE_RUN, Kind::Histogram, "Time of one attempt, milliseconds, by kind."),
    ("atelier_queue_outcomes_total", Kind::Counter, "Attempts that ended, by kind and outcome."),
    ("atelier_queue_rescued_total", Kind::Counter, "Jobs taken from workers that were lost."),
    ("atelier_queue_leases_lost_total", Kind::Counter, "Leases that ended while the job ran here."),
    ("atelier_queue_acks_fenced_total", Kind::Counter, "Results that came too late to count."),
    ("atelier_queue_errors_total", Kind::Counter, "Failures of the database towards the queue, by task."),
];

const QUEUE_WAIT: &str = "atelier_queue_wait_ms";
const QUEUE_RUN: &str = "atelier_queue_run_ms";
/// Histograms in milliseconds.
const TIMINGS: [&str; 6] = [
    names::RPC_MAIN_TIMING,
    names::TASKS_TIMING,
    names::REDIS_EVAL_TIMING,
    names::CLIMIT_TIMING,
    QUEUE_WAIT,
    QUEUE_RUN,
];

/// Upper bounds of the timing buckets, milliseconds.
pub const TIMING_BUCKETS_MS: &[f64] =
    &[1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2500.0, 5000.0, 7500.0];

/// Bounds for whatever the libraries measure in seconds.
const LIBRARY_BUCKETS_S: &[f64] = &[0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0];
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Installs the recorder of this process; later calls give the same handle.
///
/// Call [`start_upkeep`] too, or values pile up between scrapes.
pub fn install() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(build).clone()
}

/// Runs the upkeep of the recorder in the background, once per process. Needs a tokio runtime that stays.
pub fn start_upkeep(handle: &PrometheusHandle) {
    static STARTED: Once = Once::new();
    let handle = handle.clone();
    STARTED.call_once(|| {
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(UPKEEP_EVERY).await;
                handle.run_upkeep();
            }
        });
    });
}

fn build() -> PrometheusHandle {
    let timed = |builder: PrometheusBuilder, name: &&str| {
        builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), TIMING_BUCKETS_MS)
    };
    let recorder = PrometheusBuilder::new()
        .set_buckets(LIBRARY_BUCKETS_S)
        .and_then(|builder| TIMINGS.iter().try_fold(builder, timed))
        .expect("the buckets are not empty")
        .build_recorder();
    let handle = recorder.handle();
    // Somebody else's recorder, in a test for instance, stays; ours then renders nothing.
    let _ = metrics::set_global_recorder(recorder);
    for (name, kind, help) in ALL {
        match kind {
            Kind::Counter => describe_counter!(*name, *help),
            Kind::Gauge => describe_gauge!(*name, *help),
            Kind::Histogram => describe_histogram!(*name, Unit::Milliseconds, *help),
        }
    }
    handle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installs_once_and_renders_buckets() {
        install();
        let handle = install();
        metrics::histogram!(names::RPC_MAIN_TIMING, "name" => "get-profile").record(3.0);
        metrics::counter!(names::BUS_FAILURES).increment(1);
        let text = handle.render();
        assert!(text.contains("penpot_rpc_main_timing_bucket{name=\"get-profile\",le=\"5\"} 1"), "{text}");
        assert!(
            text.contains("# HELP atelier_bus_failures_total Messages the bus could not deliver."),
            "{text}"
        );
    }

    #[test]
    fn lists_every_name_once() {
        let mut listed: Vec<&str> = ALL.iter().map(|(name, _, _)| *name).collect();
        listed.sort_unstable();
        listed.dedup();
        assert_eq!(listed.len(), ALL.len());
    }
}
