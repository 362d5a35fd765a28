//! Finding somebody by a part of their email or name.

use crate::{
    badges::{self, Standing},
    error::Result,
    form::query,
    format::relative_time,
    layout::Page,
    page_context::PageContext,
};
use domain::admin::{
    page_cursor::PageCursor,
    person::{self, SEARCH_MAX},
};
use entities::profile::Model;
use maud::{Markup, html};
use poem::Response;

/// Longer texts find nothing more.
pub(crate) const TEXT_CHARS_MAX: usize = 200;

/// The page.
///
/// # Errors
/// Those of the database.
pub(crate) async fn show(ctx: &PageContext<'_>) -> Result<Response> {
    let text = sought(ctx);
    let after = after(ctx)?;
    let found = person::search(&ctx.state.app.db, &text, after, SEARCH_MAX).await?;
    let full = u64::try_from(found.len()).is_ok_and(|number| number >= SEARCH_MAX);
    let last =
        found.last().filter(|_| full).map(|person| PageCursor { at: person.created_at, id: person.id.0 });
    let body = html! {
        h1 { "People" }
        form class="filters" method="get" action="/admin/people" role="search" {
            label { "Email or name" input type="search" name="q" maxlength=(TEXT_CHARS_MAX) value=(text); }
            button { "Search" }
            @if !text.is_empty() { a href="/admin/people" { "Clear" } }
        }
        @if found.is_empty() {
            p class="empty" { @if text.is_empty() { "Nobody has an account yet." } @else {
                "Nobody " @if after.is_some() { "else " } "has “" (text) "” in their email or name."
            } }
        } @else {
            (table(ctx, &found))
            p class="under pages" { "Newest first. Deleted accounts are among them until they are purged." }
        }
        (steps("/admin/people", &[("q", text.as_str())], after.is_some(), last))
    };
    let page = Page {
        title: "People",
        section: "/admin/people",
        visitor: ctx.visitor,
        follows: Some(&ctx.address),
        notice: None,
    };
    Ok(page.show(&body))
}

/// What is looked for.
pub(crate) fn sought(ctx: &PageContext<'_>) -> String {
    let text = ctx.fields.get("q").unwrap_or_default();
    text.trim().chars().take(TEXT_CHARS_MAX).collect()
}

/// Where another page ended, if this is not the first.
///
/// # Errors
/// The field cannot be.
pub(crate) fn after(ctx: &PageContext<'_>) -> Result<Option<PageCursor>> {
    ctx.fields.parsed("after", "where another page ended")
}

/// To the first page, and to the next one.
pub(crate) fn steps(
    path: &str,
    fields: &[(&str, &str)],
    goes_back: bool,
    next: Option<PageCursor>,
) -> Markup {
    let address = |more: &[(&str, &str)]| {
        let fields = fields.iter().chain(more).copied().filter(|(_, value)| !value.is_empty());
        let query = query(fields);
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    };
    html! {
        nav class="pages" aria-label="Pages of the list" {
            @if goes_back { a href=(address(&[])) { "Newest" } }
            @if let Some(cursor) = next { a rel="next" href=(address(&[("after", &cursor.to_string())])) { "Older" } }
        }
    }
}

fn table(ctx: &PageContext<'_>, found: &[Model]) -> Markup {
    let (app, now) = (&ctx.state.app, ctx.state.app.now());
    html! {
        div class="scroll" role="region" tabindex="0" aria-label="People" { table {
            thead { tr { th { "Email" } th { "Name" } th { "State" } th { "Created" } } }
            tbody { @for person in found {
                @let standing = Standing::of(person, app.config.limits.deletion_delay, now);
                tr {
                    td { a href={ "/admin/people/" (person.id) } { (person.email) } }
                    td { (person.fullname) }
                    td { (badges::person(person, standing, now)) }
                    td { (relative_time(person.created_at, now)) }
                }
            } }
        } }
    }
}
