//! What the next sweep would take, and why.

use super::work;
use crate::{
    error::{PageError, Result},
    format::{bytes, count, grouped, relative_time},
    layout::Page,
    page_context::PageContext,
    wording,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    permission::Operator,
    storage::plan::{self, Action, Plan},
};
use jobs::{
    all::storage_gc_plan::{StorageGcPlan, paused_guard},
    read,
};
use maud::{Markup, html};
use poem::Response;

/// Blobs that each sweep would look at, of which the page tells.
const SEEN_MAX: u64 = 400;
/// Likewise of the question before a plan is carried out.
const ASKED_MAX: u64 = 10_000;
/// A plan that is older is looked at again before it is carried out.
const PLAN_AGE_MAX: TimeDelta = TimeDelta::hours(1);
/// Blobs in the table.
const SHOWN_MAX: usize = 50;

/// The plan as of now.
///
/// # Errors
/// The database refuses.
pub(crate) async fn section(ctx: &PageContext<'_>) -> Result<Markup> {
    let (app, now) = (&ctx.state.app, ctx.state.app.now());
    let plan = plan::make_within(&app.db, now, SEEN_MAX).await?;
    let schedules = read::schedules(&app.pool).await?;
    let sweeps = schedules.iter().filter(|entry| entry.kind.starts_with("storage-gc-"));
    Ok(html! {
        h2 { "What the next sweep takes" }
        p class="under" {
            "Nothing that something refers to goes. What goes is hidden first, and can be brought back until its "
            "time of grace is over. "
            @for entry in sweeps {
                a href="/admin/schedule" { (entry.name) }
                @if entry.paused_at.is_some() { " is paused. " }
                @else { " runs " (relative_time(entry.next_tick, now)) ". " }
            }
        }
        @if plan.items.is_empty() {
            p class="empty" {
                @if plan.is_cut {
                    "None of the first " (grouped(i64::try_from(plan.seen).unwrap_or(i64::MAX)))
                    " that are due would go: something refers to each."
                } @else { "Nothing would go now." }
            }
        }
        @else {
            (totals(&plan))
            @if ctx.visitor.operates() {
                div class="bar" {
                    form method="post" action="/admin/storage/sweep/ask" {
                        input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                        button { "Carry it out now…" }
                    }
                    (work::switch(ctx, work::PLAN, "plans").await?)
                }
            }
            (table(&plan))
        }
        (work::paused(ctx, work::PLAN, now).await?)
        (work::carried_out(ctx).await?)
    })
}

/// Asks, with the plan as of now. Changes nothing.
///
/// # Errors
/// Nothing may go now, or the database refuses.
pub(crate) async fn ask(ctx: &PageContext<'_>) -> Result<Response> {
    let (app, now) = (&ctx.state.app, ctx.state.app.now());
    refuse_when_guarded(ctx).await?;
    let plan = plan::make_within(&app.db, now, ASKED_MAX).await?;
    let number = i64::try_from(plan.items.len()).unwrap_or(i64::MAX);
    let more = if plan.is_cut { " or more" } else { "" };
    let body = html! {
        p class="path" { a href="/admin/storage" { "Storage" } " / What the next sweep takes" }
        h1 { "Carry out the plan for " (count(number, "blob", "blobs")) (more) "?" }
        @if plan.items.is_empty() { p { "Nothing would go now." } } @else { (totals(&plan)) }
        p {
            "What is hidden can be brought back until its time of grace is over; what is removed for good cannot. "
            "Only what is due at this moment goes, and of that nothing that something refers to by then. It can be "
            "cancelled: what went by then is gone."
        }
        form method="post" action="/admin/storage/sweep/start" class="confirm" {
            input type="hidden" name="csrf" value=(ctx.visitor.csrf());
            input type="hidden" name="at" value=(plan.at.to_rfc3339());
            button class="primary" disabled[plan.items.is_empty()] {
                "Carry it out for " (count(number, "blob", "blobs")) (more)
            }
            a href="/admin/storage" { "Go back" }
        }
        @if !plan.items.is_empty() { (table(&plan)) }
    };
    let page = Page {
        title: "Carry out the plan",
        section: "/admin/storage",
        visitor: ctx.visitor,
        follows: None,
        notice: None,
    };
    Ok(page.show(&body))
}

/// Carries out what somebody saw.
///
/// # Errors
/// Its moment cannot be, nothing may go now, or the database refuses.
pub(crate) async fn carry_out(ctx: &PageContext<'_>, operator: &Operator) -> Result<&'static str> {
    let (now, should) = (ctx.state.app.now(), "the moment of a plan, such as 2026-05-01T12:00:00Z");
    refuse_when_guarded(ctx).await?;
    let at: Option<DateTime<Utc>> = ctx.fields.parsed("at", should)?;
    let at = at.ok_or_else(|| PageError::Wrong(format!("at: should be {should}")))?;
    if at > now || at < now - PLAN_AGE_MAX {
        return Err(PageError::Wrong("at: the plan is too old: look at what would go now".to_owned()));
    }
    work::start(ctx, operator, &StorageGcPlan { at }).await
}

async fn refuse_when_guarded(ctx: &PageContext<'_>) -> Result<()> {
    match paused_guard(&jobs::admin::controls(&ctx.state.app.pool).await?) {
        Some(kind) => Err(PageError::Wrong(format!(
            "jobs of the kind {kind} are paused, so nothing goes: resume them first, if whoever paused them agrees"
        ))),
        None => Ok(()),
    }
}

fn totals(plan: &Plan) -> Markup {
    let of = |action| {
        let (number, sum) = plan.total(action);
        (i64::try_from(number).unwrap_or(i64::MAX), i64::try_from(sum).unwrap_or(i64::MAX))
    };
    html! {
        p {
            @if plan.is_cut { "At least " }
            @else { "Of " (grouped(i64::try_from(plan.seen).unwrap_or(i64::MAX))) " that are due: " }
            @for (place, (action, words)) in WORDS.into_iter().filter(|(action, _)| of(*action).0 > 0).enumerate() {
                @if place > 0 { "; " }
                (count(of(action).0, "blob", "blobs")) " (" (bytes(of(action).1)) ") would be " (words)
            }
            "."
        }
    }
}

const WORDS: [(Action, &str); 3] =
    [(Action::Hide, "hidden"), (Action::GiveUp, "given up"), (Action::Remove, "removed for good")];

fn table(plan: &Plan) -> Markup {
    let word = |action| WORDS.into_iter().find(|(known, _)| *known == action).map_or("", |(_, word)| word);
    html! {
        div class="scroll tall" role="region" tabindex="0" aria-label="What the next sweep takes" { table {
            thead { tr { th { "ID" } th { "Action" } th { "Bucket" } th class="n" { "Size" } th { "Reason" } } }
            tbody { @for item in plan.items.iter().take(SHOWN_MAX) {
                tr {
                    td { a href={ "/admin/storage/objects/" (item.id) } { code { (item.id) } } }
                    td { (word(item.action)) } td { (item.bucket) }
                    td class="n" { (bytes(item.bytes)) } td class="error" { (wording::cause(item)) }
                }
            } }
        } }
        @if plan.items.len() > SHOWN_MAX || plan.is_cut {
            p class="under" { "There are more: " code { "atelier storage gc --dry-run --json" } " lists all of them." }
        }
    }
}
