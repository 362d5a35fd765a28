//! One blob: what it is, who refers to it, and why it is kept or goes.

use crate::{
    error::{PageError, Result},
    format::{bytes, grouped, relative_time, with_code},
    layout::{Page, see_other},
    page_context::PageContext,
    wording,
};
use chrono::{DateTime, Utc};
use domain::{
    permission::Operator,
    storage::why::{self, USES_MAX, Used, Why},
};
use entities::ids::StorageObjectId;
use maud::{Markup, html};
use poem::Response;

/// The page.
///
/// # Errors
/// There is no such blob, its backend does not answer, or the database refuses.
pub(crate) async fn show(ctx: &PageContext<'_>, id: &str) -> Result<Response> {
    let (app, now) = (&ctx.state.app, ctx.state.app.now());
    let why = why::why(app, parsed(id)?, now).await?;
    let object = &why.object;
    let body = html! {
        p class="path" { a href="/admin/storage" { "Storage" } " / " (object.id) }
        h1 { "Blob " span class="number" { (object.id) } }
        p class="verdict" { (with_code(&wording::verdict(&why))) }
        @if ctx.visitor.operates() && object.deleted_at.is_some() && is_whole(&why) { (restore_form(ctx, &why)) }
        div class="columns" {
            section { h2 { "Details" } (facts(&why, now)) }
            section { h2 { "References" } (uses(&why.uses, now)) }
        }
    };
    let notice = (ctx.fields.get("did") == Some("restored")).then(|| "It is back.".to_owned());
    let address = format!("/admin/storage/objects/{}", object.id);
    let page = Page {
        title: "Blob",
        section: "/admin/storage",
        visitor: ctx.visitor,
        follows: Some(&address),
        notice,
    };
    Ok(page.show(&body))
}

/// Brings a hidden blob back.
///
/// # Errors
/// It is not hidden, its bytes are gone or going, or the database refuses.
pub(crate) async fn restore(ctx: &PageContext<'_>, operator: &Operator, id: &str) -> Result<Response> {
    let (app, id) = (&ctx.state.app, parsed(id)?);
    why::restore(app, operator, id, app.now()).await?;
    Ok(see_other(&format!("/admin/storage/objects/{id}?did=restored")))
}

fn parsed(id: &str) -> Result<StorageObjectId> {
    id.parse().map_err(|_| PageError::NotFound)
}

/// Without its bytes it cannot come back.
fn is_whole(why: &Why) -> bool {
    why.stored_bytes == u64::try_from(why.object.size).ok()
}

fn restore_form(ctx: &PageContext<'_>, why: &Why) -> Markup {
    html! {
        form class="bar" method="post" action={ "/admin/storage/" (why.object.id) "/restore" } {
            input type="hidden" name="csrf" value=(ctx.visitor.csrf());
            button class="primary" { "Restore" }
            span class="under" { "For another time of grace, unless something begins to refer to it." }
        }
    }
}

fn facts(why: &Why, now: DateTime<Utc>) -> Markup {
    let object = &why.object;
    html! {
        dl class="list" {
            dt { "Bucket" } dd { (object.bucket) }
            dt { "Backend" } dd { (object.backend) }
            dt { "Type" } dd { (object.content_type) }
            dt { "Size" } dd { (bytes(object.size)) " (" (grouped(object.size)) " bytes)" }
            dt { "Bytes" } dd { @match why.stored_bytes {
                Some(there) if i64::try_from(there) == Ok(object.size) => "there",
                Some(there) => span class="bad" { "damaged: " (there) " bytes instead of " (object.size) },
                None => span class="bad" { "not there" },
            } }
            dt { "State" } dd { (object.state) }
            dt { "SHA-256" } dd { code { (object.sha256) } }
            dt { "Created" } dd { (relative_time(object.created_at, now)) }
            @if let Some(at) = object.touched_at { dt { "Touched" } dd { (relative_time(at, now)) } }
            @if let Some(by) = &object.touched_by { dt { "Touched by" } dd { (wording::touched_by(by)) } }
            @if let Some(at) = object.expired_at { dt { "Expires" } dd { (relative_time(at, now)) } }
            @if let Some(at) = object.hidden_at { dt { "Hidden" } dd { (relative_time(at, now)) } }
            @if let Some(at) = why.goes_at {
                dt { "Removed" } dd { @if at <= now { "with the next sweep" } @else { (relative_time(at, now)) } }
            }
            @for copy in &why.copies {
                dt { "Copy" } dd { "on " (copy.backend) ", goes " (relative_time(copy.goes_at, now)) }
            }
        }
    }
}

fn uses(uses: &[Used], now: DateTime<Utc>) -> Markup {
    let purged = |at: Option<DateTime<Utc>>| {
        html! { @if let Some(at) = at { span class="bad" { ", purged " (relative_time(at, now)) } } }
    };
    html! {
        @if uses.is_empty() { p class="empty" { "Nothing refers to it." } }
        @else { ul class="uses" { @for used in uses {
            li {
                b { (used.what) } " " code { (used.holder) } (purged(used.gone_at))
                @for link in &used.chain {
                    p class="under" {
                        "in the " (link.kind) " " b { (link.name) } " " code { (link.id) } (purged(link.deleted_at))
                    }
                }
            }
        } } }
        @if uses.len() as u64 >= USES_MAX { p class="under" { "There may be more: only " (USES_MAX) " are listed." } }
    }
}
