//! Why a job is where it is.

use anyhow::Result;
use jobs::{
    admin::{self, Control, Scope},
    read::{self, Shown, Standing, State},
};
use platform::app::App;

use super::explanation::Explanation;
use crate::output::time;

/// Tells it.
pub(super) async fn explain(app: &App, job: &Shown) -> Result<Explanation> {
    let mut explanation = Explanation::default();
    let entry = jobs::entry(&job.kind);
    let summary = entry.map_or("this program does not know its kind", |entry| entry.summary);
    explanation.say(format!("Job {} is a {} in the queue {}: {summary}", job.id, job.kind, job.queue));
    origin(job, &mut explanation);
    match job.state {
        State::Scheduled => scheduled(job, &mut explanation),
        State::Ready => {
            explanation.say(format!("It is ready since {} and waits for a free slot.", time(job.run_at)));
        }
        State::Running => running(job, &mut explanation),
        State::Done => explanation.say(format!("It is done since {}.", ended(job))),
        State::Dead => explanation.say(format!("It is dead since {}: it failed for good.", ended(job))),
        State::Discarded => {
            explanation.say(format!("It was a dead job that somebody discarded, at {}.", ended(job)))
        }
        State::Cancelled => explanation.say(format!("It was cancelled at {}.", ended(job))),
    }
    let standing = read::standing(&app.pool, job).await?;
    if matches!(job.state, State::Scheduled | State::Ready) {
        waits(app, job, &standing, &mut explanation).await?;
    }
    attempts(job, &mut explanation);
    if let Some(trace) = job.trace_id() {
        explanation.say(format!("Its trace is {trace}."));
    }
    if let Some(what) = entry.and_then(|entry| entry.post_condition) {
        let so =
            if job.state == State::Done { "It was verified" } else { "It counts as done only when verified" };
        explanation.say(format!("{so}: {what}."));
    }
    if let (Some(twin), true) = (standing.twin, job.state.is_final()) {
        explanation
            .say(format!("It cannot be retried while job {twin} is unfinished: that has its unique key."));
    }
    next(job, standing.twin, &mut explanation);
    Ok(explanation)
}

fn ended(job: &Shown) -> String {
    job.finished_at.map_or_else(|| "some time".to_owned(), time)
}

fn origin(job: &Shown, explanation: &mut Explanation) {
    let of = |name: &str| {
        let value = job.origin.as_ref().map(|origin| &origin[name]).filter(|value| !value.is_null());
        value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let parts = [
        ("operator", "operator"),
        ("profile_id", "person"),
        ("request_id", "request"),
        ("parent", "job"),
        ("schedule", "schedule"),
    ];
    let by: Vec<String> =
        parts.iter().filter_map(|(name, what)| Some(format!("{what} {}", of(name)?))).collect();
    let by = if by.is_empty() { "somebody unknown, such as an operator".to_owned() } else { by.join(", ") };
    explanation.say(format!("It was asked for at {} by {by}.", time(job.enqueued_at)));
    if let Some(parent) = of("parent") {
        explanation.can(format!("atelier explain job {parent}"));
    }
}

fn scheduled(job: &Shown, explanation: &mut Explanation) {
    let why = if job.attempt > 0 { "for its next attempt" } else { "for its time" };
    explanation.say(format!("It waits {why}, until {}.", time(job.run_at)));
    explanation.can(format!("atelier jobs run-now {}", job.id));
}

fn running(job: &Shown, explanation: &mut Explanation) {
    let since = job.started_at.map_or_else(|| "some time".to_owned(), time);
    let worker = job.worker_id.map_or_else(String::new, |id| format!(" in the worker {id}"));
    explanation.say(format!("It runs since {since}{worker}."));
    if let Some(who) = &job.cancel_by {
        explanation.say(format!("{who} asked for its end; a job that does not stop is ended by its worker."));
    }
}

/// Everything that keeps it from starting.
async fn waits(app: &App, job: &Shown, standing: &Standing, explanation: &mut Explanation) -> Result<()> {
    for control in admin::controls(&app.pool).await? {
        let (what, running, option) = match &control.scope {
            Scope::Queue(name) if *name == job.queue => {
                ("queue", (standing.running_in_queue, &standing.some_in_queue), "--queue")
            }
            Scope::Kind(name) if *name == job.kind => {
                ("kind", (standing.running_of_kind, &standing.some_of_kind), "--kind")
            }
            _ => continue,
        };
        held(&control, what, (running.0, running.1), option, explanation);
    }
    let workers = read::workers(&app.pool).await?;
    let there = workers.iter().filter(|worker| !worker.lost && !worker.draining);
    let of = |counts: &serde_json::Value| counts[&job.queue].as_i64().unwrap_or(0);
    let slots: i64 = there.clone().map(|worker| of(&worker.slots)).sum();
    let busy: i64 = there.clone().map(|worker| of(&worker.busy)).sum();
    if slots > 0 && busy >= slots {
        explanation.say(format!("All {slots} slots of the queue {} are taken.", job.queue));
        explanation.can(format!("atelier jobs list --state running --queue {}", job.queue));
    }
    if slots == 0 {
        explanation.say(format!(
            "No worker takes jobs of the queue {}; {} are there for others.",
            job.queue,
            there.count()
        ));
        explanation.can(format!("atelier worker --queue {}=4", job.queue));
    }
    if job.state == State::Ready {
        let Standing { ahead, above, running_in_queue, .. } = standing;
        if *ahead > 0 {
            explanation.say(format!(
                "{ahead} ready jobs stand before it (teams take turns, so fewer may start first), {above} of them \
                 with a higher priority than its {}; {} run in the queue.",
                job.priority,
                running_in_queue
            ));
            explanation.can(format!("atelier jobs prioritise {} --priority {}", job.id, admin::PRIORITY_MAX));
        } else if slots > busy {
            explanation.say("Nothing stands before it.");
        }
    }
    if job.housekeeping {
        explanation.say(
            "It is housekeeping: it starts when its worker has nothing else to do, or after a long wait.",
        );
    }
    Ok(())
}

fn held(
    control: &Control,
    what: &str,
    (running, some): (i64, &[i64]),
    option: &str,
    explanation: &mut Explanation,
) {
    let name = match &control.scope {
        Scope::Queue(name) | Scope::Kind(name) => name,
    };
    if let Some(at) = control.paused_at {
        let by = control.paused_by.as_deref().unwrap_or("somebody");
        explanation
            .say(format!("Its {what} {name} is paused since {} by {by}: nothing of it starts.", time(at)));
        explanation.can(format!("atelier jobs resume {option} {name}"));
    }
    if let Some(most) = control.limits.concurrency {
        let ids: Vec<String> = some.iter().map(ToString::to_string).collect();
        let full = running >= i64::from(most);
        let reached = if full { "; that is reached" } else { "" };
        let by = if ids.is_empty() { String::new() } else { format!(" (now: {})", ids.join(", ")) };
        explanation.say(format!("At most {most} of its {what} {name} run at once{reached}{by}."));
        explanation
            .can(format!("atelier jobs limits {option} {name} --concurrency {}", most.saturating_mul(2)));
    }
    if let Some(rate) = control.limits.rate {
        explanation.say(format!("At most {} of its {what} {name} start in {} ms.", rate.max, rate.window_ms));
        explanation.can(format!("atelier jobs limits {option} {name}"));
    }
}

fn attempts(job: &Shown, explanation: &mut Explanation) {
    if job.attempt > 0 || !job.errors.is_empty() {
        explanation.say(format!("Attempt {} of {} at most.", job.attempt, job.max_attempts));
    }
    if let Some(last) = job.errors.last() {
        explanation.say(format!("Attempt {} failed at {}: {}", last.attempt, time(last.at), last.error));
    }
}

fn next(job: &Shown, twin: Option<i64>, explanation: &mut Explanation) {
    let id = job.id;
    match job.state {
        State::Scheduled | State::Ready | State::Running => {
            explanation.can(format!("atelier jobs cancel {id}"))
        }
        State::Done => {}
        State::Dead | State::Discarded | State::Cancelled => {
            match twin {
                Some(twin) => explanation.can(format!("atelier explain job {twin}")),
                None => explanation.can(format!("atelier jobs retry {id}")),
            }
            if job.state == State::Dead {
                explanation.can(format!("atelier jobs discard {id}"));
            }
        }
    }
    explanation.can(format!("atelier jobs show {id}"));
}
