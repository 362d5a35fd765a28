//! One person: how the account stands, where they are signed in, what they are in, and what they did last.

use crate::{
    badges::{self, Standing, role},
    error::Result,
    format::{count, relative_time, short},
    layout::Page,
    page_context::PageContext,
    pages::quotas::{self, Of},
};
use chrono::{DateTime, Utc};
use domain::{
    admin::{
        self,
        person::{Membership, TEAMS_MAX, TOKENS_MAX, Token},
        quota,
    },
    audit,
    session::Ages,
};
use entities::{audit_log, http_session, ids::ProfileId, profile::Model};
use maud::{Markup, html};
use poem::Response;

/// Sessions that are shown; the others are counted.
const SESSIONS_SHOWN: usize = 50;
const EVENTS_SHOWN: u64 = 25;
const PROPS_CHARS: usize = 160;
const AGENT_CHARS: usize = 120;

/// The page.
///
/// # Errors
/// There is no such person (any more), or the database refuses.
pub(crate) async fn show(ctx: &PageContext<'_>, id: ProfileId) -> Result<Response> {
    let (app, now) = (&ctx.state.app, ctx.state.app.now());
    let person = admin::person::by_id(&app.db, id).await?;
    let teams = admin::person::teams(&app.db, id, now).await?;
    let tokens = admin::person::tokens(&app.db, id).await?;
    let quotes = quota::naming(&app.db, None, Some(id)).await?;
    let filter = audit::Filter { profile: Some(id.0), limit: EVENTS_SHOWN, ..audit::Filter::default() };
    let events = audit::list(&app.db, filter).await?;
    let ages = Ages::of(&app.config.auth);
    let mut sessions = admin::sessions(&app.db, id).await?;
    sessions.retain(|session| ages.end(session) > now);
    let standing = Standing::of(&person, app.config.limits.deletion_delay, now);
    let body = html! {
        p class="path" { a href="/admin/people" { "People" } " / " (person.email) }
        h1 { (person.fullname) " " (badges::person(&person, standing, now)) }
        @if ctx.visitor.operates() { (actions(ctx, &person, standing)) }
        div class="columns" {
            section { h2 { "Details" } (facts(&person, now)) (quotas::section(ctx, Of::Person(id), &quotes)) }
            section { h2 { "Access tokens" } (token_list(&tokens, now)) }
        }
        h2 { "Teams" }
        (team_table(&teams, now))
        h2 { "Sessions" }
        (session_table(ctx, &person, &sessions, ages))
        h2 { "Recent activity" }
        (event_table(&events, now))
    };
    let address = format!("/admin/people/{id}");
    let page = Page {
        title: &person.email,
        section: "/admin/people",
        visitor: ctx.visitor,
        follows: Some(&address),
        notice: notice(ctx),
    };
    Ok(page.show(&body))
}

/// What was just done: words are made here, never taken from the address.
fn notice(ctx: &PageContext<'_>) -> Option<String> {
    let notice = match ctx.fields.get("did")? {
        "activated" => "The email counts as confirmed now.",
        "blocked" => "The account is blocked: every session has ended, no token works.",
        "unblocked" => "The account is let in again.",
        "recovery" => {
            "A link for another password is on its way, unless one was mailed a moment ago: then it waits a little."
        }
        "ended" => "They are signed out there.",
        "deleted" => "The account is deleted, with the teams that were theirs alone.",
        "quota-set" => "The quota holds from now on.",
        "quota-removed" => "The quota is removed.",
        "restored" => "The account is back, with what went with it. They sign in again.",
        _ => return None,
    };
    Some(notice.to_owned())
}

/// Those that ask first are links to the question.
fn actions(ctx: &PageContext<'_>, person: &Model, standing: Standing) -> Markup {
    let address = format!("/admin/people/{}", person.id);
    let own = person.id == ctx.visitor.profile;
    let there = standing.is_there();
    // The commands know people by their address too, which a demo account keeps until its end only.
    let lasting = there && person.deleted_at.is_none();
    let possible = [
        (lasting && !person.is_active, "activate", "Confirm the email"),
        (lasting && !person.is_blocked && !person.is_muted, "recovery", "Mail a recovery link"),
        (lasting && person.is_blocked, "unblock", "Unblock"),
        (matches!(standing, Standing::Deleted(_)), "restore", "Restore"),
    ];
    let asked =
        [(lasting && !person.is_blocked && !own, "block", "Block…"), (there && !own, "delete", "Delete…")];
    html! {
        div class="bar" {
            @for (_, action, label) in possible.into_iter().filter(|(possible, ..)| *possible) {
                form method="post" action={ (address) "/" (action) } {
                    input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                    button { (label) }
                }
            }
            @for (_, action, label) in asked.into_iter().filter(|(possible, ..)| *possible) {
                a class="button" href={ (address) "/" (action) } { (label) }
            }
        }
        @if own { p class="under" { "This is your own account: another operator can block or delete it." } }
    }
}

fn facts(person: &Model, now: DateTime<Utc>) -> Markup {
    let has_password = person.password != "!";
    html! {
        dl class="list" {
            dt { "Email" } dd { (person.email) }
            dt { "ID" } dd { code { (person.id) } }
            dt { "Created" } dd { (relative_time(person.created_at, now)) }
            dt { "Changed" } dd { (relative_time(person.modified_at, now)) }
            @if let Some(at) = person.deleted_at {
                dt { @if at <= now { "Deleted" } @else { "Ends" } } dd { (relative_time(at, now)) }
            }
            dt { "Signs in by" } dd {
                (person.auth_backend.as_deref().unwrap_or("penpot"))
                @if !has_password { ", has no password" }
            }
            @if person.is_muted { dt { "Mail" } dd { "none goes there: it came back, or was complained of" } }
            @if let Some(lang) = &person.lang { dt { "Language" } dd { (lang) } }
            dt { "Jobs" } dd {
                @if let Some(team) = person.default_team_id {
                    a href={ "/admin/jobs?team=" (team) } { "of their own team" }
                } @else { "none" }
            }
        }
    }
}

fn token_list(tokens: &[Token], now: DateTime<Utc>) -> Markup {
    let full = u64::try_from(tokens.len()).is_ok_and(|number| number >= TOKENS_MAX);
    html! {
        @if tokens.is_empty() { p class="empty" { "They have none." } }
        @else {
            div class="scroll" role="region" tabindex="0" aria-label="Access tokens" { table {
                thead { tr { th { "Name" } th { "Created" } th { "Expires" } } }
                tbody { @for token in tokens { tr {
                    td { (token.name) @if let Some(kind) = &token.kind { " (" (kind) ")" } }
                    td { (relative_time(token.created_at, now)) }
                    td { @match token.expires_at {
                        None => "never",
                        Some(at) => { @if at <= now { span class="bad" { "expired" } " " } (relative_time(at, now)) },
                    } }
                } } }
            } }
        }
        @if full { p class="under" { "Only the first " (TOKENS_MAX) " are shown." } }
    }
}

fn team_table(teams: &[Membership], now: DateTime<Utc>) -> Markup {
    let full = i64::try_from(teams.len()).is_ok_and(|number| number >= TEAMS_MAX);
    html! {
        @if teams.is_empty() { p class="empty" { "They are in no team." } }
        @else {
            div class="scroll" role="region" tabindex="0" aria-label="Teams" { table {
                thead { tr { th { "Team" } th { "Role" } th class="n" { "Members" } th { "Joined" } th { "State" } } }
                tbody { @for team in teams { tr {
                    td {
                        a href={ "/admin/teams/" (team.id) } { (team.name) }
                        @if team.is_default && team.is_owner { " (their own)" }
                    }
                    td { (role(team.is_owner, team.is_admin, team.can_edit)) }
                    td class="n" { (team.members) }
                    td { (relative_time(team.created_at, now)) }
                    td { (badges::team(team.deleted_at, now)) }
                } } }
            } }
        }
        @if full { p class="under" { "Only the first " (TEAMS_MAX) " are shown." } }
    }
}

fn session_table(
    ctx: &PageContext<'_>,
    person: &Model,
    sessions: &[http_session::Model],
    ages: Ages,
) -> Markup {
    let now = ctx.state.app.now();
    let address = format!("/admin/people/{}", person.id);
    let operates = ctx.visitor.operates();
    let others = i64::try_from(sessions.len().saturating_sub(SESSIONS_SHOWN)).unwrap_or(0);
    html! {
        @if sessions.is_empty() { p class="empty" { "They are signed in nowhere." } }
        @else {
            div class="scroll" role="region" tabindex="0" aria-label="Sessions" { table {
                thead { tr {
                    th { "Browser" } th { "Created" } th { "Renewed" } th { "Expires" }
                    @if operates { th { "Actions" } }
                } }
                tbody { @for session in sessions.iter().take(SESSIONS_SHOWN) { tr {
                    td { (short(session.user_agent.as_deref().unwrap_or("did not say"), AGENT_CHARS)) }
                    td { (relative_time(session.created_at, now)) }
                    td { (relative_time(session.modified_at, now)) }
                    td { (relative_time(ages.end(session), now)) }
                    @if operates { td {
                        a href={ (address) "/end-session?session=" (session.id) } {
                            "End…" span class="sr" { " the session created " (relative_time(session.created_at, now)) }
                        }
                    } }
                } } }
            } }
            @if others > 0 { p class="under" { "And " (count(others, "older session", "older sessions")) "." } }
            @if operates {
                p class="after" { a class="button" href={ (address) "/end-sessions" } { "End all sessions…" } }
            }
        }
    }
}

fn event_table(events: &[audit_log::Model], now: DateTime<Utc>) -> Markup {
    html! {
        @if events.is_empty() { p class="empty" { "The audit log has nothing of theirs." } }
        @else {
            div class="scroll" role="region" tabindex="0" aria-label="Recent activity" { table {
                thead { tr { th { "Time" } th { "Event" } th { "IP address" } th { "Details" } } }
                tbody { @for event in events { tr {
                    td { (relative_time(event.tracked_at, now)) }
                    td class="event" { (event.name) }
                    td { (event.ip_addr.as_deref().unwrap_or("unknown")) }
                    td class="about" { code { (short(&event.props.to_string(), PROPS_CHARS)) } }
                } } }
            } }
        }
    }
}
