//! Everything we count, in one list, and the recorder behind `/metrics`.

use std::sync::{Once, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

pub use metrics_exporter_prometheus::PrometheusHandle;

/// The names of all our metrics. Recorded only through these.
pub mod names {
    /// Histogram, milliseconds, label `name`: one RPC call.
    pub const RPC_MAIN_TIMING: &str = "penpot_rpc_main_timing";
    /// The same of calls of other servers of the installation, milliseconds.
    pub const RPC_MANAGEMENT_TIMING: &str = "penpot_rpc_management_timing";
    /// Histogram, milliseconds, label `name`: one run of a job.
    pub const TASKS_TIMING: &str = "penpot_tasks_timing";
    /// Counter: sessions renewed on use.
    pub const SESSION_UPDATES: &str = "penpot_http_session_update_total";
    /// Counter, labels `code` and `fault`: RPC calls that were refused or failed.
    pub const RPC_ERRORS: &str = "atelier_rpc_errors_total";
    /// Counter, label `outcome`: batches of changes that were sent to files.
    pub const FILE_UPDATES: &str = "atelier_file_updates_total";
    /// Counter: changes that were applied to files.
    pub const FILE_CHANGES: &str = "atelier_file_changes_total";
    /// Counter: batches of others that were told to those who had not seen them.
    pub const FILE_LAGGED: &str = "atelier_file_lagged_total";
    /// Counter: parts of documents that changes made us read.
    pub const FILE_PARTS_READ: &str = "atelier_file_parts_read_total";
    /// Counter: parts of documents that changes made us write.
    pub const FILE_PARTS_WRITTEN: &str = "atelier_file_parts_written_total";
    /// Gauge: sockets that are open.
    pub const SOCKETS: &str = "penpot_websocket_active_connections";
    /// Counter, label `op`: messages of sockets, received and sent.
    pub const SOCKETS_MESSAGES: &str = "penpot_websocket_message_total";
    /// Counter: messages that were written for sockets, each once for all that hear it.
    pub const SOCKETS_ENCODED: &str = "atelier_websocket_encoded_total";
    /// Counter: messages of the bus that cannot be read.
    pub const SOCKETS_UNREADABLE: &str = "atelier_websocket_unreadable_total";
    /// Counter, label `code`: sockets that were not let in.
    pub const SOCKETS_REFUSED: &str = "atelier_websocket_refused_total";
    /// Counter, label `reason`: sockets that ended.
    pub const SOCKETS_CLOSED: &str = "atelier_websocket_closed_total";
    /// Counter, label `what`: what sockets may not hear any more.
    pub const SOCKETS_TAKEN_AWAY: &str = "atelier_websocket_taken_away_total";
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
    /// Counter, label `outcome`: spans sent to the collector, and those that were not.
    pub const TRACE_SPANS: &str = "atelier_trace_spans_total";
    /// Gauge, always 1, label `version`: what runs here.
    pub const BUILD: &str = "atelier_build_info";
    /// Gauge: 1 when the database answered the last question through the pool in time, else 0.
    pub const DATABASE_UP: &str = "atelier_database_up";
    /// Gauge, label `state`: connections of the pool.
    pub const POOL_CONNECTIONS: &str = "atelier_database_pool_connections";
    /// Gauge: connections that the pool may have.
    pub const POOL_MAX: &str = "atelier_database_pool_connections_max";
    /// Gauge: 1 when Redis answered the last question, else 0; none without Redis.
    pub const REDIS_UP: &str = "atelier_redis_up";
    /// Gauge: bytes that are free for us where blobs lie on disk; none without such a directory.
    pub const BLOBS_FREE: &str = "atelier_blobs_disk_free_bytes";
    /// Gauge: size of the disk that blobs lie on.
    pub const BLOBS_SIZE: &str = "atelier_blobs_disk_size_bytes";
    /// Gauge, label `queue`: slots of all workers that are there.
    pub const QUEUE_SERVED_SLOTS: &str = "atelier_queue_served_slots";
    /// Gauge, label `queue`: jobs that wait for a slot.
    pub const QUEUE_READY: &str = "atelier_queue_ready";
    /// Gauge, label `queue`: age of the oldest job that waits for a slot.
    pub const QUEUE_OLDEST: &str = "atelier_queue_oldest_ready_seconds";
    /// Gauge: dead jobs that nobody took away yet.
    pub const QUEUE_DEAD: &str = "atelier_queue_dead_jobs";
    /// Gauge: when this process began, in seconds since 1970.
    pub const PROCESS_START: &str = "process_start_time_seconds";
    /// Gauge: memory that this process holds.
    pub const PROCESS_MEMORY: &str = "process_resident_memory_bytes";
    /// Gauge: files and sockets that this process has open.
    pub const PROCESS_FILES: &str = "process_open_fds";
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

/// One of our metrics.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Its labels, in the order of the alphabet. What they may be is bounded: docs/METRICS.md tells by what.
    pub labels: &'static [&'static str],
    /// What it counts.
    pub help: &'static str,
}

const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Counter, labels, help }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, labels, help }
}

const fn histogram(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Histogram, labels, help }
}

/// Every metric. docs/METRICS.md has a line for each.
#[rustfmt::skip]
pub const ALL: &[Metric] = &[
    histogram(names::RPC_MAIN_TIMING, &["name"], "Time of an RPC call, milliseconds."),
    histogram(names::RPC_MANAGEMENT_TIMING, &["name"], "Time of a call of another server, milliseconds."),
    histogram(names::TASKS_TIMING, &["name"], "Time of a job run, milliseconds."),
    counter(names::SESSION_UPDATES, &[], "Sessions renewed on use."),
    counter(names::RPC_ERRORS, &["code", "fault"], "RPC calls refused or failed, by code and whose fault it was."),
    counter(names::FILE_UPDATES, &["outcome"], "Batches of changes that were sent to files, by outcome."),
    counter(names::FILE_CHANGES, &[], "Changes that were applied to files."),
    counter(names::FILE_LAGGED, &[], "Batches of others told to those who had not seen them."),
    counter(names::FILE_PARTS_READ, &[], "Parts of documents read to apply changes."),
    counter(names::FILE_PARTS_WRITTEN, &[], "Parts of documents written by changes."),
    gauge(names::SOCKETS, &[], "Sockets that are open."),
    counter(names::SOCKETS_MESSAGES, &["op"], "Messages of sockets, received and sent."),
    counter(names::SOCKETS_ENCODED, &[], "Messages written for sockets, each once for all that hear it."),
    counter(names::SOCKETS_UNREADABLE, &[], "Messages of the bus that cannot be read."),
    counter(names::SOCKETS_REFUSED, &["code"], "Sockets that were not let in, by code."),
    counter(names::SOCKETS_CLOSED, &["reason"], "Sockets that ended, by reason."),
    counter(names::SOCKETS_TAKEN_AWAY, &["what"], "What sockets may not hear any more."),
    counter(names::BUS_FAILURES, &[], "Messages the bus could not deliver."),
    counter(names::MAILS, &["outcome"], "Mails handed over or not, by outcome."),
    counter(names::RATE_LIMITED, &["name"], "Calls that came too often, by method."),
    counter(names::LIMITS_FAILURES, &[], "Counts that Redis could not keep."),
    histogram(names::REDIS_EVAL_TIMING, &["name"], "Time of a script in Redis, milliseconds, by name."),
    gauge(names::CLIMIT_QUEUE, &["name"], "Calls that wait for a permit, by limit."),
    gauge(names::CLIMIT_PERMITS, &["name"], "Permits in use, by limit."),
    histogram(names::CLIMIT_TIMING, &["name"], "Wait for a permit, milliseconds, by limit."),
    counter(names::TRACE_SPANS, &["outcome"], "Spans sent to the collector of traces or not, by outcome."),
    gauge(names::BUILD, &["version"], "What runs here; always 1."),
    gauge(names::DATABASE_UP, &[], "Whether the database answered in time."),
    gauge(names::POOL_CONNECTIONS, &["state"], "Connections to the database in the pool, busy and idle."),
    gauge(names::POOL_MAX, &[], "Connections to the database that the pool may have."),
    gauge(names::REDIS_UP, &[], "Whether Redis answered in time."),
    gauge(names::BLOBS_FREE, &[], "Bytes free for us on the disk of blobs."),
    gauge(names::BLOBS_SIZE, &[], "Bytes of the disk of blobs."),
    gauge(names::PROCESS_START, &[], "When this process began, seconds since 1970."),
    gauge(names::PROCESS_MEMORY, &[], "Bytes of memory that this process holds."),
    gauge(names::PROCESS_FILES, &[], "Files and sockets that this process has open."),
    gauge(names::QUEUE_SERVED_SLOTS, &["queue"], "Jobs that all workers together may run at once, by queue."),
    gauge(names::QUEUE_READY, &["queue"], "Jobs that wait for a slot, by queue."),
    gauge(names::QUEUE_OLDEST, &["queue"], "Age of the oldest job that waits for a slot, by queue."),
    gauge(names::QUEUE_DEAD, &[], "Dead jobs that nobody took away yet."),
    // Those of the queue, a crate that knows nothing of ours: it records them under these names, as it does the three
    // before.
    gauge("atelier_queue_running", &["queue"], "Jobs that run in this process, by queue."),
    gauge("atelier_queue_slots", &["queue"], "Jobs that may run at once in this process, by queue."),
    histogram(QUEUE_WAIT, &["kind"], "Time from due to start of a job, milliseconds, by kind."),
    histogram(QUEUE_RUN, &["kind"], "Time of one attempt, milliseconds, by kind."),
    counter("atelier_queue_outcomes_total", &["kind", "outcome"], "Attempts that ended, by kind and outcome."),
    counter("atelier_queue_rescued_total", &[], "Jobs taken from workers that were lost."),
    counter("atelier_queue_leases_lost_total", &[], "Leases that ended while the job ran here."),
    counter("atelier_queue_acks_fenced_total", &[], "Results that came too late to count."),
    counter("atelier_queue_errors_total", &["task"], "Failures of the database towards the queue, by task."),
];

const QUEUE_WAIT: &str = "atelier_queue_wait_ms";
const QUEUE_RUN: &str = "atelier_queue_run_ms";
/// Histograms in milliseconds.
const TIMINGS: [&str; 7] = [
    names::RPC_MAIN_TIMING,
    names::RPC_MANAGEMENT_TIMING,
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
    for Metric { name, kind, labels, help } in ALL {
        match kind {
            Kind::Counter => describe_counter!(*name, *help),
            Kind::Gauge => describe_gauge!(*name, *help),
            Kind::Histogram => describe_histogram!(*name, Unit::Milliseconds, *help),
        }
        // There from the start: who watches for growth would not see the step from nothing to one.
        if *kind == Kind::Counter && labels.is_empty() {
            metrics::counter!(*name).increment(0);
        }
    }
    metrics::gauge!(names::BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    // The machine's time, not the app's: nobody moves the start of a process.
    let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    metrics::gauge!(names::PROCESS_START).set(began.as_secs_f64());
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
        let mut listed: Vec<&str> = ALL.iter().map(|metric| metric.name).collect();
        listed.sort_unstable();
        listed.dedup();
        assert_eq!(listed.len(), ALL.len());
    }
}
