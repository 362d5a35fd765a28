//! One job: what it is for, where it stands, what it told, and why attempts failed.

use super::{bulk, failing, jobs::state};
use crate::{
    error::{PageError, Result},
    format::{grouped, relative_time, span},
    layout::Page,
    page_context::PageContext,
};
use chrono::{DateTime, Utc};
use domain::permission::Operator;
use jobs::{
    Rehearsed,
    admin::{Action, PRIORITY_MAX},
    read::{self, Failure, Shown, State},
};
use maud::{Markup, html};
use poem::Response;
use serde_json::Value;

/// The page.
///
/// # Errors
/// There is no such job (any more), or the database refuses.
pub(crate) async fn show(ctx: &PageContext<'_>, id: i64) -> Result<Response> {
    let job = read::show(&ctx.state.app.pool, id).await?.ok_or(PageError::NotFound)?;
    page(ctx, &job, bulk::notice(&ctx.fields), None)
}

/// The page, with what a run would do now.
///
/// # Errors
/// As [`show`].
pub(crate) async fn rehearse(ctx: &PageContext<'_>, operator: &Operator, id: i64) -> Result<Response> {
    let job = read::show(&ctx.state.app.pool, id).await?.ok_or(PageError::NotFound)?;
    let forecast = match jobs::rehearse(&ctx.state.app, operator, &job).await {
        Ok(Rehearsed::Would(text)) => format!("A run would do this now: {text}"),
        Ok(Rehearsed::CannotTell) => "Jobs of this kind cannot tell what they would do.".to_owned(),
        Err(error) => format!("A run would fail: {error}"),
    };
    page(ctx, &job, None, Some(&forecast))
}

fn page(
    ctx: &PageContext<'_>,
    job: &Shown,
    notice: Option<String>,
    rehearsed: Option<&str>,
) -> Result<Response> {
    let now = ctx.state.app.now();
    let entry = jobs::entry(&job.kind);
    let body = html! {
        p class="path" { a href="/admin/jobs" { "Jobs" } " / " (job.id) }
        h1 { (job.kind) " " span class="number" { (job.id) } " " (state(job.state)) }
        p class="lead" { @match entry {
            Some(entry) => (entry.summary),
            None => "This program knows no such kind: an older or a newer one asked for it.",
        } }
        @if ctx.visitor.operates() { (actions(ctx, job)) }
        @if let Some(forecast) = rehearsed { p class="notice" role="status" { (forecast) } }
        (progress(job))
        div class="columns" {
            section { h2 { "Details" } (facts(job, now)) }
            section { h2 { "Payload" } pre { (pretty(&shown_payload(job))) } @if let Some(origin) = &job.origin {
                h2 { "Created by" } (asked_by(origin))
            } }
        }
        (attempts(ctx, job))
    };
    let title = format!("{} {}", job.kind, job.id);
    let address = format!("/admin/jobs/{}", job.id);
    let follows = rehearsed.is_none().then_some(address.as_str());
    let page = Page { title: &title, section: "/admin/jobs", visitor: ctx.visitor, follows, notice };
    Ok(page.show(&body))
}

/// A kind that is not known declares nothing: then nothing is shown.
fn shown_payload(job: &Shown) -> Value {
    jobs::entry(&job.kind).map_or_else(|| "(hidden)".into(), |entry| entry.shown_payload(&job.payload))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn actions(ctx: &PageContext<'_>, job: &Shown) -> Markup {
    let possible = [
        (Action::Retry, "Retry"),
        (Action::Cancel, "Cancel"),
        (Action::Discard, "Discard"),
        (Action::RunNow, "Run now"),
    ];
    let possible = possible.into_iter().filter(|(action, _)| action.applies_to().contains(&job.state));
    let dead = Action::Retry.applies_to().contains(&job.state);
    html! {
        div class="bar" {
            @for (action, label) in possible {
                form method="post" action="/admin/jobs/act" {
                    input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                    input type="hidden" name="action" value=(action.name());
                    input type="hidden" name="id" value=(job.id);
                    input type="hidden" name="back" value="job";
                    button class=[(action == Action::Retry).then_some("primary")] { (label) }
                }
            }
            @if Action::Prioritise(0).applies_to().contains(&job.state) {
                form class="bar" method="post" action="/admin/jobs/act" {
                    input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                    input type="hidden" name="action" value="prioritise";
                    input type="hidden" name="id" value=(job.id);
                    input type="hidden" name="back" value="job";
                    label class="inline" { "Priority"
                        input type="number" name="priority" min="0" max=(PRIORITY_MAX) required value=(job.priority);
                    }
                    button { "Change" span class="sr" { " the priority" } }
                }
            }
            @if dead {
                form method="post" action={ "/admin/jobs/" (job.id) "/rehearse" } {
                    input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                    button { "Dry run" }
                }
            }
        }
        @if let Some(who) = &job.cancel_by { p { (who) " cancelled it; it has not stopped yet." } }
    }
}

/// `{done, total, message, log: [{ms, text}]}`
fn progress(job: &Shown) -> Markup {
    let Some(progress) = &job.progress else { return html! {} };
    let (done, total) = (progress["done"].as_i64(), progress["total"].as_i64());
    let lines = progress["log"].as_array().map(Vec::as_slice).unwrap_or_default();
    html! {
        section class="progress" {
            h2 { "Progress" }
            @if let Some(done) = done {
                @if let Some(total) = total { progress value=(done) max=(total.max(1)) aria-label="Progress" {} }
                p { (grouped(done)) @if let Some(total) = total { " of " (grouped(total)) } " "
                    (progress["message"].as_str().unwrap_or_default()) }
            }
            @if !lines.is_empty() {
                ol class="log" { @for line in lines {
                    li {
                        @if let Some(ms) = line["ms"].as_i64() { span class="at" { (ms) " ms" } }
                        (line["text"].as_str().unwrap_or_default())
                    }
                } }
            }
        }
    }
}

fn facts(job: &Shown, now: DateTime<Utc>) -> Markup {
    let waited = job.started_at.map(|at| span(at - job.run_at));
    let until = job.finished_at.or_else(|| (job.state == State::Running).then_some(now));
    let ran = job.started_at.zip(until).map(|(from, to)| span(to - from));
    let verifies = jobs::entry(&job.kind).and_then(|entry| entry.post_condition);
    html! {
        dl class="list" {
            dt { "Queue" } dd { a href={ "/admin/jobs?queue=" (job.queue) } { (job.queue) } }
            dt { "Attempts" } dd { (job.attempt) " of " (job.max_attempts) }
            dt { "Priority" } dd { (job.priority) @if job.housekeeping { ", housekeeping: waits for a quiet moment" } }
            dt { "Created" } dd { (relative_time(job.enqueued_at, now)) }
            dt { "Due" } dd { (relative_time(job.run_at, now)) }
            @if let Some(at) = job.started_at { dt { "Started" } dd { (relative_time(at, now)) } }
            @if let Some(at) = job.finished_at { dt { "Finished" } dd { (relative_time(at, now)) } }
            @if let Some(waited) = waited { dt { "Waited" } dd { (waited) } }
            @if let Some(ran) = ran { dt { "Duration" } dd { (ran) } }
            @if let Some(what) = verifies { dt { "Verifies" } dd { (what) } }
            @if let Some(key) = &job.unique_key { dt { "Unique key" } dd { code { (key) } } }
            @if let Some(trace) = job.trace_id() { dt { "Trace" } dd { code { (trace) } } }
            @if let Some(team) = job.tenant {
                dt { "Team" } dd {
                    a href={ "/admin/teams/" (team) } { code { (team) } }
                    ", " a href={ "/admin/jobs?team=" (team) } { "its jobs" }
                }
            }
            @if job.clock_shift_ms != 0 { dt { "Clock" } dd { "moved by " (job.clock_shift_ms / 1000) " s" } }
        }
    }
}

/// `{request_id, profile_id, parent, operator}`
fn asked_by(origin: &Value) -> Markup {
    html! {
        dl class="list" {
            @if let Some(id) = origin["profile_id"].as_str() {
                dt { "Person" } dd { a href={ "/admin/people/" (id) } { code { (id) } } }
            }
            @for (name, label) in [("operator", "Operator"), ("request_id", "Request"), ("schedule", "Schedule")] {
                @if let Some(text) = origin[name].as_str() { dt { (label) } dd { code { (text) } } }
            }
            @if let Some(parent) = origin["parent"].as_i64() {
                dt { "Job" } dd { a href={ "/admin/jobs/" (parent) } { (parent) } }
            }
        }
    }
}

fn attempts(ctx: &PageContext<'_>, job: &Shown) -> Markup {
    let now = ctx.state.app.now();
    let ended_well = job.state == State::Done;
    let advice = job.errors.last().filter(|_| !ended_well);
    let advice = advice.and_then(|failure| failing::advice(ctx, &job.kind, &failure.error));
    html! {
        @if !job.errors.is_empty() {
            section {
                h2 { "Failed attempts" }
                @if let Some(advice) = advice { p { (advice) } }
                @for Failure { attempt, at, ms, error } in job.errors.iter().rev() {
                    article class="failure" {
                        h3 {
                            "Attempt " (attempt) ", " (relative_time(*at, now))
                            @if let Some(ms) = ms { ", after " (ms) " ms" }
                        }
                        pre { (error) }
                    }
                }
            }
        }
    }
}
