//! How one worker process works.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::cron_line::Schedule;

/// How long a failed job waits: `first · 2ⁿ⁻¹`, at most `longest`, times a random factor between 0.5 and 1.5.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    /// After the first failed attempt. Default 1 s.
    pub first: Duration,
    /// Never more than this. Default 1 h.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Backoff {
        Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(3_600) }
    }
}

impl Backoff {
    pub(crate) fn delay(&self, attempt: i16) -> Duration {
        let factor = 2f64.powi(i32::from(attempt.clamp(1, 60)) - 1);
        let seconds = (self.first.as_secs_f64() * factor).min(self.longest.as_secs_f64());
        Duration::from_secs_f64(seconds * rand::random_range(0.5..1.5))
    }
}

/// How one worker process works. The defaults need no tuning.
#[derive(Debug, Clone)]
pub struct Config {
    /// The program's version, for people.
    pub version: String,
    /// Queues and their slots: how many jobs of it run at once, at least 1.
    pub queues: Vec<(String, usize)>,
    /// Jobs started by the clock. Written to `queue.schedule` at start.
    pub schedules: Vec<Schedule>,
    /// A job whose worker was not heard of for this long runs again. Renewed every third of it. Default 15 s.
    pub lease: Duration,
    /// The net under every wake-up. Default 1 s.
    pub poll: Duration,
    /// How long running jobs may go on after a shutdown began. Default 30 s.
    pub grace: Duration,
    /// How long one attempt may take when the job does not say. Default 10 min.
    pub timeout: Duration,
    /// Waits between attempts.
    pub backoff: Backoff,
    /// How long a handler may go on after somebody asked for the end of its job. Default 5 s.
    pub cancel: Duration,
    /// Housekeeping starts when nothing else has been ready or running here for this long, and the process is not busy.
    /// Zero: it is work like any other. Default 1 s.
    pub idle_after: Duration,
    /// Housekeeping that has waited for this long is work like any other. Default 1 h.
    pub housekeeping_max_wait: Duration,
    /// How long finished jobs are kept; `None`: somebody else calls [`crate::prune`].
    pub retention: Option<Duration>,
    /// Cancelled during a shutdown: running jobs are ended and given back at once, with their attempt.
    pub hurry: CancellationToken,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            version: String::new(),
            queues: vec![("default".to_owned(), 8)],
            schedules: vec![],
            lease: Duration::from_secs(15),
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(30),
            timeout: Duration::from_secs(600),
            backoff: Backoff::default(),
            cancel: Duration::from_secs(5),
            idle_after: Duration::from_secs(1),
            housekeeping_max_wait: Duration::from_secs(3_600),
            retention: None,
            hurry: CancellationToken::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_grows_and_is_bounded() {
        let backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(60) };
        for (attempt, seconds) in [(1, 1.0), (2, 2.0), (5, 16.0), (7, 60.0), (100, 60.0)] {
            let delay = backoff.delay(attempt).as_secs_f64();
            assert!((seconds * 0.5..seconds * 1.5).contains(&delay), "{attempt}: {delay}");
        }
    }
}
