//! Scrubs and moves: those under way, the last ones, and how to start, stop and hold them.

use super::repair;
use crate::{
    error::Result,
    format::{bytes, count, grouped, relative_time},
    page_context::PageContext,
    wording,
};
use chrono::{DateTime, Utc};
use domain::{
    permission::Operator,
    storage::{
        bucket::BUCKETS,
        scrub::{self, Finding, Kind, Scrub, Tally},
    },
};
use jobs::{
    Enqueue, Job,
    admin::{Action, Control, Scope},
    read::{self, Shown, State},
};
use maud::{Markup, html};

const SCRUB: &str = "storage-scrub";
const MOVE: &str = "storage-migrate";
pub(super) const PLAN: &str = "storage-gc-plan";

/// Jobs of a kind in its table.
const JOBS_MAX: i64 = 5;
/// Findings of the last scrub.
const FINDINGS_MAX: u64 = 50;

/// Scrubs, and what the last one found.
///
/// # Errors
/// The database refuses.
pub(crate) async fn scrubs(ctx: &PageContext<'_>) -> Result<Markup> {
    let (app, now) = (&ctx.state.app, ctx.state.app.now());
    let known = read::newest(&app.pool, SCRUB, JOBS_MAX).await?;
    let last = scrub::latest(&app.db, None).await?;
    let report = match &last {
        Some(last) => {
            let tallies = scrub::tally(&app.db, last.id).await?;
            let found = scrub::findings(&app.db, last.id, None, FINDINGS_MAX).await;
            report(last, &tallies, &found?, now)
        }
        None => html! { p class="empty" { "No scrub has looked yet, or none within 90 days." } },
    };
    Ok(html! {
        h2 { "Scrubs" }
        p class="under" {
            "A scrub compares everything that is stored with its rows. A quick one measures, a deep one reads every "
            "byte. It repairs what it is told to, and else nothing."
        }
        @if ctx.visitor.operates() {
            div class="bar" {
                form class="bar" method="post" action="/admin/storage/scrub/start" {
                    input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                    button name="depth" value="quick" { "Start a quick scrub" }
                    button name="depth" value="deep" { "Start a deep scrub" }
                }
                (switch(ctx, SCRUB, "scrubs").await?)
            }
            (repair::form(ctx))
        }
        (paused(ctx, SCRUB, now).await?)
        (table(ctx, &known, "Scrubs", SCRUB))
        h3 class="apart" { "What the last scrub found" }
        (report)
    })
}

/// Plans of the sweeps that somebody carried out; nothing when there was none.
///
/// # Errors
/// The database refuses.
pub(super) async fn carried_out(ctx: &PageContext<'_>) -> Result<Markup> {
    let known = read::newest(&ctx.state.app.pool, PLAN, JOBS_MAX).await?;
    Ok(html! { @if !known.is_empty() {
        h3 class="apart" { "Carried out by hand" }
        (table(ctx, &known, "Carried out by hand", PLAN))
    } })
}

/// Moves from one backend to another.
///
/// # Errors
/// The database refuses.
pub(crate) async fn moves(ctx: &PageContext<'_>) -> Result<Markup> {
    let (app, now) = (&ctx.state.app, ctx.state.app.now());
    let known = read::newest(&app.pool, MOVE, JOBS_MAX).await?;
    let backends: Vec<&str> = app.blobs.backends().map(|backend| backend.as_str()).collect();
    let default = app.blobs.default_backend().as_str();
    Ok(html! {
        h2 { "Moves" }
        p class="under" {
            "From one backend to another, while everything runs. First let new blobs go to the new one: "
            code { "PENPOT_OBJECTS_STORAGE_BACKEND" } ", in every process."
        }
        @if ctx.visitor.operates() && backends.len() > 1 {
            form class="filters" method="post" action="/admin/storage/migrate/ask" {
                input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                label { "From" select name="from" {
                    @for name in backends.iter().filter(|name| **name != default) { option value=(name) { (name) } }
                } }
                label { "To" select name="to" {
                    @for name in &backends { option value=(name) selected[*name == default] { (name) } }
                } }
                label { "Bucket" select name="bucket" {
                    option value="" { "all" }
                    @for bucket in BUCKETS { option value=(bucket.name.as_str()) { (bucket.name.as_str()) } }
                } }
                button { "Move…" }
            }
            div class="bar" { (switch(ctx, MOVE, "moves").await?) }
        }
        (paused(ctx, MOVE, now).await?)
        (table(ctx, &known, "Moves", MOVE))
    })
}

async fn control(ctx: &PageContext<'_>, kind: &str) -> Result<Option<Control>> {
    let controls = jobs::admin::controls(&ctx.state.app.pool).await?;
    let of_kind = |control: &Control| matches!(&control.scope, Scope::Kind(name) if name == kind);
    Ok(controls.into_iter().find(|control| of_kind(control) && control.paused_at.is_some()))
}

pub(super) async fn switch(ctx: &PageContext<'_>, kind: &str, what: &str) -> Result<Markup> {
    let (action, label) =
        if control(ctx, kind).await?.is_some() { ("resume", "Resume") } else { ("pause", "Pause") };
    Ok(html! {
        form method="post" action={ "/admin/storage/" (kind) "/" (action) } {
            input type="hidden" name="csrf" value=(ctx.visitor.csrf());
            button { (label) " " (what) }
        }
    })
}

pub(super) async fn paused(ctx: &PageContext<'_>, kind: &str, now: DateTime<Utc>) -> Result<Markup> {
    let Some(control) = control(ctx, kind).await? else { return Ok(html! {}) };
    Ok(html! {
        p { span class="state paused" { "paused" } " by " (control.paused_by.as_deref().unwrap_or("somebody"))
            @if let Some(at) = control.paused_at { " " (relative_time(at, now)) } "; they go on where they were." }
    })
}

fn table(ctx: &PageContext<'_>, jobs: &[Shown], label: &str, kind: &str) -> Markup {
    let now = ctx.state.app.now();
    html! {
        @if jobs.is_empty() { p class="empty" { "None lately." } }
        @else {
            div class="scroll" role="region" tabindex="0" aria-label=(label) { table {
                thead { tr {
                    th { "ID" } th { "State" } th { "Details" } th { "Progress" } th { "Created" }
                    @if ctx.visitor.operates() { th { "Actions" } }
                } }
                tbody { @for job in jobs { (row(ctx, job, now)) } }
            } }
            p class="under" { a href={ "/admin/jobs?kind=" (kind) } { "All of them" } }
        }
    }
}

fn row(ctx: &PageContext<'_>, job: &Shown, now: DateTime<Utc>) -> Markup {
    html! {
        tr {
            td { a href={ "/admin/jobs/" (job.id) } { (job.id) } }
            td { span class={ "state " (job.state.name()) } { (job.state.name()) } }
            td { (about(job)) }
            td class="progress" { (progress(job)) }
            td { (relative_time(job.enqueued_at, now)) }
            @if ctx.visitor.operates() { td {
                @if Action::Cancel.applies_to().contains(&job.state) && job.cancel_by.is_none() {
                    form method="post" action="/admin/jobs/confirm" {
                        input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                        input type="hidden" name="which" value="selected";
                        input type="hidden" name="id" value=(job.id);
                        button name="action" value="cancel" { "Cancel…" span class="sr" { " job " (job.id) } }
                    }
                }
            } }
        }
    }
}

/// The payload in words; it holds no secrets.
fn about(job: &Shown) -> String {
    let text = |name: &str| job.payload[name].as_str().unwrap_or("?").to_owned();
    if job.kind == PLAN {
        return format!("what was due at {}", text("at"));
    }
    if job.kind == SCRUB {
        let depth = if job.payload["deep"].as_bool() == Some(true) { "deep" } else { "quick" };
        let kinds = job.payload["repair"].as_array().into_iter().flatten().filter_map(|kind| kind.as_str());
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        return if kinds.is_empty() { depth.to_owned() } else { format!("{depth}, repairs {kinds}") };
    }
    let bucket = job.payload["bucket"].as_str().map(|name| format!(", only {name}")).unwrap_or_default();
    format!("{} to {}{bucket}", text("from"), text("to"))
}

fn progress(job: &Shown) -> Markup {
    let Some(progress) = &job.progress else { return html! {} };
    let (done, total) = (progress["done"].as_i64(), progress["total"].as_i64());
    html! {
        @if let Some((done, total)) = done.zip(total) {
            progress value=(done) max=(total.max(1)) aria-label="Progress" {}
            " " (grouped(done)) " of " (grouped(total)) " "
        } @else if job.state == State::Running { progress aria-label="Progress" {} " " }
        (progress["message"].as_str().unwrap_or_default())
    }
}

fn report(scrub: &Scrub, tallies: &[Tally], found: &[Finding], now: DateTime<Utc>) -> Markup {
    html! {
        p class="under" {
            a href={ "/admin/jobs/" (scrub.id) } { "Job " (scrub.id) }
            ", " (if scrub.is_deep { "deep" } else { "quick" })
            ", began " (relative_time(scrub.started_at, now))
            @match scrub.finished_at { Some(at) => { ", ended " (relative_time(at, now)) }, None => ", has not ended" }
            ": " (count(scrub.rows_seen, "row", "rows")) ", " (bytes(scrub.bytes_seen)) " read, "
            (count(scrub.blobs_seen, "blob", "blobs")) "."
        }
        @if tallies.is_empty() {
            p class="fine" {
                @if scrub.is_done() { "Nothing is wrong." } @else { "Nothing was found so far." }
            }
        } @else {
            ul class="tallies" { @for one in tallies {
                li {
                    b { (grouped(one.count)) " " (one.kind) } ", " (bytes(one.bytes)) ", "
                    (grouped(one.repaired)) " repaired: " (repair::means(one.kind.known()))
                }
            } }
            (findings(found))
            p class="under" { code { "atelier storage report" } " lists all of them." }
        }
    }
}

fn findings(found: &[Finding]) -> Markup {
    html! {
        div class="scroll tall" role="region" tabindex="0" aria-label="Findings" { table {
            thead { tr {
                th { "ID" } th { "Kind" } th { "Backend" } th class="n" { "Size" } th { "Detail" }
                th { "Repair" }
            } }
            tbody { @for one in found {
                tr {
                    td {
                        // Bytes without a row have no page.
                        @if one.kind == Kind::Stray { code { (one.object_id) } }
                        @else { a href={ "/admin/storage/objects/" (one.object_id) } { code { (one.object_id) } } }
                    }
                    td { (one.kind) } td { (one.backend) } td class="n" { (bytes(one.size)) }
                    td class="error" { (wording::detail(one)) }
                    td { (wording::repair(one).as_deref().unwrap_or("none")) }
                }
            } }
        } }
    }
}

/// Asks for a job; what became of that, as the page is told.
pub(super) async fn start<J: Job>(
    ctx: &PageContext<'_>,
    operator: &Operator,
    job: &J,
) -> Result<&'static str> {
    let started = jobs::enqueue(&ctx.state.app.db, operator, job, Enqueue::default()).await?;
    ctx.state.waker.wake();
    Ok(if started.is_some() { "started" } else { "twin" })
}
