//! A dead job on the code of this process: for real, or as a rehearsal.

use std::time::Duration;

use atelier_queue::{Config, Run};
use domain::permission::Operator;
use platform::app::App;

use crate::{
    JobCtx, JobError, WorkerError,
    all::ALL,
    by_name::entry,
    read::Shown,
    worker::{process, router},
};

/// Makes a dead job, or a job that was discarded or cancelled, ready again and runs it here and now. Answers
/// whether it could be had: one that is unfinished, or ended well, cannot.
///
/// # Errors
/// When the database cannot be asked. A failing job is no error.
pub async fn replay(app: &App, operator: &Operator, id: i64) -> Result<bool, WorkerError> {
    let router = router(process(app, operator.clone()), ALL);
    atelier_queue::replay(&app.pool, Config::default(), router, id, operator.name()).await
}

/// What a run of `job` would do now, without doing it.
#[derive(Debug)]
pub enum Rehearsed {
    /// In a sentence.
    Would(String),
    /// Jobs of this kind cannot tell, or there is no such kind any more.
    CannotTell,
}

/// Asks the job. Nothing is changed.
///
/// # Errors
/// What a run would end with as well, such as a payload that does not decode.
pub async fn rehearse(app: &App, operator: &Operator, job: &Shown) -> Result<Rehearsed, JobError> {
    let Some(entry) = entry(&job.kind) else { return Ok(Rehearsed::CannotTell) };
    let ctx = JobCtx::new(process(app, operator.clone()), Run::outside(job), Duration::from_secs(60));
    let forecast = (entry.rehearse)(job.payload.clone(), ctx).await?;
    Ok(forecast.map_or(Rehearsed::CannotTell, Rehearsed::Would))
}
