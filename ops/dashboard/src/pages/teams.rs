//! Finding a team by a part of its name or of its owner's email.

use crate::{
    badges,
    error::Result,
    format::relative_time,
    layout::Page,
    page_context::PageContext,
    pages::people::{TEXT_CHARS_MAX, after, sought, steps},
};
use domain::admin::{
    page_cursor::PageCursor,
    team::{self, TeamSummary},
};
use maud::{Markup, html};
use poem::Response;

/// Teams on the page.
const PAGE: u64 = 100;

/// The page.
///
/// # Errors
/// Those of the database.
pub(crate) async fn show(ctx: &PageContext<'_>) -> Result<Response> {
    let text = sought(ctx);
    let deleted = ctx.fields.get("deleted").is_some();
    let after = after(ctx)?;
    let found = team::list(&ctx.state.app.db, &text, deleted, after, PAGE).await?;
    let full = u64::try_from(found.len()).is_ok_and(|number| number >= PAGE);
    let last = found.last().filter(|_| full).map(|team| PageCursor { at: team.created_at, id: team.id.0 });
    let of_deleted = if deleted { "1" } else { "" };
    let body = html! {
        h1 { "Teams" }
        form class="filters" method="get" action="/admin/teams" role="search" {
            label { "Name or owner's email"
                input type="search" name="q" maxlength=(TEXT_CHARS_MAX) value=(text);
            }
            label class="check" { input type="checkbox" name="deleted" value="1" checked[deleted]; "Deleted teams" }
            button { "Search" }
            @if deleted || !text.is_empty() { a href="/admin/teams" { "Clear" } }
        }
        @if found.is_empty() {
            p class="empty" { @if deleted { "No deleted team matches." } @else { "No team matches." } }
        } @else {
            (table(ctx, &found))
            p class="under pages" { "Newest first." }
        }
        (steps("/admin/teams", &[("q", text.as_str()), ("deleted", of_deleted)], after.is_some(), last))
    };
    let page = Page {
        title: "Teams",
        section: "/admin/teams",
        visitor: ctx.visitor,
        follows: Some(&ctx.address),
        notice: None,
    };
    Ok(page.show(&body))
}

fn table(ctx: &PageContext<'_>, found: &[TeamSummary]) -> Markup {
    let now = ctx.state.app.now();
    html! {
        div class="scroll" role="region" tabindex="0" aria-label="Teams" { table {
            thead { tr { th { "Team" } th { "Owner" } th class="n" { "Members" } th { "State" } th { "Created" } } }
            tbody { @for team in found { tr {
                td { a href={ "/admin/teams/" (team.id) } { (team.name) } @if team.is_default { " (somebody's own)" } }
                td { (team.owner.as_deref().unwrap_or("nobody")) }
                td class="n" { (team.members) }
                td { (badges::team(team.deleted_at, now)) }
                td { (relative_time(team.created_at, now)) }
            } } }
        } }
    }
}
