//! `bench worker URI ASKED`: one worker process that ends after so many jobs and tells what it used.

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result};
use atelier_queue::{Config, Router, Run};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

/// What the worker is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// It ends after so many.
    pub(crate) jobs: usize,
    /// Instead of the default.
    pub(crate) slots: Option<usize>,
    /// Every handler burns so much.
    pub(crate) spin_us: u64,
    /// Note how long after `ts` (microseconds since 1970, in the payload) each handler starts.
    pub(crate) latency: bool,
}

/// What it used.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    /// From the first handler's start until every result was written and the worker had left.
    pub(crate) seconds: f64,
    /// Processor time in all.
    pub(crate) cpu_us: f64,
    /// Most memory.
    pub(crate) rss_kib: f64,
    /// Milliseconds, when asked for.
    pub(crate) latency_ms: Vec<f64>,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    ts: u64,
}

pub(crate) fn now_us() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_micros()).unwrap_or(u64::MAX)
}

/// Uses the processor for so long.
pub(crate) fn burn(time: Duration) {
    let started = Instant::now();
    while started.elapsed() < time {
        std::hint::spin_loop();
    }
}

#[derive(Default)]
struct Seen {
    ended: AtomicUsize,
    first: OnceLock<Instant>,
    latency_ms: Mutex<Vec<f64>>,
}

pub(crate) async fn run(args: &[String]) -> Result<()> {
    let [uri, asked] = args else { anyhow::bail!("usage: bench worker URI ASKED") };
    let asked: Asked = serde_json::from_str(asked)?;
    let pool = PgPool::connect(uri).await?;
    let (seen, shutdown) = (Arc::new(Seen::default()), CancellationToken::new());
    let mut config = Config::default();
    if let Some(slots) = asked.slots {
        config.queues = vec![("default".to_owned(), slots)];
    }
    atelier_queue::run(&pool, config, router(&asked, &seen, &shutdown), shutdown.clone()).await?;
    let report = Report {
        seconds: seen.first.get().context("no job came")?.elapsed().as_secs_f64(),
        cpu_us: cpu_us()?,
        rss_kib: rss_kib()?,
        latency_ms: std::mem::take(&mut *seen.latency_ms.lock().map_err(|_| anyhow::anyhow!("poisoned"))?),
    };
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

fn router(asked: &Asked, seen: &Arc<Seen>, shutdown: &CancellationToken) -> Router {
    let (asked, seen, shutdown) = (asked.clone(), seen.clone(), shutdown.clone());
    Router::new().on("empty", move |_: Run, payload: Payload| {
        let (asked, seen, shutdown) = (asked.clone(), seen.clone(), shutdown.clone());
        async move {
            seen.first.get_or_init(Instant::now);
            if asked.latency
                && let Ok(mut latency) = seen.latency_ms.lock()
            {
                #[expect(clippy::cast_precision_loss, reason = "a short time in microseconds")]
                latency.push(now_us().saturating_sub(payload.ts) as f64 / 1_000.0);
            }
            burn(Duration::from_micros(asked.spin_us));
            if seen.ended.fetch_add(1, Relaxed) + 1 == asked.jobs {
                shutdown.cancel();
            }
            Ok(())
        }
    })
}

/// Fields 14 and 15 of `/proc/self/stat`, in hundredths of a second.
fn cpu_us() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit_once(')').context("a name")?.1.split_whitespace().collect();
    let ticks = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks * 10_000.0)
}

fn rss_kib() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}
