//! Cron lines: six fields (second minute hour day month weekday), UTC, as Quartz writes them.

use std::str::FromStr;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::Value;

use crate::{
    enqueue::{EnqueueError, NewJob},
    sql,
};

/// Why a schedule was refused.
#[derive(Debug, thiserror::Error)]
pub enum CronError {
    /// The line does not parse.
    #[error("schedule {name}: the cron line {line:?} does not parse: {reason}")]
    Line {
        /// Name of the schedule.
        name: String,
        /// The line.
        line: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The job it starts would be refused.
    #[error("schedule {name}: {error}")]
    Job {
        /// Name of the schedule.
        name: String,
        /// What is wrong with the job.
        error: EnqueueError,
    },
}

/// A job that the clock starts: one row per tick with any number of workers.
#[derive(Debug, Clone)]
pub struct Schedule {
    name: String,
    line: String,
    job: NewJob,
    missed: Missed,
}

/// What becomes of ticks that came while no worker was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missed {
    /// The last of them runs, as soon as a worker is back.
    #[default]
    RunOnce,
    /// None of them runs: the next tick is the next to come.
    Skip,
}

impl Schedule {
    /// Checks the line and the job. `run_at`, delay, tenant, origin and clock shift of `job` are not used.
    ///
    /// # Errors
    /// When either would be refused.
    pub fn new(name: &str, line: &str, job: NewJob) -> Result<Schedule, CronError> {
        let name = name.to_owned();
        let line = line.to_owned();
        if let Err(error) = cron::Schedule::from_str(&line) {
            return Err(CronError::Line { name, line, reason: error.to_string() });
        }
        match job.clone().into_insert() {
            Ok(_) => Ok(Schedule { name, line, job, missed: Missed::default() }),
            Err(error) => Err(CronError::Job { name, error }),
        }
    }

    /// Instead of [`Missed::RunOnce`].
    #[must_use]
    pub fn missed(mut self, missed: Missed) -> Schedule {
        self.missed = missed;
        self
    }

    /// What it is called in `queue.schedule`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes it, so that its next tick is known to every worker. An unchanged one keeps the tick it waits for.
    pub(crate) async fn put(&self, pool: &sqlx::PgPool) -> sqlx::Result<()> {
        let now: DateTime<Utc> = sqlx::query_scalar(sql::NOW).fetch_one(pool).await?;
        let Some(next) = next_tick(&self.line, now) else {
            tracing::warn!(schedule = self.name, line = self.line, "queue: this cron line never comes");
            return Ok(());
        };
        let job = &self.job;
        let payload: &Value = &job.payload;
        let query = sqlx::query(sql::SCHEDULE_PUT).bind(&self.name).bind(&self.line).bind(&job.queue);
        let query = query.bind(&job.kind).bind(&job.unique_key).bind(payload).bind(job.stored_priority());
        let query = query.bind(job.max_attempts).bind(job.timeout_ms()).bind(next);
        query.bind(self.missed == Missed::Skip).execute(pool).await?;
        Ok(())
    }
}

/// The first tick after `now`.
pub(crate) fn next_tick(line: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    cron::Schedule::from_str(line).ok()?.after(&now).next()
}

/// The last tick at or before `now`.
pub(crate) fn latest_tick(line: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    // Looking back finds ticks strictly before the given moment, and ticks are whole seconds.
    let moment = now.trunc_subsecs(0) + TimeDelta::seconds(1);
    cron::Schedule::from_str(line).ok()?.after(&moment).next_back()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn ticks_around_a_moment() {
        let line = "0 0 0 * * ?";
        for (now, latest, next) in [
            ("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
            ("2026-03-01T00:00:00.5Z", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
            ("2026-02-28T23:59:59.999Z", "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"),
        ] {
            assert_eq!(latest_tick(line, at(now)), Some(at(latest)), "{now}");
            assert_eq!(next_tick(line, at(now)), Some(at(next)), "{now}");
        }
    }

    #[test]
    fn every_second_has_the_present_one() {
        let now = at("2026-03-01T10:20:30.25Z");
        assert_eq!(latest_tick("* * * * * *", now), Some(at("2026-03-01T10:20:30Z")));
    }

    #[test]
    fn a_bad_line_is_refused_with_its_name() {
        let error = Schedule::new("sweep", "every day", NewJob::new("default", "sweep", json!({})));
        assert!(
            error
                .expect_err("refused")
                .to_string()
                .starts_with("schedule sweep: the cron line \"every day\"")
        );
    }
}
