//! Look whether the documents of all files are sound.

use std::time::{Duration, Instant};

use domain::file::check::{self, Run};
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// How long it waits when too much else is computed in its process.
const BUSY_WAIT: Duration = Duration::from_secs(5);

/// How fast.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CheckFiles {
    /// Shapes looked at in a second, at most.
    pub shapes_per_second: u32,
}

impl Default for CheckFiles {
    fn default() -> CheckFiles {
        CheckFiles { shapes_per_second: 20_000 }
    }
}

impl Job for CheckFiles {
    const NAME: &'static str = "check-files";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;

    fn example() -> CheckFiles {
        CheckFiles::default()
    }

    fn unique_key(&self) -> Option<String> {
        Some("all".to_owned())
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let app = &ctx.app;
        let mut run = check::begin(app, ctx.id(), ctx.now()).await.map_err(JobError::retry)?;
        while run.finished_at.is_none() {
            ctx.go_on_unless_paused(Self::NAME).await?;
            let began = Instant::now();
            let shapes = check::step(app, &mut run, ctx.now()).await.map_err(|error| match error.code() {
                Some("too-busy") => JobError::snooze(BUSY_WAIT),
                _ => JobError::retry(error),
            })?;
            ctx.progress(u64::try_from(run.files).unwrap_or(0), None, &describe(&run));
            ctx.pause(self.least_time(shapes).saturating_sub(began.elapsed())).await;
        }
        for tally in check::tally(&app.db, run.id).await.map_err(JobError::retry)? {
            ctx.log(&format!("{} {}, {} repairable", tally.count, tally.code, tally.repairable));
        }
        ctx.log(&describe(&run));
        Ok(())
    }
}

impl CheckFiles {
    /// How long a step takes at the permitted rate.
    fn least_time(&self, shapes: u64) -> Duration {
        let seconds = shapes as f64 / f64::from(self.shapes_per_second.max(1));
        Duration::try_from_secs_f64(seconds).unwrap_or_default()
    }
}

fn describe(run: &Run) -> String {
    format!(
        "{} files, {} shapes: {} problems in {} files",
        run.files, run.shapes, run.problems, run.wrong_files
    )
}
