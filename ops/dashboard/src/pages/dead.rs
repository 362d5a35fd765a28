//! Dead jobs, by what went wrong.

use crate::{
    error::Result,
    layout::Page,
    look::Look,
    pages::{bulk, failing},
    words::{count, grouped, moment, short},
};
use jobs::read::{self, GROUPS_LOOKED_AT, Group};
use maud::{Markup, html};
use poem::Response;

const ERROR_CHARS: usize = 400;

/// The page.
///
/// # Errors
/// Those of the database.
pub(crate) async fn show(look: &Look<'_>) -> Result<Response> {
    let groups = read::groups(&look.state.app.pool).await?;
    let total: i64 = groups.iter().map(|group| group.count).sum();
    let body = html! {
        h1 { "Dead jobs" }
        p class="lead" {
            "Jobs that failed for good. They stay until somebody retries or discards them."
            @if total >= GROUPS_LOOKED_AT { " Only the newest " (grouped(GROUPS_LOOKED_AT)) " are counted." }
        }
        @if groups.is_empty() { p class="empty" { "There is none." } }
        @for group in &groups { (card(look, group)) }
    };
    let notice = bulk::notice(&look.fields);
    let page = Page {
        title: "Dead jobs",
        place: "/admin/dead",
        visitor: look.visitor,
        address: &look.address,
        notice,
    };
    Ok(page.show(&body))
}

fn card(look: &Look<'_>, group: &Group) -> Markup {
    let now = look.state.app.now();
    let list = format!("/admin/jobs?state=dead&group={}", group.fingerprint);
    let summary = jobs::entry(&group.kind).map(|entry| entry.summary);
    html! {
        article class="group" {
            h2 { a href=(list) { (count(group.count, "job", "jobs")) } " of " (group.kind) }
            @if let Some(summary) = summary { p class="under" { (summary) } }
            pre { (short(&group.error, ERROR_CHARS)) }
            @if let Some(advice) = failing::advice(look, &group.kind, &group.error) { p { (advice) } }
            p class="under" {
                "First " (moment(group.first_at, now)) ", last " (moment(group.last_at, now)) ", for example "
                a href={ "/admin/jobs/" (group.sample) } { "job " (group.sample) }
            }
            @if look.visitor.operates() {
                div class="bar" {
                    @for (action, label) in [("retry", "Retry them…"), ("discard", "Discard them…")] {
                        form method="post" action="/admin/jobs/confirm" {
                            input type="hidden" name="csrf" value=(look.visitor.csrf());
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
