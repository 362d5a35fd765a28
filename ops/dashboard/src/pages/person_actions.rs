//! What operators do with an account: the questions that show what would go, and what is done.

use crate::{
    badges::Standing,
    error::{PageError, Result},
    format::{count, relative_time, short},
    layout::{Page, see_other},
    page_context::PageContext,
    pages::quotas::{self, Of},
    tx::{begin, commit},
};
use domain::{
    admin::{
        self, contents,
        person::{self, Membership},
    },
    deletion,
    follow_up::FollowUps,
    permission::Operator,
    profile,
};
use entities::{
    ids::{ProfileId, SessionId, TeamId},
    profile::Model,
};
use maud::{Markup, html};
use platform::db::Tx;
use poem::Response;

/// Teams that a refusal names.
const NAMED_MAX: usize = 20;
const AGENT_CHARS: usize = 120;

/// Asks.
///
/// # Errors
/// There is no such person, session or question, or the database refuses.
pub(crate) async fn ask(ctx: &PageContext<'_>, id: ProfileId, action: &str) -> Result<Response> {
    if !ctx.visitor.operates() {
        return Err(PageError::Forbidden("you may look, not act"));
    }
    let person = person::by_id(&ctx.state.app.db, id).await?;
    let standing = Standing::of(&person, ctx.state.app.config.limits.deletion_delay, ctx.state.app.now());
    let other = id != ctx.visitor.profile;
    let (title, text, possible) = match action {
        "block" => {
            let possible = other && person.deleted_at.is_none() && !person.is_blocked;
            ("Block", block_text(ctx, &person).await?, possible)
        }
        "delete" if standing.is_there() => {
            let (text, possible) = delete_text(ctx, &person).await?;
            ("Delete", text, possible && other)
        }
        "end-session" => ("End a session", session_text(ctx, id).await?, true),
        "remove-quota" => ("Remove a quota", quotas::remove_text(ctx, Of::Person(id)).await?, true),
        "end-sessions" => ("End all sessions", all_sessions_text(ctx, &person).await?, true),
        _ => return Err(PageError::NotFound),
    };
    let address = format!("/admin/people/{id}");
    let body = html! {
        p class="path" { a href="/admin/people" { "People" } " / " a href=(address) { (person.email) } }
        h1 { (title) @if action.contains('-') { " of" } " " (person.email) "?" }
        (text)
        form method="post" action={ (address) "/" (action) } class="confirm" {
            input type="hidden" name="csrf" value=(ctx.visitor.csrf());
            @if let Some(session) = ctx.fields.get("session") { input type="hidden" name="session" value=(session); }
            @if let Some(quota) = ctx.fields.get("quota") { input type="hidden" name="quota" value=(quota); }
            @if possible { button class="primary" { (title) } }
            a href=(address) { "Go back" }
        }
    };
    let page = Page { title, section: "/admin/people", visitor: ctx.visitor, follows: None, notice: None };
    Ok(page.show(&body))
}

async fn block_text(ctx: &PageContext<'_>, person: &Model) -> Result<Markup> {
    let sessions = admin::sessions(&ctx.state.app.db, person.id).await?;
    let sessions = i64::try_from(sessions.len()).unwrap_or(i64::MAX);
    Ok(html! {
        p {
            "They are signed out of " (count(sessions, "browser", "browsers")) " at once, and no access token of "
            "theirs works while they are blocked. Nothing of theirs is deleted, and others go on working in their "
            "teams."
        }
    })
}

/// What would go, or what is in the way; whether it can be done.
async fn delete_text(ctx: &PageContext<'_>, person: &Model) -> Result<(Markup, bool)> {
    let (app, now) = (&ctx.state.app, ctx.state.app.now());
    let teams = person::teams(&app.db, person.id, now).await?;
    let (shared, own): (Vec<_>, Vec<_>) = owned(&teams).partition(|team| team.members > 1);
    let ids: Vec<TeamId> = own.iter().map(|team| team.id).collect();
    let inside = contents::of(&app.db, &ids, now).await?;
    let until = chrono::TimeDelta::from_std(app.config.limits.deletion_delay).ok();
    let until = until.and_then(|delay| now.checked_add_signed(delay));
    let text = html! {
        @if !shared.is_empty() {
            p class="wrong" { "Others are in teams that they own. Transfer or delete these first:" }
            (team_list(&shared))
        } @else {
            p { "They are shut out at once. With the account " (count(inside.projects, "project", "projects")) " and "
                (count(inside.files, "file", "files")) " go, in "
                (count(i64::try_from(own.len()).unwrap_or(0), "team", "teams")) " that nobody else is in:" }
            (team_list(&own))
            p {
                @if person.is_demo { "A demo account cannot be brought back." }
                @else if let Some(until) = until {
                    "All of it can be brought back until it is purged, " (relative_time(until, now)) "."
                }
            }
        }
    };
    Ok((text, shared.is_empty()))
}

fn owned(teams: &[Membership]) -> impl Iterator<Item = &Membership> {
    teams.iter().filter(|team| team.is_owner && team.deleted_at.is_none())
}

fn team_list(teams: &[&Membership]) -> Markup {
    html! {
        ul { @for team in teams {
            li {
                a href={ "/admin/teams/" (team.id) } { (team.name) }
                @if team.members > 1 { ", " (count(team.members - 1, "other", "others")) }
            }
        } }
    }
}

async fn session_text(ctx: &PageContext<'_>, id: ProfileId) -> Result<Markup> {
    let wanted = session_of(ctx)?;
    let sessions = admin::sessions(&ctx.state.app.db, id).await?;
    let found = sessions.into_iter().find(|session| session.id == wanted).ok_or(PageError::NotFound)?;
    let (agent, now) =
        (found.user_agent.as_deref().unwrap_or("a browser that did not say"), ctx.state.app.now());
    Ok(html! {
        p {
            "They are signed out of " (short(agent, AGENT_CHARS)) ", where they signed in "
            (relative_time(found.created_at, now)) ". What was not saved there is lost."
        }
    })
}

async fn all_sessions_text(ctx: &PageContext<'_>, person: &Model) -> Result<Markup> {
    let sessions = admin::sessions(&ctx.state.app.db, person.id).await?;
    let sessions = i64::try_from(sessions.len()).unwrap_or(i64::MAX);
    Ok(html! {
        p {
            "They are signed out of " (count(sessions, "browser", "browsers")) ". What was not saved there is lost. "
            "Access tokens go on working."
        }
        @if person.id == ctx.visitor.profile { p { "That is you: you sign in again here, too." } }
    })
}

fn session_of(ctx: &PageContext<'_>) -> Result<SessionId> {
    let should = "the ID of a session";
    let session = ctx.fields.parsed("session", should)?;
    session.ok_or_else(|| PageError::Wrong(format!("session: should be {should}")))
}

/// Does it, and goes back to the person.
///
/// # Errors
/// The rules refuse, there is no such person or action, or the database refuses. Nothing was changed then.
pub(crate) async fn act(
    ctx: &PageContext<'_>,
    operator: &Operator,
    id: ProfileId,
    action: &str,
) -> Result<Response> {
    if let Some(did) = quotas::act(ctx, operator, Of::Person(id), action).await? {
        return Ok(see_other(&format!("/admin/people/{id}?did={did}")));
    }
    let tx = begin(ctx).await?;
    let person = person::held(&tx, id).await?;
    if id == ctx.visitor.profile && matches!(action, "block" | "delete") {
        return Err(PageError::Wrong(format!("you cannot {action} your own account: another operator can")));
    }
    let mut follow_ups = FollowUps::default();
    let did = match action {
        "activate" | "block" | "unblock" => stand(ctx, operator, &tx, &person, action).await?,
        "recovery" => {
            follow_ups = recovery(ctx, &person)?;
            "recovery"
        }
        "end-session" => {
            admin::end_session(&tx, operator, id, session_of(ctx)?).await?;
            "ended"
        }
        "end-sessions" => {
            admin::end_sessions(&tx, operator, id).await?;
            "ended"
        }
        "delete" => {
            follow_ups = delete(ctx, operator, &tx, &person).await?;
            "deleted"
        }
        "restore" => {
            let (now, delay) = (ctx.state.app.now(), ctx.state.app.config.limits.deletion_delay);
            deletion::restore::profile(&tx, operator, id, delay, now).await?;
            "restored"
        }
        _ => return Err(PageError::NotFound),
    };
    commit(ctx, operator, tx, follow_ups).await?;
    Ok(see_other(&format!("/admin/people/{id}?did={did}")))
}

/// The account is held, so whoever has its address is the same person or nobody.
async fn stand(
    ctx: &PageContext<'_>,
    operator: &Operator,
    tx: &Tx,
    person: &Model,
    action: &str,
) -> Result<&'static str> {
    let (now, email) = (ctx.state.app.now(), person.email.as_str());
    if person.deleted_at.is_some() {
        return Err(PageError::Wrong(format!("{email} is deleted, or ends by itself")));
    }
    if action == "activate" {
        profile::activate(tx, operator, email, now).await?;
        return Ok("activated");
    }
    let blocked = action == "block";
    profile::set_blocked(tx, operator, email, blocked, now).await?;
    Ok(if blocked { "blocked" } else { "unblocked" })
}

/// The same as when somebody asks for it at the door.
fn recovery(ctx: &PageContext<'_>, person: &Model) -> Result<FollowUps> {
    let email = &person.email;
    let standing = Standing::of(person, ctx.state.app.config.limits.deletion_delay, ctx.state.app.now());
    let hindrance = match standing {
        Standing::Blocked => Some("is blocked: unblock them first"),
        Standing::Deleted(_) | Standing::Gone => Some("is deleted"),
        _ if person.is_muted => Some("gets no mail: it came back, or was complained of"),
        _ => None,
    };
    match hindrance {
        Some(why) => Err(PageError::Wrong(format!("{email} {why}"))),
        None => Ok(profile::recovery::ask(email)),
    }
}

async fn delete(ctx: &PageContext<'_>, operator: &Operator, tx: &Tx, person: &Model) -> Result<FollowUps> {
    let (delay, now) = (ctx.state.app.config.limits.deletion_delay, ctx.state.app.now());
    match person::delete(tx, operator, person.id, delay, now).await {
        Ok(deleted) => Ok(deleted.follow_ups),
        Err(error) if error.code() == Some("owner-teams-with-people") => {
            let teams = person::teams(tx, person.id, now).await?;
            let shared = owned(&teams).filter(|team| team.members > 1).take(NAMED_MAX);
            let names: Vec<&str> = shared.map(|team| team.name.as_str()).collect();
            Err(PageError::Wrong(format!(
                "transfer or delete the teams in which others are first: {}",
                names.join(", ")
            )))
        }
        Err(error) => Err(error.into()),
    }
}
