//! Compare everything that is stored with its rows.

use std::time::{Duration, Instant};

use domain::storage::scrub::{self, Kind, Scrub};
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// How thorough, how fast, and what is put right.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StorageScrub {
    /// The bytes are read and hashed, not only measured.
    pub deep: bool,
    /// Kinds of findings that are put right at once.
    pub repair: Vec<Kind>,
    /// Rows or blobs looked at in a second, at most.
    pub objects_per_second: u32,
    /// Bytes read in a second by a deep scrub, at most.
    pub bytes_per_second: u64,
}

impl Default for StorageScrub {
    fn default() -> StorageScrub {
        StorageScrub { deep: false, repair: vec![], objects_per_second: 2_000, bytes_per_second: 64 << 20 }
    }
}

impl Job for StorageScrub {
    const NAME: &'static str = "storage-scrub";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    /// Without repairs: what it finds is told by `atelier storage report`.
    const SCHEDULE: Option<&'static str> = Some("0 0 4 ? * SUN");

    fn example() -> StorageScrub {
        StorageScrub::default()
    }

    fn unique_key(&self) -> Option<String> {
        Some("all".to_owned())
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (app, now) = (&ctx.app, ctx.now());
        // To look is a matter of the clock, to put right one of somebody who runs this.
        let operator = if self.repair.is_empty() { None } else { Some(ctx.operator()?) };
        let scrub = scrub::begin(app, ctx.id(), self.deep, &self.repair, now).await;
        let mut scrub = scrub.map_err(JobError::retry)?;
        while !scrub.is_done() {
            ctx.go_on_unless_paused(Self::NAME).await?;
            let began = Instant::now();
            let step =
                scrub::step(app, operator.as_ref(), &mut scrub, ctx.now()).await.map_err(JobError::retry)?;
            ctx.progress(seen(&scrub), None, &describe(&scrub));
            ctx.pause(self.least_time(step).saturating_sub(began.elapsed())).await;
        }
        for tally in scrub::tally(&app.db, scrub.id).await.map_err(JobError::retry)? {
            let of =
                format!("{} {}, {} bytes, {} repaired", tally.count, tally.kind, tally.bytes, tally.repaired);
            ctx.log(&of);
        }
        ctx.log(&describe(&scrub));
        Ok(())
    }
}

impl StorageScrub {
    /// How long a step takes at the permitted rates.
    fn least_time(&self, step: scrub::Step) -> Duration {
        let objects = step.seen as f64 / f64::from(self.objects_per_second.max(1));
        let bytes = step.bytes as f64 / self.bytes_per_second.max(1) as f64;
        Duration::try_from_secs_f64(objects.max(bytes)).unwrap_or_default()
    }
}

fn seen(scrub: &Scrub) -> u64 {
    u64::try_from(scrub.rows_seen + scrub.blobs_seen).unwrap_or(0)
}

fn describe(scrub: &Scrub) -> String {
    format!(
        "{}: {} rows, {} bytes read, {} blobs",
        scrub.phase, scrub.rows_seen, scrub.bytes_seen, scrub.blobs_seen
    )
}
