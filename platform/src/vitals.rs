//! How this process and what it stands on fare, measured when somebody asks for `/metrics`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::app::App;
use crate::metrics::names;
use crate::storage::Backend;

/// The database answers within this time, or is not there.
const DATABASE_MAX: Duration = Duration::from_secs(2);
/// So do Redis and a directory, which may be on another machine.
const OTHERS_MAX: Duration = Duration::from_secs(1);

/// Measures everything but queues. Whether the database answered, in which case it may be asked more. Takes 2 s at
/// most.
pub async fn measure(app: &App) -> bool {
    process();
    pool(app);
    let (database, (), ()) = tokio::join!(database(app), redis(app), disk(app));
    database
}

/// Where there is no `/proc` (it is Linux's) these are not told.
fn process() {
    if let Some(bytes) = resident_bytes() {
        metrics::gauge!(names::PROCESS_MEMORY).set(bytes);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        // The directory itself is open while it is counted.
        metrics::gauge!(names::PROCESS_FILES).set(float(open.count().saturating_sub(1) as u64));
    }
}

/// Files and sockets that this process may have open.
pub fn files_max() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(float(kib * 1024))
}

fn pool(app: &App) {
    let (size, idle) = (u64::from(app.pool.size()), app.pool.num_idle() as u64);
    metrics::gauge!(names::POOL_CONNECTIONS, "state" => "busy").set(float(size.saturating_sub(idle)));
    metrics::gauge!(names::POOL_CONNECTIONS, "state" => "idle").set(float(idle));
    metrics::gauge!(names::POOL_MAX).set(f64::from(app.config.database.pool_max));
}

async fn database(app: &App) -> bool {
    let asked = sqlx::query("select 1").execute(&app.pool);
    let up = matches!(tokio::time::timeout(DATABASE_MAX, asked).await, Ok(Ok(_)));
    metrics::gauge!(names::DATABASE_UP).set(if up { 1.0 } else { 0.0 });
    up
}

async fn redis(app: &App) {
    if app.bus.is_shared() {
        let up = matches!(tokio::time::timeout(OTHERS_MAX, app.bus.ping()).await, Ok(Ok(())));
        metrics::gauge!(names::REDIS_UP).set(if up { 1.0 } else { 0.0 });
    }
}

async fn disk(app: &App) {
    /// One question at a time: a network disk that hangs would otherwise keep a thread more at every try.
    static ASKED: AtomicBool = AtomicBool::new(false);
    if app.blobs.backends().all(|backend| backend != Backend::Fs) || ASKED.swap(true, Ordering::AcqRel) {
        return;
    }
    let directory = app.config.storage.fs_directory.clone();
    let asked = tokio::task::spawn_blocking(move || {
        let stat = rustix::fs::statvfs(&directory);
        ASKED.store(false, Ordering::Release);
        stat
    });
    if let Ok(Ok(Ok(stat))) = tokio::time::timeout(OTHERS_MAX, asked).await {
        metrics::gauge!(names::BLOBS_FREE).set(float(stat.f_bavail.saturating_mul(stat.f_frsize)));
        metrics::gauge!(names::BLOBS_SIZE).set(float(stat.f_blocks.saturating_mul(stat.f_frsize)));
    }
}

#[expect(clippy::cast_precision_loss, reason = "bytes and counts far below 2^52")]
fn float(count: u64) -> f64 {
    count as f64
}
