//! How the queues fare, and what needs somebody first.

use crate::{
    chart::{Bar, bars},
    error::{PageError, Result},
    format::{grouped, relative_time, seconds, span},
    layout::{Page, see_other},
    page_context::PageContext,
    pages::failing,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::permission::Operator;
use jobs::{
    Queue,
    admin::Scope,
    read::{self, Depth, QueueStats, Sample, ScheduleShown, State, WorkerShown},
};
use maud::{Markup, html};
use poem::Response;
use std::time::Duration;

/// A wait that somebody should know of, seconds.
const LONG_WAIT_S: f64 = 300.0;

/// What the charts show: name, whole, one bar.
const SPANS: [(&str, TimeDelta, Duration); 3] = [
    ("1h", TimeDelta::hours(1), Duration::from_secs(60)),
    ("24h", TimeDelta::hours(24), Duration::from_secs(15 * 60)),
    ("7d", TimeDelta::days(7), Duration::from_secs(2 * 3600)),
];

/// The page.
///
/// # Errors
/// Those of the database.
pub(crate) async fn show(ctx: &PageContext<'_>) -> Result<Response> {
    let (pool, now) = (&ctx.state.app.pool, ctx.state.app.now());
    let wanted = ctx.fields.get("span").unwrap_or("1h");
    let chosen = SPANS.into_iter().find(|(name, ..)| *name == wanted);
    let (name, whole, one) =
        chosen.ok_or_else(|| PageError::Wrong("span: should be 1h, 24h or 7d".to_owned()))?;
    let queues = read::stats(pool, &Queue::ALL.map(Queue::name)).await?;
    let workers = read::workers(pool).await?;
    let schedules = read::schedules(pool).await?;
    let failing = failing::sentences(ctx, &read::failing(pool).await?);
    let samples = read::samples(pool, now - whole, one).await?;
    let body = html! {
        h1 { "Overview" }
        (attention(&queues, &workers, &schedules, failing, now))
        div class="spans" role="group" aria-label="Span of the charts" {
            @for (other, ..) in SPANS {
                a href={ "/admin?span=" (other) } aria-current=[(other == name).then_some("true")] { (other) }
            }
        }
        div class="cards" {
            @for queue in &queues {
                (card(ctx, queue, &series(&samples, &queue.queue, now, whole, one), name))
            }
        }
        h2 { "Workers" }
        (worker_table(&workers, now))
    };
    let notice = ctx.fields.get("did").and_then(|did| match did {
        "paused" => Some("Nothing of that queue starts any more; what runs goes on.".to_owned()),
        "resumed" => Some("The queue goes on.".to_owned()),
        _ => None,
    });
    let page = Page {
        title: "Overview",
        section: "/admin",
        visitor: ctx.visitor,
        follows: Some(&ctx.address),
        notice,
    };
    Ok(page.show(&body))
}

/// Pauses a queue or lets it go on.
///
/// # Errors
/// There is no such queue or action, or the database refuses.
pub(crate) async fn switch(
    ctx: &PageContext<'_>,
    operator: &Operator,
    name: &str,
    action: &str,
) -> Result<Response> {
    let queue = Queue::ALL.into_iter().find(|queue| queue.name() == name).ok_or(PageError::NotFound)?;
    let (pool, scope) = (&ctx.state.app.pool, Scope::Queue(queue.name().to_owned()));
    let did = match action {
        "pause" => {
            jobs::admin::pause(pool, &scope, operator.name()).await?;
            "paused"
        }
        "resume" => {
            jobs::admin::resume(pool, &scope, operator.name()).await?;
            "resumed"
        }
        _ => return Err(PageError::NotFound),
    };
    Ok(see_other(&format!("/admin?did={did}")))
}

/// One bar for each part of the span, also for those in which nothing was there.
fn series(samples: &[Sample], queue: &str, now: DateTime<Utc>, whole: TimeDelta, one: Duration) -> Vec<Bar> {
    let one = i64::try_from(one.as_secs()).unwrap_or(60);
    let last = now.timestamp().div_euclid(one);
    let count = whole.num_seconds() / one;
    let mut bars = vec![Bar::default(); usize::try_from(count).unwrap_or(0)];
    for sample in samples.iter().filter(|sample| sample.queue == queue) {
        let back = last - sample.at.timestamp().div_euclid(one);
        if let Ok(at) = usize::try_from(count - 1 - back)
            && let Some(bar) = bars.get_mut(at)
        {
            *bar = Bar { done: sample.done, failed: sample.failed };
        }
    }
    bars
}

fn card(ctx: &PageContext<'_>, queue: &QueueStats, bars_: &[Bar], span: &str) -> Markup {
    let (done, failed) =
        bars_.iter().fold((0, 0), |(done, failed), bar| (done + bar.done, failed + bar.failed));
    let about = format!("{} attempts ended well and {} failed in {span}", grouped(done), grouped(failed));
    let paused = queue.control.as_ref().is_some_and(|control| control.paused_at.is_some());
    let list = |state: State| format!("/admin/jobs?queue={}&state={}", queue.queue, state.name());
    html! {
        section class="card" aria-labelledby={ "queue-" (queue.queue) } {
            header {
                h3 id={ "queue-" (queue.queue) } { a href={ "/admin/jobs?queue=" (queue.queue) } { (queue.queue) } }
                @if paused { span class="state paused" { "paused" } }
            }
            dl class="facts" {
                (fact("ready", &depth(queue.ready), &list(State::Ready), false))
                (fact("running", &format!("{} of {}", queue.running, queue.slots), &list(State::Running), false))
                (fact("scheduled", &depth(queue.scheduled), &list(State::Scheduled), false))
                (fact("dead", &depth(queue.dead), &list(State::Dead), queue.dead.0 > 0))
            }
            (bars(bars_, &about))
            p class="under" {
                (grouped(done)) " done, "
                span class=[(failed > 0).then_some("bad")] { (grouped(failed)) " failed" }
                " in " (span)
                @if queue.oldest_ready_s > 0.0 { ", the oldest waits " (seconds(queue.oldest_ready_s)) }
            }
            @if ctx.visitor.operates() {
                @let action = if paused { "resume" } else { "pause" };
                form method="post" action={ "/admin/queues/" (queue.queue) "/" (action) } {
                    input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                    button { @if paused { "Resume" } @else { "Pause" } span class="sr" { " queue " (queue.queue) } }
                }
            }
        }
    }
}

fn fact(name: &str, value: &str, address: &str, bad: bool) -> Markup {
    html! {
        div { dt { (name) } dd class=[bad.then_some("bad")] { a href=(address) { (value) } } }
    }
}

fn depth(depth: Depth) -> String {
    format!("{}{}", grouped(depth.0), if depth.is_cut() { "+" } else { "" })
}

/// What needs somebody, the most urgent first, in words.
fn attention(
    queues: &[QueueStats],
    workers: &[WorkerShown],
    schedules: &[ScheduleShown],
    failing: Vec<Markup>,
    now: DateTime<Utc>,
) -> Markup {
    let mut items: Vec<Markup> = vec![];
    if !workers.iter().any(|worker| !worker.lost && !worker.draining) {
        items.push(html! {
            "No worker is there: nothing that is slow gets done. Start " code { "atelier worker" } "."
        });
    }
    for queue in queues {
        let name = &queue.queue;
        if let Some(control) = queue.control.as_ref().filter(|control| control.paused_at.is_some()) {
            let by = control.paused_by.as_deref().unwrap_or("somebody");
            let since = control.paused_at.map(|at| relative_time(at, now));
            items.push(
                html! { "Queue " b { (name) } " was paused by " (by) " " (since.unwrap_or_default()) "; "
                (depth(queue.ready)) " wait." },
            );
        } else if queue.ready.0 > 0 && queue.slots == 0 {
            items.push(html! {
                "Queue " b { (name) } " has " (depth(queue.ready)) " waiting and no worker with slots for it."
            });
        } else if queue.oldest_ready_s > LONG_WAIT_S {
            items.push(html! { "Queue " b { (name) } " is behind: the oldest job waits " (seconds(queue.oldest_ready_s))
                ". More workers would help." });
        }
    }
    let dead: i64 = queues.iter().map(|queue| queue.dead.0).sum();
    if dead > 0 {
        items.push(html! {
            a href="/admin/dead" { (grouped(dead)) " dead " (if dead == 1 { "job" } else { "jobs" }) }
            ": jobs that failed for good and wait for somebody."
        });
    }
    items.extend(failing);
    for lost in workers.iter().filter(|worker| worker.lost && now - worker.seen_at < TimeDelta::hours(1)) {
        items.push(
            html! { "Worker " (lost.host) ":" (lost.pid) " was last seen " (relative_time(lost.seen_at, now))
            ". Its jobs were given to others." },
        );
    }
    for entry in schedules {
        if let Some(at) = entry.paused_at {
            items.push(html! { a href="/admin/schedule" { "Schedule " (entry.name) } " is paused since "
            (span(now - at)) "." });
        } else if entry.last_run.as_ref().is_some_and(|run| run.state == State::Dead) {
            items.push(
                html! { a href="/admin/schedule" { "Schedule " (entry.name) } " failed the last time." },
            );
        }
    }
    html! {
        section class="attention" aria-label="What needs somebody" {
            @if items.is_empty() {
                p class="fine" { "All is well: nothing waits for long, nothing fails, nothing failed for good." }
            } @else {
                ul { @for item in &items { li { (item) } } }
            }
        }
    }
}

/// Workers of the last day.
pub(crate) fn worker_table(workers: &[WorkerShown], now: DateTime<Utc>) -> Markup {
    html! {
        @if workers.is_empty() { p class="empty" { "No worker was here within a day." } }
        @else {
            div class="scroll" role="region" tabindex="0" aria-label="Workers" { table {
                thead { tr {
                    th { "Worker" } th { "State" } th { "Version" } th { "Slots" } th { "Started" }
                    th { "Last seen" }
                } }
                tbody { @for worker in workers {
                    tr {
                        td { (worker.host) ":" (worker.pid) }
                        td { @match (worker.lost, worker.draining) {
                            (true, _) => span class="state dead" { "lost" },
                            (false, true) => span class="state paused" { "draining" },
                            (false, false) => span class="state done" { "running" },
                        } }
                        td { (worker.version) }
                        td { (slots(worker)) }
                        td { (relative_time(worker.started_at, now)) }
                        td { (relative_time(worker.seen_at, now)) }
                    }
                } }
            } }
        }
    }
}

/// `default 2 of 4`, for each queue.
fn slots(worker: &WorkerShown) -> String {
    let queues = worker.slots.as_object().into_iter().flatten();
    let shares = queues.map(|(queue, slots)| {
        let busy = worker.busy.get(queue).and_then(serde_json::Value::as_i64).unwrap_or(0);
        format!("{queue} {busy} of {slots}")
    });
    shares.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_span_has_a_bar() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(7_265);
        let sample = |at: i64, done| Sample {
            queue: "default".to_owned(),
            at: DateTime::UNIX_EPOCH + TimeDelta::seconds(at),
            ready: 0,
            running: 0,
            oldest_s: 0.0,
            done,
            failed: 0,
        };
        let samples = [sample(3_600, 9), sample(3_720, 1), sample(7_260, 3)];
        let bars = series(&samples, "default", now, TimeDelta::hours(1), Duration::from_secs(60));
        assert_eq!(bars.len(), 60);
        assert_eq!((bars[0].done, bars[59].done), (1, 3), "what is older than the span is left out");
        assert!(
            series(&samples, "media", now, TimeDelta::hours(1), Duration::from_secs(60))
                .iter()
                .all(|bar| bar.done == 0)
        );
    }
}
