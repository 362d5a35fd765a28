//! What people did to jobs, queues and schedules.

use crate::{
    error::Result,
    format::{grouped, relative_time, short},
    layout::Page,
    page_context::PageContext,
};
use jobs::read;
use maud::html;
use poem::Response;

const PAGE: i64 = 100;
const TARGET_CHARS: usize = 160;

/// The page.
///
/// # Errors
/// A field that cannot be, or the database refuses.
pub(crate) async fn show(ctx: &PageContext<'_>) -> Result<Response> {
    let before: Option<i64> = ctx.fields.parsed("before", "the number of an action")?;
    let (now, found) = (ctx.state.app.now(), read::actions(&ctx.state.app.pool, before, PAGE).await?);
    let full = found.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    let next = found.last().filter(|_| full).map(|action| action.id);
    let body = html! {
        h1 { "Actions" }
        p class="lead" { "What people did here and on the command line, newest first." }
        @if found.is_empty() { p class="empty" { "Nobody did anything yet." } }
        @else {
            div class="scroll" role="region" tabindex="0" aria-label="Actions" { table {
                thead { tr { th { "Time" } th { "By" } th { "Action" } th { "Target" } th class="n" { "Changed" } } }
                tbody { @for action in &found {
                    tr {
                        td { (relative_time(action.at, now)) } td { (action.who) } td { (action.action) }
                        td { code { (short(&action.target.to_string(), TARGET_CHARS)) } }
                        td class="n" { (grouped(action.changed)) }
                    }
                } }
            } }
        }
        nav class="pages" aria-label="Pages of the list" {
            @if before.is_some() { a href="/admin/actions" { "Newest" } }
            @if let Some(next) = next { a rel="next" href={ "/admin/actions?before=" (next) } { "Older" } }
        }
    };
    let page = Page {
        title: "Actions",
        section: "/admin/actions",
        visitor: ctx.visitor,
        follows: Some(&ctx.address),
        notice: None,
    };
    Ok(page.show(&body))
}
