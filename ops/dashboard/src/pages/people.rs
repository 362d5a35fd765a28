//! Finding somebody by a part of their address or name.

use crate::{
    Refused, Result,
    layout::Page,
    look::Look,
    marks::{self, Standing},
    words::moment,
};
use domain::profile::{self, SEARCH_MAX};
use entities::profile::Model;
use maud::{Markup, html};
use poem::Response;

/// Longer texts find nothing more.
pub(crate) const TEXT_CHARS_MAX: usize = 200;

/// The page.
///
/// # Errors
/// Those of the database.
pub(crate) async fn show(look: &Look<'_>) -> Result<Response> {
    let text = sought(look);
    let found = profile::search(&look.state.app.db, &text, SEARCH_MAX).await.map_err(Refused::of_domain)?;
    let full = u64::try_from(found.len()).is_ok_and(|number| number >= SEARCH_MAX);
    let body = html! {
        h1 { "People" }
        form class="filters" method="get" action="/admin/people" role="search" {
            label { "Address or name" input type="search" name="q" maxlength=(TEXT_CHARS_MAX) value=(text); }
            button { "Find" }
            @if !text.is_empty() { a href="/admin/people" { "All" } }
        }
        @if found.is_empty() {
            p class="empty" { @if text.is_empty() { "Nobody has an account yet." } @else {
                "Nobody has “" (text) "” in their address or name."
            } }
        } @else {
            (table(look, &found))
            p class="under pages" {
                @if full { "Only the youngest " (SEARCH_MAX) " accounts are shown: narrow the search to find others." }
                @else { "Youngest first. Deleted accounts are among them until they are purged." }
            }
        }
    };
    let page = Page {
        title: "People",
        place: "/admin/people",
        visitor: look.visitor,
        address: &look.address,
        notice: None,
    };
    Ok(page.show(&body))
}

/// What is looked for.
pub(crate) fn sought(look: &Look<'_>) -> String {
    let text = look.fields.get("q").unwrap_or_default();
    // No text in the database has this, and it takes none.
    text.trim().chars().filter(|letter| *letter != '\0').take(TEXT_CHARS_MAX).collect()
}

fn table(look: &Look<'_>, found: &[Model]) -> Markup {
    let (app, now) = (&look.state.app, look.state.app.now());
    html! {
        div class="scroll" role="region" tabindex="0" aria-label="People" { table {
            thead { tr { th { "Address" } th { "Name" } th { "State" } th { "Since" } } }
            tbody { @for person in found {
                @let standing = Standing::of(person, app.config.limits.deletion_delay, now);
                tr {
                    td { a href={ "/admin/people/" (person.id) } { (person.email) } }
                    td { (person.fullname) }
                    td { (marks::person(person, standing, now)) }
                    td { (moment(person.created_at, now)) }
                }
            } }
        } }
    }
}
