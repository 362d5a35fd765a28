//! Dead jobs, by what went wrong.

use crate::{
    error::Result,
    format::{count, grouped, relative_time, short},
    layout::Page,
    page_context::PageContext,
    pages::{bulk, failing},
};
use jobs::read::{self, GROUPS_LOOKED_AT, Group};
use maud::{Markup, html};
use poem::Response;

const ERROR_CHARS: usize = 400;

/// The page.
///
/// # Errors
/// Those of the database.
pub(crate) async fn show(ctx: &PageContext<'_>) -> Result<Response> {
    let groups = read::groups(&ctx.state.app.pool).await?;
    let total: i64 = groups.iter().map(|group| group.count).sum();
    let body = html! {
        h1 { "Dead jobs" }
        p class="lead" {
            "Jobs that failed for good. They stay until somebody retries or discards them."
            @if total >= GROUPS_LOOKED_AT { " Only the newest " (grouped(GROUPS_LOOKED_AT)) " are counted." }
        }
        @if groups.is_empty() { p class="empty" { "There is none." } }
        @for group in &groups { (card(ctx, group)) }
    };
    let notice = bulk::notice(&ctx.fields);
    let page = Page {
        title: "Dead jobs",
        section: "/admin/dead",
        visitor: ctx.visitor,
        follows: Some(&ctx.address),
        notice,
    };
    Ok(page.show(&body))
}

fn card(ctx: &PageContext<'_>, group: &Group) -> Markup {
    let now = ctx.state.app.now();
    let list = format!("/admin/jobs?state=dead&group={}", group.fingerprint);
    let summary = jobs::entry(&group.kind).map(|entry| entry.summary);
    html! {
        article class="group" {
            h2 { a href=(list) { (count(group.count, "job", "jobs")) } " of " (group.kind) }
            @if let Some(summary) = summary { p class="under" { (summary) } }
            pre { (short(&group.error, ERROR_CHARS)) }
            @if let Some(advice) = failing::advice(ctx, &group.kind, &group.error) { p { (advice) } }
            p class="under" {
                "First " (relative_time(group.first_at, now)) ", last " (relative_time(group.last_at, now))
                ", for example "
                a href={ "/admin/jobs/" (group.sample) } { "job " (group.sample) }
            }
            @if ctx.visitor.operates() {
                div class="bar" {
                    @for (action, label) in [("retry", "Retry them…"), ("discard", "Discard them…")] {
                        form method="post" action="/admin/jobs/confirm" {
                            input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                            input type="hidden" name="which" value="all";
                            input type="hidden" name="state" value="dead";
                            input type="hidden" name="group" value=(group.fingerprint);
                            button name="action" value=(action) { (label) }
                        }
                    }
                }
            }
        }
    }
}
