//! What operators do with a team: the questions that show what would go, and what is done.

use crate::{
    error::{PageError, Result},
    format::{count, relative_time},
    layout::{Page, see_other},
    page_context::PageContext,
    pages::quotas::{self, Of},
    tx::{begin, commit},
};
use domain::{
    admin::{
        contents,
        team::{self, Member, TeamSummary},
    },
    deletion,
    follow_up::FollowUps,
    permission::Operator,
    team::member,
};
use entities::ids::{ProfileId, TeamId};
use maud::{Markup, html};
use poem::Response;

/// Asks.
///
/// # Errors
/// There is no such team, member or question, or the database refuses.
pub(crate) async fn ask(ctx: &PageContext<'_>, id: TeamId, action: &str) -> Result<Response> {
    if !ctx.visitor.operates() {
        return Err(PageError::Forbidden("you may look, not act"));
    }
    let found = contents::team(&ctx.state.app.db, id).await?;
    if found.deleted_at.is_some() && action != "remove-quota" {
        return Err(PageError::Wrong(format!("the team {} is deleted already", found.name)));
    }
    let (title, button, text) = match action {
        "delete" => (format!("Delete the team {}?", found.name), "Delete", delete_text(ctx, &found).await?),
        "transfer" => {
            let text = transfer_text(ctx, &found).await?;
            (format!("Transfer the team {}?", found.name), "Transfer", text)
        }
        "remove-quota" => {
            let text = quotas::remove_text(ctx, Of::Team(id)).await?;
            (format!("Remove a quota of the team {}?", found.name), "Remove", text)
        }
        _ => return Err(PageError::NotFound),
    };
    let possible = !found.is_default || action == "remove-quota";
    let address = format!("/admin/teams/{id}");
    let body = html! {
        p class="path" { a href="/admin/teams" { "Teams" } " / " a href=(address) { (found.name) } }
        h1 { (title) }
        (text)
        form method="post" action={ (address) "/" (action) } class="confirm" {
            input type="hidden" name="csrf" value=(ctx.visitor.csrf());
            @if let Some(to) = ctx.fields.get("to") { input type="hidden" name="to" value=(to); }
            @if let Some(quota) = ctx.fields.get("quota") { input type="hidden" name="quota" value=(quota); }
            @if possible { button class="primary" { (button) } }
            a href=(address) { "Go back" }
        }
    };
    let page =
        Page { title: button, section: "/admin/teams", visitor: ctx.visitor, follows: None, notice: None };
    Ok(page.show(&body))
}

async fn delete_text(ctx: &PageContext<'_>, found: &TeamSummary) -> Result<Markup> {
    let (app, now) = (&ctx.state.app, ctx.state.app.now());
    let inside = contents::of(&app.db, &[found.id], now).await?;
    let until = chrono::TimeDelta::from_std(app.config.limits.deletion_delay).ok();
    let until = until.and_then(|delay| now.checked_add_signed(delay));
    Ok(html! {
        @if found.is_default {
            p class="wrong" { "It is somebody's own first team: it goes with the account only." }
        } @else {
            p { (count(inside.projects, "project", "projects")) " and " (count(inside.files, "file", "files"))
                " go with it. " (count(found.members, "member", "members")) " cannot open them any more, at once." }
            @if let Some(until) = until {
                p { "All of it can be brought back until it is purged, " (relative_time(until, now)) "." }
            }
        }
    })
}

async fn transfer_text(ctx: &PageContext<'_>, found: &TeamSummary) -> Result<Markup> {
    let to = heir_of(ctx)?;
    let members = team::members(&ctx.state.app.db, found.id).await?;
    let heir = members.iter().find(|member| member.id == to).ok_or_else(no_member)?;
    let until_now: Option<&Member> = members.iter().find(|member| member.is_owner);
    Ok(html! {
        @if found.is_default {
            p class="wrong" { "It is somebody's own first team: nobody else can own it." }
        } @else {
            p {
                (heir.fullname) " (" (heir.email)
                ") becomes the owner, and may do everything in it, deleting it included."
                @if let Some(owner) = until_now { " " (owner.fullname) " (" (owner.email) ") becomes an admin." }
            }
        }
    })
}

fn heir_of(ctx: &PageContext<'_>) -> Result<ProfileId> {
    let should = "the ID of a member";
    ctx.fields.parsed("to", should)?.ok_or_else(|| PageError::Wrong(format!("to: should be {should}")))
}

fn no_member() -> PageError {
    PageError::Wrong("to: should be the ID of a member; that person is none".to_owned())
}

/// Does it, and goes back to the team.
///
/// # Errors
/// The rules refuse, there is no such team or action, or the database refuses. Nothing was changed then.
pub(crate) async fn act(
    ctx: &PageContext<'_>,
    operator: &Operator,
    id: TeamId,
    action: &str,
) -> Result<Response> {
    if let Some(did) = quotas::act(ctx, operator, Of::Team(id), action).await? {
        return Ok(see_other(&format!("/admin/teams/{id}?did={did}")));
    }
    let (app, now) = (&ctx.state.app, ctx.state.app.now());
    let tx = begin(ctx).await?;
    let (did, follow_ups) = match action {
        "transfer" => ("transferred", member::transfer(&tx, operator, id, heir_of(ctx)?, now).await?),
        "delete" => {
            let delay = app.config.limits.deletion_delay;
            ("deleted", team::delete(&tx, operator, id, delay, now).await?.follow_ups)
        }
        "restore" => {
            deletion::restore::team(&tx, operator, id, now).await?;
            ("restored", FollowUps::default())
        }
        _ => return Err(PageError::NotFound),
    };
    commit(ctx, operator, tx, follow_ups).await?;
    Ok(see_other(&format!("/admin/teams/{id}?did={did}")))
}
