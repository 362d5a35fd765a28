//! The list of jobs: filters, pages, and what can be done to a selection or to all that match.

use crate::{
    Result,
    layout::Page,
    look::Look,
    pages::steer,
    wanted::Wanted,
    words::{moment, short},
};
use chrono::{DateTime, Utc};
use jobs::{
    Queue,
    read::{self, Filter, Shown, State},
};
use maud::{Markup, html};
use poem::Response;

/// Jobs on a page.
const PAGE: i64 = 50;
/// A page that few match is filled with so many questions at most; then one can go on.
const LOOKS_MAX: usize = 4;
const ERROR_CHARS: usize = 120;

/// The page.
///
/// # Errors
/// A field that cannot be, or the database refuses.
pub(crate) async fn show(look: &Look<'_>) -> Result<Response> {
    let wanted = Wanted::read(&look.fields)?;
    let before: Option<i64> = look.fields.parsed("before", "the number of a job")?;
    let now = look.state.app.now();
    let (found, next) = page(look, Filter { before, limit: PAGE, ..wanted.filter(now) }).await?;
    let body = html! {
        h1 { "Jobs" }
        (filters(&wanted))
        @if found.is_empty() {
            p class="empty" {
                @if next.is_some() { "None of the jobs that were looked at match. There are older ones." }
                @else { "No job matches." }
            }
        } @else {
            form id="selection" method="post" action="/admin/jobs/confirm" {
                input type="hidden" name="csrf" value=(look.visitor.csrf());
                (back_fields(&wanted))
                @if look.visitor.operates() { (steer::buttons(&wanted)) }
                (table(&found, look.visitor.operates(), now))
            }
        }
        nav class="pages" aria-label="Pages of the list" {
            @if before.is_some() { a href=(wanted.address(&[])) { "Youngest" } }
            @if let Some(next) = next { a rel="next" href=(wanted.address(&[("before", &next.to_string())])) { "Older" } }
        }
    };
    let notice = steer::notice(&look.fields);
    let page =
        Page { title: "Jobs", place: "/admin/jobs", visitor: look.visitor, address: &look.address, notice };
    Ok(page.show(&body))
}

async fn page(look: &Look<'_>, mut filter: Filter) -> Result<(Vec<Shown>, Option<i64>)> {
    let mut found = vec![];
    for _ in 0..LOOKS_MAX {
        let page = read::list(&look.state.app.pool, &filter).await?;
        found.extend(page.jobs);
        filter.before = page.next;
        filter.limit = PAGE - i64::try_from(found.len()).unwrap_or(PAGE);
        if filter.limit <= 0 || page.next.is_none() {
            break;
        }
    }
    Ok((found, filter.before))
}

fn filters(wanted: &Wanted) -> Markup {
    let chosen = |state: &State| wanted.states.contains(state);
    html! {
        form class="filters" method="get" action="/admin/jobs" {
            fieldset {
                legend { "State" }
                @for state in State::ALL {
                    label class="check" {
                        input type="checkbox" name="state" value=(state.name()) checked[chosen(&state)];
                        (state.name())
                    }
                }
            }
            label { "Kind" select name="kind" {
                option value="" { "any" }
                @for entry in jobs::all::ALL {
                    option value=(entry.name) selected[wanted.kind.as_deref() == Some(entry.name)] { (entry.name) }
                }
            } }
            label { "Queue" select name="queue" {
                option value="" { "any" }
                @for queue in Queue::ALL {
                    option selected[wanted.queue.as_deref() == Some(queue.name())] { (queue.name()) }
                }
            } }
            label { "Asked for within" select name="hours" {
                option value="" { "any time" }
                @for (hours, name) in [(1, "an hour"), (24, "a day"), (168, "a week")] {
                    option value=(hours) selected[wanted.hours == Some(hours)] { (name) }
                }
                @if let Some(hours) = wanted.hours.filter(|hours| ![1, 24, 168].contains(hours)) {
                    option value=(hours) selected { (hours) " h" }
                }
            } }
            label { "Text in an error" input type="search" name="text" maxlength="200" value=[wanted.text.as_deref()]; }
            label { "Team" input name="team" value=[wanted.team] placeholder="its key" size="12"; }
            @if let Some(group) = &wanted.group { input type="hidden" name="group" value=(group); }
            button { "Show" }
            @if *wanted != Wanted::default() { a href="/admin/jobs" { "All" } }
        }
        @if wanted.group.is_some() { p class="under" { "Only dead letters with one error in common." } }
    }
}

/// So that one comes back to this view.
fn back_fields(wanted: &Wanted) -> Markup {
    html! { @for (name, value) in wanted.fields() { input type="hidden" name=(name) value=(value); } }
}

fn table(found: &[Shown], selects: bool, now: DateTime<Utc>) -> Markup {
    html! {
        div class="scroll" role="region" tabindex="0" aria-label="Jobs" { table class="jobs" {
            thead { tr {
                @if selects { th { span class="sr" { "Select" } } }
                th { "Job" } th { "State" } th { "Kind" } th { "Queue" } th { "Attempt" } th { "Due" } th { "Ended" }
                th { "Last error" }
            } }
            tbody { @for job in found {
                tr {
                    @if selects { td {
                        input type="checkbox" name="id" value=(job.id) aria-label={ "Select job " (job.id) };
                    } }
                    td { a href={ "/admin/jobs/" (job.id) } { (job.id) } }
                    td { (state(job.state)) }
                    td { (job.kind) }
                    td { (job.queue) }
                    td { (job.attempt) " of " (job.max_attempts) }
                    td { (moment(job.run_at, now)) }
                    td { @if let Some(at) = job.finished_at { (moment(at, now)) } }
                    td class="error" {
                        @if let Some(failure) = job.errors.last() { (short(&failure.error, ERROR_CHARS)) }
                    }
                }
            } }
        } }
    }
}

/// A state with its colour; never its colour alone.
pub(crate) fn state(state: State) -> Markup {
    html! { span class={ "state " (state.name()) } { (state.name()) } }
}
