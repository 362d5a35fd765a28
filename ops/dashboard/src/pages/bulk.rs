//! Acts on jobs: the buttons, the question with its count, the act, and what is said afterwards.

use crate::{
    error::{PageError, Result},
    form::Fields,
    format::count,
    job_query::JobQuery,
    layout::{Page, see_other},
    page_context::PageContext,
};
use domain::permission::Operator;
use jobs::{
    admin::{Action, IDS_MAX, PRIORITY_MAX, Target},
    read::State,
};
use maud::{Markup, html};
use poem::Response;

/// Counted so far before it is said that there are more.
const COUNT_MAX: i64 = 100_000;

const NAMES: [(&str, &str); 5] = [
    ("retry", "Retry"),
    ("cancel", "Cancel"),
    ("discard", "Discard"),
    ("run-now", "Run now"),
    ("prioritise", "Prioritise"),
];

fn action(fields: &Fields) -> Result<Action> {
    Ok(match fields.get("action").unwrap_or_default() {
        "retry" => Action::Retry,
        "cancel" => Action::Cancel,
        "discard" => Action::Discard,
        "run-now" => Action::RunNow,
        "prioritise" => {
            let should = format!("a number from 0 to {PRIORITY_MAX}");
            let priority = fields.parsed("priority", &should)?;
            Action::Prioritise(
                priority.ok_or_else(|| PageError::Wrong(format!("priority: should be {should}")))?,
            )
        }
        other => return Err(PageError::Wrong(format!("action: there is no {other:?}"))),
    })
}

/// What the action makes of jobs.
fn made(action: &str) -> &'static str {
    match action {
        "retry" => "made ready again",
        "cancel" => "cancelled, or told to stop",
        "discard" => "discarded",
        "run-now" => "made ready now",
        _ => "given another priority",
    }
}

/// For the selection, and for all that match. With no state chosen all that an action applies to are meant.
pub(crate) fn buttons(wanted: &JobQuery) -> Markup {
    let applies = |action: Action| {
        wanted.states.is_empty() || action.applies_to().iter().any(|state| wanted.states.contains(state))
    };
    let usable = |name: &str| {
        applies(match name {
            "retry" => Action::Retry,
            "cancel" => Action::Cancel,
            "discard" => Action::Discard,
            "run-now" => Action::RunNow,
            _ => Action::Prioritise(0),
        })
    };
    html! {
        div class="bar" role="group" aria-label="Actions" {
            span class="what" {
                label class="check" { input type="radio" name="which" value="selected" checked; "Selected" }
                label class="check" { input type="radio" name="which" value="all"; "All that match" }
            }
            @for (name, label) in NAMES.into_iter().filter(|(name, _)| usable(name)) {
                @if name == "prioritise" {
                    label class="inline" { "Priority"
                        input type="number" name="priority" min="0" max=(PRIORITY_MAX) value="100";
                    }
                }
                button name="action" value=(name) { (label) "…" }
            }
        }
    }
}

/// Asks, with the count. `ids` are those that were selected; none, for one that was opened by its address.
///
/// # Errors
/// A field that cannot be, or the database refuses.
pub(crate) async fn confirm(ctx: &PageContext<'_>, ids: Vec<i64>) -> Result<Response> {
    if !ctx.visitor.operates() {
        return Err(PageError::Forbidden("you may look, not act"));
    }
    let wanted = JobQuery::read(&ctx.fields)?;
    let (action, name) = (action(&ctx.fields)?, ctx.fields.get("action").unwrap_or_default().to_owned());
    let all = ctx.fields.get("which") == Some("all");
    if !all && ids.is_empty() {
        return Err(PageError::Wrong("select at least one job, or choose “All that match”".to_owned()));
    }
    if ids.len() > IDS_MAX {
        return Err(PageError::Wrong(format!("at most {IDS_MAX} jobs can be selected")));
    }
    let target =
        if all { Target::Matching(wanted.filter(ctx.state.app.now())) } else { Target::Ids(ids.clone()) };
    let number = jobs::admin::count(&ctx.state.app.pool, action, &target, COUNT_MAX).await?;
    let label = NAMES.into_iter().find(|(known, _)| *known == name).map_or("Do", |(_, label)| label);
    let more = if number >= COUNT_MAX { " or more" } else { "" };
    let body = html! {
        h1 { (label) " " (count(number, "job", "jobs")) (more) "?" }
        p {
            @if all { "Of " (wanted.words()) ": " }
            "those that are " (states(action)) " will be " (made(&name)) "."
            @if matches!(action, Action::Cancel | Action::Discard) {
                " They can be taken back with Retry until their history is dropped."
            }
        }
        form method="post" action="/admin/jobs/act" class="confirm" {
            input type="hidden" name="csrf" value=(ctx.visitor.csrf());
            input type="hidden" name="action" value=(name);
            input type="hidden" name="which" value=(if all { "all" } else { "selected" });
            @if let Action::Prioritise(priority) = action { input type="hidden" name="priority" value=(priority); }
            @for (field, value) in wanted.fields() { input type="hidden" name=(field) value=(value); }
            @for id in &ids { input type="hidden" name="id" value=(id); }
            button class="primary" disabled[number == 0] { (label) " " (count(number, "job", "jobs")) (more) }
            a href=(wanted.address(&[])) { "Go back" }
        }
    };
    let page =
        Page { title: label, section: "/admin/jobs", visitor: ctx.visitor, follows: None, notice: None };
    Ok(page.show(&body))
}

fn states(action: Action) -> String {
    let names: Vec<&str> = action.applies_to().iter().map(|state: &State| state.name()).collect();
    names.join(", ")
}

/// Does it, and goes back to the list, or to the one job.
///
/// # Errors
/// A field that cannot be, or the database refuses.
pub(crate) async fn act(ctx: &PageContext<'_>, operator: &Operator) -> Result<Response> {
    let wanted = JobQuery::read(&ctx.fields)?;
    let (action, name) = (action(&ctx.fields)?, ctx.fields.get("action").unwrap_or_default());
    let target = if ctx.fields.get("which") == Some("all") {
        Target::Matching(wanted.filter(ctx.state.app.now()))
    } else {
        let ids = ctx.fields.all("id").map(|id| id.parse().map_err(|_| PageError::NotFound));
        Target::Ids(ids.collect::<Result<Vec<i64>>>()?)
    };
    let changed = jobs::admin::apply(&ctx.state.app.pool, action, &target, operator.name()).await?;
    ctx.state.waker.wake();
    let did = [("did", name), ("n", &changed.to_string())];
    let one = ctx.fields.get("back") == Some("job");
    Ok(see_other(&match (&target, one) {
        (Target::Ids(ids), true) if ids.len() == 1 => {
            format!("/admin/jobs/{}?{}", ids[0], crate::form::query(did))
        }
        _ => wanted.address(&did),
    }))
}

/// What was just done, from the address it led to: words are made here, never taken from there.
pub(crate) fn notice(fields: &Fields) -> Option<String> {
    let did = fields.get("did").filter(|did| NAMES.iter().any(|(name, _)| name == did))?;
    let number: i64 = fields.get("n")?.parse().ok()?;
    let were = if number == 1 { "was" } else { "were" };
    Some(format!("{} {were} {}.", count(number, "job", "jobs"), made(did)))
}
