//! The list of jobs: filters, pages, and what can be done to a selection or to all that match.

use crate::{
    error::Result,
    format::{relative_time, short},
    job_query::JobQuery,
    layout::Page,
    page_context::PageContext,
    pages::bulk,
};
use chrono::{DateTime, Utc};
use jobs::{
    Queue,
    read::{self, Cursor, Filter, Order, Shown, State},
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
pub(crate) async fn show(ctx: &PageContext<'_>) -> Result<Response> {
    let query = JobQuery::read(&ctx.fields)?;
    let before: Option<Cursor> = ctx.fields.parsed("before", "where another page ended")?;
    let now = ctx.state.app.now();
    let filter = Filter { limit: PAGE, ..query.filter(now) };
    let (found, next) = page(ctx, filter, query.order, before).await?;
    let (first, on) = match query.order {
        Order::Newest => ("Newest", "Older"),
        Order::Oldest => ("Oldest", "Newer"),
        _ => ("First page", "Next page"),
    };
    let body = html! {
        h1 { "Jobs" }
        (filters(&query))
        @if found.is_empty() {
            p class="empty" {
                @if next.is_some() { "None of the jobs that were looked at match. There are more." }
                @else { "No job matches." }
            }
        } @else if ctx.visitor.operates() {
            form id="selection" method="post" action="/admin/jobs/confirm" {
                input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                (back_fields(&query))
                (bulk::buttons(&query))
                (table(&found, query.order, true, now))
            }
        } @else { (table(&found, query.order, false, now)) }
        nav class="pages" aria-label="Pages of the list" {
            @if before.is_some() { a href=(query.address(&[])) { (first) } }
            @if let Some(next) = next { a rel="next" href=(query.address(&[("before", &next.to_string())])) { (on) } }
        }
    };
    let notice = bulk::notice(&ctx.fields);
    let page = Page {
        title: "Jobs",
        section: "/admin/jobs",
        visitor: ctx.visitor,
        follows: Some(&ctx.address),
        notice,
    };
    Ok(page.show(&body))
}

async fn page(
    ctx: &PageContext<'_>,
    mut filter: Filter,
    order: Order,
    mut after: Option<Cursor>,
) -> Result<(Vec<Shown>, Option<Cursor>)> {
    let mut found = vec![];
    for _ in 0..LOOKS_MAX {
        let page = read::sorted(&ctx.state.app.pool, &filter, order, after).await?;
        found.extend(page.jobs);
        after = page.next;
        filter.limit = PAGE - i64::try_from(found.len()).unwrap_or(PAGE);
        if filter.limit <= 0 || after.is_none() {
            break;
        }
    }
    Ok((found, after))
}

/// An order as people choose it.
fn order_name(order: Order) -> &'static str {
    match order {
        Order::Newest => "newest first",
        Order::Oldest => "oldest first",
        Order::Running => "running for longest first",
        Order::Waiting => "waiting for longest first",
        Order::Priority => "highest priority first",
        Order::Attempts => "most attempts first",
    }
}

/// What an order leaves out, for whoever wonders.
fn order_note(order: Order) -> Option<&'static str> {
    match order {
        Order::Running => Some("Only jobs that run, the one that runs longest first."),
        Order::Waiting => Some("Only jobs that are ready to run, the one that was created first at the top."),
        Order::Priority => {
            Some("Only jobs that are ready to run, the highest priority first, housekeeping last.")
        }
        Order::Newest | Order::Oldest | Order::Attempts => None,
    }
}

fn filters(query: &JobQuery) -> Markup {
    let chosen = |state: &State| query.states.contains(state);
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
                    option value=(entry.name) selected[query.kind.as_deref() == Some(entry.name)] { (entry.name) }
                }
            } }
            label { "Queue" select name="queue" {
                option value="" { "any" }
                @for queue in Queue::ALL {
                    option selected[query.queue.as_deref() == Some(queue.name())] { (queue.name()) }
                }
            } }
            label { "Created within" select name="hours" {
                option value="" { "any time" }
                @for (hours, name) in [(1, "an hour"), (24, "a day"), (168, "a week")] {
                    option value=(hours) selected[query.hours == Some(hours)] { (name) }
                }
                @if let Some(hours) = query.hours.filter(|hours| ![1, 24, 168].contains(hours)) {
                    option value=(hours) selected { (hours) " h" }
                }
            } }
            label { "Text in an error" input type="search" name="text" maxlength="200" value=[query.text.as_deref()]; }
            label { "Team" input name="team" value=[query.team] placeholder="its ID" size="12"; }
            label { "Order" select name="sort" {
                @for order in Order::ALL {
                    option value=(order.name()) selected[query.order == order] { (order_name(order)) }
                }
            } }
            @if let Some(group) = &query.group { input type="hidden" name="group" value=(group); }
            button { "Filter" }
            @if *query != JobQuery::default() { a href="/admin/jobs" { "Clear" } }
        }
        @if let Some(note) = order_note(query.order) { p class="under" { (note) } }
        @if query.group.is_some() { p class="under" { "Only dead jobs with one error in common." } }
    }
}

/// So that one comes back to this view.
fn back_fields(query: &JobQuery) -> Markup {
    html! { @for (name, value) in query.fields() { input type="hidden" name=(name) value=(value); } }
}

fn table(found: &[Shown], order: Order, selects: bool, now: DateTime<Utc>) -> Markup {
    html! {
        div class="scroll" role="region" tabindex="0" aria-label="Jobs" { table class="jobs" {
            thead { tr {
                @if selects { th { span class="sr" { "Select" } } }
                th { "ID" } th { "State" } th { "Kind" } th { "Queue" } th { "Attempts" }
                th { (when_name(order)) } th { "Finished" } th { "Last error" }
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
                    td { (when(job, order, now)) }
                    td { @if let Some(at) = job.finished_at { (relative_time(at, now)) } }
                    td class="error" {
                        @if let Some(failure) = job.errors.last() { (short(&failure.error, ERROR_CHARS)) }
                    }
                }
            } }
        } }
    }
}

/// The column that tells why a job stands where it stands.
fn when_name(order: Order) -> &'static str {
    match order {
        Order::Running => "Started",
        Order::Waiting => "Created",
        Order::Priority => "Priority",
        Order::Newest | Order::Oldest | Order::Attempts => "Due",
    }
}

fn when(job: &Shown, order: Order, now: DateTime<Utc>) -> Markup {
    html! { @match order {
        Order::Running => @if let Some(at) = job.started_at { (relative_time(at, now)) },
        Order::Waiting => (relative_time(job.enqueued_at, now)),
        Order::Priority => { (job.priority) @if job.housekeeping { ", housekeeping" } },
        Order::Newest | Order::Oldest | Order::Attempts => (relative_time(job.run_at, now)),
    } }
}

/// A state with its colour; never its colour alone.
pub(crate) fn state(state: State) -> Markup {
    html! { span class={ "state " (state.name()) } { (state.name()) } }
}
