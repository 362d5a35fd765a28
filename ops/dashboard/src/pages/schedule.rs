//! What the clock starts.

use super::jobs::state;
use crate::{
    error::{PageError, Result},
    format::{relative_time, short},
    layout::{Page, see_other},
    page_context::PageContext,
};
use domain::permission::Operator;
use jobs::read::{self, ScheduleShown};
use maud::{Markup, html};
use poem::Response;

const ERROR_CHARS: usize = 120;

/// The page.
///
/// # Errors
/// Those of the database.
pub(crate) async fn show(ctx: &PageContext<'_>) -> Result<Response> {
    let entries = read::schedules(&ctx.state.app.pool).await?;
    let body = html! {
        h1 { "Schedule" }
        p class="lead" { "What the clock starts, in UTC. One run at a time; a tick while one runs is left out." }
        @if entries.is_empty() { p class="empty" { "No worker has written its schedule yet." } }
        @else {
            div class="scroll" role="region" tabindex="0" aria-label="Schedule" { table {
                thead { tr {
                    th { "Name" } th { "Cron (UTC)" } th { "Next run" } th { "Last run" } th { "Result" }
                    @if ctx.visitor.operates() { th { "Actions" } }
                } }
                tbody { @for entry in &entries { (row(ctx, entry)) } }
            } }
        }
    };
    let notice = ctx.fields.get("did").and_then(|did| match did {
        "paused" => Some("The clock does not start it any more."),
        "resumed" => Some("The clock starts it again."),
        "twin" => Some("One is under way already: no other was started."),
        "run" => Some("It was started."),
        _ => None,
    });
    let page = Page {
        title: "Schedule",
        section: "/admin/schedule",
        visitor: ctx.visitor,
        follows: Some(&ctx.address),
        notice: notice.map(str::to_owned),
    };
    Ok(page.show(&body))
}

fn row(ctx: &PageContext<'_>, entry: &ScheduleShown) -> Markup {
    let now = ctx.state.app.now();
    let summary = jobs::entry(&entry.kind).map(|entry| entry.summary);
    html! {
        tr {
            td { b { (entry.name) } @if let Some(summary) = summary { p class="under" { (summary) } } }
            td { code { (entry.cron) } }
            td { @match entry.paused_at {
                Some(at) => {
                    span class="state paused" { "paused" } " " (relative_time(at, now))
                    " by " (entry.paused_by.as_deref().unwrap_or("somebody"))
                },
                None => (relative_time(entry.next_tick, now)),
            } }
            td { @if let Some(at) = entry.last_tick { (relative_time(at, now)) } @else { "never" } }
            td { @if let Some(run) = &entry.last_run {
                a href={ "/admin/jobs/" (run.id) } { (state(run.state)) }
                @if let Some(at) = run.finished_at { " " (relative_time(at, now)) }
                @if let Some(error) = &run.error { p class="under bad" { (short(error, ERROR_CHARS)) } }
            } }
            @if ctx.visitor.operates() { td { div class="bar" {
                @let other = if entry.paused_at.is_some() { ("resume", "Resume") } else { ("pause", "Pause") };
                @for (action, label) in [("run", "Run now"), other] {
                    form method="post" action={ "/admin/schedule/" (entry.name) "/" (action) } {
                        input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                        button { (label) span class="sr" { " " (entry.name) } }
                    }
                }
            } } }
        }
    }
}

/// Starts, pauses or resumes an entry.
///
/// # Errors
/// There is no such entry or action, or the database refuses.
pub(crate) async fn act(
    ctx: &PageContext<'_>,
    operator: &Operator,
    name: &str,
    action: &str,
) -> Result<Response> {
    let (pool, who) = (&ctx.state.app.pool, operator.name());
    let did = match action {
        "run" => match jobs::admin::run_schedule(pool, name, who).await? {
            Some(id) => {
                ctx.state.waker.wake();
                return Ok(see_other(&format!("/admin/jobs/{id}")));
            }
            None => "twin",
        },
        "pause" => {
            jobs::admin::pause_schedule(pool, name, who).await?;
            "paused"
        }
        "resume" => {
            jobs::admin::resume_schedule(pool, name, who).await?;
            "resumed"
        }
        _ => return Err(PageError::NotFound),
    };
    Ok(see_other(&format!("/admin/schedule?did={did}")))
}
