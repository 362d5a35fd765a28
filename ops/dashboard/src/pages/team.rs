//! One team: who is in it, how much is in it, and what may be more or less than elsewhere.

use crate::{
    badges::{self, role},
    error::Result,
    format::{count, grouped, relative_time},
    layout::Page,
    page_context::PageContext,
    pages::quotas::{self, Of},
};
use chrono::{DateTime, Utc};
use domain::admin::{
    contents::{self, Contents},
    quota,
    team::{self, Member, TeamSummary},
};
use entities::ids::TeamId;
use maud::{Markup, html};
use poem::Response;

/// Members that are shown, and that it can be handed to; the others are counted.
const MEMBERS_SHOWN: usize = 500;

/// The page.
///
/// # Errors
/// There is no such team (any more), or the database refuses.
pub(crate) async fn show(ctx: &PageContext<'_>, id: TeamId) -> Result<Response> {
    let (app, now) = (&ctx.state.app, ctx.state.app.now());
    let team = contents::team(&app.db, id).await?;
    let members = team::members(&app.db, id).await?;
    let inside = contents::of(&app.db, &[id], now).await?;
    let quotes = quota::naming(&app.db, Some(id), None).await?;
    let body = html! {
        p class="path" { a href="/admin/teams" { "Teams" } " / " (team.name) }
        h1 { (team.name) " " (badges::team(team.deleted_at, now)) }
        @if ctx.visitor.operates() { (actions(ctx, &team, &members)) }
        div class="columns" {
            section { h2 { "Details" } (facts(&team, &members, now)) }
            section { h2 { "Contents" } (inside_list(&team, &inside)) (quotas::section(ctx, Of::Team(id), &quotes)) }
        }
        h2 { "Members" }
        (member_table(&members, now))
    };
    let address = format!("/admin/teams/{id}");
    let notice = ctx.fields.get("did").and_then(|did| match did {
        "transferred" => Some("The team has another owner; the one until now is an admin."),
        "deleted" => Some("The team is deleted, with everything in it."),
        "quota-set" => Some("The quota holds from now on."),
        "quota-removed" => Some("The quota is removed."),
        "restored" => Some("The team is back, with what went with it."),
        _ => None,
    });
    let page = Page {
        title: &team.name,
        section: "/admin/teams",
        visitor: ctx.visitor,
        follows: Some(&address),
        notice: notice.map(str::to_owned),
    };
    Ok(page.show(&body))
}

fn actions(ctx: &PageContext<'_>, team: &TeamSummary, members: &[Member]) -> Markup {
    let now = ctx.state.app.now();
    let address = format!("/admin/teams/{}", team.id);
    let heirs = || members.iter().filter(|member| !member.is_owner && member.deleted_at.is_none());
    let owner_gone =
        members.iter().any(|member| member.is_owner && member.deleted_at.is_some_and(|at| at <= now));
    html! {
        @if owner_gone && team.deleted_at.is_some() {
            p class="under" { "It went with its owner's account, and comes back with it." }
        } @else if badges::can_come_back(team.deleted_at, now) {
            div class="bar" { form method="post" action={ (address) "/restore" } {
                input type="hidden" name="csrf" value=(ctx.visitor.csrf());
                button class="primary" { "Restore" }
            } }
        } @else if team.is_default {
            p class="under" {
                "It is somebody's own first team: it cannot be transferred, and goes with the account only."
            }
        } @else if team.deleted_at.is_none() {
            div class="bar" {
                @if heirs().next().is_some() {
                    form class="bar" method="get" action={ (address) "/transfer" } {
                        label class="inline" { "Transfer to" select name="to" required {
                            @for member in heirs().take(MEMBERS_SHOWN) {
                                option value=(member.id) { (member.email) }
                            }
                        } }
                        button { "Transfer…" }
                    }
                }
                a class="button" href={ (address) "/delete" } { "Delete…" }
            }
        }
    }
}

fn facts(team: &TeamSummary, members: &[Member], now: DateTime<Utc>) -> Markup {
    html! {
        dl class="list" {
            dt { "Owner" } dd { @match members.iter().find(|member| member.is_owner) {
                Some(owner) => a href={ "/admin/people/" (owner.id) } { (owner.email) },
                None => "nobody",
            } }
            dt { "ID" } dd { code { (team.id) } }
            dt { "Created" } dd { (relative_time(team.created_at, now)) }
            @if let Some(at) = team.deleted_at { dt { "Purged" } dd { (relative_time(at, now)) } }
            dt { "Jobs" } dd { a href={ "/admin/jobs?team=" (team.id) } { "of this team" } }
        }
    }
}

fn inside_list(team: &TeamSummary, inside: &Contents) -> Markup {
    html! {
        dl class="list" {
            dt { "Members" } dd { (grouped(team.members)) }
            dt { "Projects" } dd { (grouped(inside.projects)) }
            dt { "Files" } dd { (grouped(inside.files)) }
            dt { "Invitations" } dd {
                (grouped(inside.invitations))
                @if inside.expired_invitations > 0 { ", and " (grouped(inside.expired_invitations)) " too old" }
            }
        }
    }
}

fn member_table(members: &[Member], now: DateTime<Utc>) -> Markup {
    let others = i64::try_from(members.len().saturating_sub(MEMBERS_SHOWN)).unwrap_or(0);
    html! {
        @if members.is_empty() { p class="empty" { "Nobody is in it." } }
        @else {
            div class="scroll" role="region" tabindex="0" aria-label="Members" { table {
                thead { tr { th { "Email" } th { "Name" } th { "Role" } th { "Joined" } th { "State" } } }
                tbody { @for member in members.iter().take(MEMBERS_SHOWN) { tr {
                    td { a href={ "/admin/people/" (member.id) } { (member.email) } }
                    td { (member.fullname) }
                    td { (role(member.is_owner, member.is_admin, member.can_edit)) }
                    td { (relative_time(member.created_at, now)) }
                    td { @match member.deleted_at {
                        None => "active",
                        Some(at) if at <= now => { "deleted " (relative_time(at, now)) },
                        Some(at) => { "ends " (relative_time(at, now)) },
                    } }
                } } }
            } }
            @if others > 0 { p class="under" { "And " (count(others, "other", "others")) ", who joined later." } }
        }
    }
}
