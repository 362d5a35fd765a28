//! The development mailbox, or, where mails are really sent, what became of the last ones.

use super::{failing, jobs::state};
use crate::{
    error::{PageError, Result},
    format::{relative_time, short},
    layout::Page,
    page_context::PageContext,
    pages::people::{TEXT_CHARS_MAX, sought},
};
use jobs::read::{self, Filter, Shown};
use maud::{Markup, PreEscaped, html};
use platform::mail::StoredMail;
use poem::{
    Response,
    http::{HeaderValue, header},
};

/// Mails on the page.
const PAGE: usize = 100;
/// Mails that a search looks through: all that are kept.
const KEPT_MAX: usize = 1000;
/// Jobs on the page.
const JOBS: i64 = 50;
/// The jobs that send mail; those about comments gather what they tell.
const KINDS: [&str; 2] = ["send-mail", "send-comment-mail"];
const ERROR_CHARS: usize = 160;

/// A mail may have styles of its own; it has no script, loads nothing and leads nowhere but into a new tab.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; \
    base-uri 'self'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// The page.
///
/// # Errors
/// The mailbox cannot be read, or the database refuses.
pub(crate) async fn show(ctx: &PageContext<'_>) -> Result<Response> {
    let mailer = &ctx.state.app.mailer;
    let body = html! {
        h1 { "Mail" }
        @if mailer.has_mailbox() {
            p class="lead" {
                "Nothing is sent from here: mails are kept in the development mailbox, "
                code { (mailer.describe()) } "."
            }
            (mailbox(ctx).await?)
        } @else {
            p class="lead" {
                "Mails are really sent, through " code { (mailer.describe()) } ", and not kept. These are the last "
                "jobs that sent them, or tried."
            }
            (last_jobs(ctx).await?)
        }
    };
    let page = Page {
        title: "Mail",
        section: "/admin/mail",
        visitor: ctx.visitor,
        follows: Some(&ctx.address),
        notice: None,
    };
    Ok(page.show(&body))
}

async fn mailbox(ctx: &PageContext<'_>) -> Result<Markup> {
    let text = sought(ctx);
    let looked_at = if text.is_empty() { PAGE } else { KEPT_MAX };
    let mut found = ctx.state.app.mailer.mailbox(looked_at).await?;
    let wanted = text.to_lowercase();
    found.retain(|mail| [&mail.to, &mail.subject].iter().any(|part| part.to_lowercase().contains(&wanted)));
    found.truncate(PAGE);
    Ok(html! {
        form class="filters" method="get" action="/admin/mail" role="search" {
            label { "Recipient or subject" input type="search" name="q" maxlength=(TEXT_CHARS_MAX) value=(text); }
            button { "Search" }
            @if !text.is_empty() { a href="/admin/mail" { "Clear" } }
        }
        @if found.is_empty() {
            p class="empty" { @if text.is_empty() { "No mail was kept yet." } @else { "No mail matches." } }
        } @else {
            (mail_table(ctx, &found))
            p class="under pages" {
                "Newest first"
                @if found.len() >= PAGE { ", the last " (PAGE) ": narrow the search to find older ones" }
                "."
                @if !ctx.visitor.operates() {
                    " Mails carry links that let people in, so only those who may act can open one."
                }
            }
        }
    })
}

fn mail_table(ctx: &PageContext<'_>, found: &[StoredMail]) -> Markup {
    let now = ctx.state.app.now();
    html! {
        div class="scroll" role="region" tabindex="0" aria-label="Mails" { table {
            thead { tr { th { "Subject" } th { "To" } th { "Sent" } } }
            tbody { @for mail in found { tr {
                td {
                    @if ctx.visitor.operates() { a href={ "/admin/mail/" (mail.id) } { (mail.subject) } }
                    @else { (mail.subject) }
                }
                td { (mail.to) }
                td { (relative_time(mail.sent_at, now)) }
            } } }
        } }
    }
}

async fn last_jobs(ctx: &PageContext<'_>) -> Result<Markup> {
    let mut found = vec![];
    for kind in KINDS {
        let filter = Filter { kind: Some(kind.to_owned()), limit: JOBS, ..Filter::default() };
        found.extend(read::list(&ctx.state.app.pool, &filter).await?.jobs);
    }
    found.sort_by_key(|job| std::cmp::Reverse(job.id));
    let mut failing = read::failing(&ctx.state.app.pool).await?;
    failing.retain(|group| KINDS.contains(&group.kind.as_str()));
    Ok(html! {
        @if !failing.is_empty() {
            section class="attention" aria-label="What fails" {
                ul { @for sentence in failing::sentences(ctx, &failing) { li { (sentence) } } }
            }
        }
        @if found.is_empty() { p class="empty" { "No mail was sent lately." } }
        @else { (job_table(ctx, &found)) }
        nav class="pages" aria-label="Jobs that send mail" {
            @for kind in KINDS {
                a href={ "/admin/jobs?kind=" (kind) } { "All jobs of the kind " (kind) }
                a href={ "/admin/jobs?kind=" (kind) "&state=dead" } { "Dead jobs among them" }
            }
        }
    })
}

fn job_table(ctx: &PageContext<'_>, found: &[Shown]) -> Markup {
    let now = ctx.state.app.now();
    html! {
        div class="scroll" role="region" tabindex="0" aria-label="Jobs that send mail" { table {
            thead { tr {
                th { "ID" } th { "State" } th { "Attempts" } th { "Created" } th { "Finished" } th { "Last error" }
            } }
            tbody { @for job in found { tr {
                td { a href={ "/admin/jobs/" (job.id) } { (job.id) } }
                td { (state(job.state)) }
                td { (job.attempt) " of " (job.max_attempts) }
                td { (relative_time(job.enqueued_at, now)) }
                td { @if let Some(at) = job.finished_at { (relative_time(at, now)) } }
                td class="error" { @if let Some(failure) = job.errors.last() { (short(&failure.error, ERROR_CHARS)) } }
            } } }
        } }
    }
}

/// One mail. Its links let people in, so it is for those who may act.
async fn one(ctx: &PageContext<'_>, id: &str) -> Result<StoredMail> {
    if !ctx.visitor.operates() {
        return Err(PageError::Forbidden(
            "mails carry links that let people in: only those who may act can open one",
        ));
    }
    ctx.state.app.mailer.stored(id).await?.ok_or(PageError::NotFound)
}

/// A mail, both forms side by side.
///
/// # Errors
/// There is no such mail, or it is not for this visitor.
pub(crate) async fn open(ctx: &PageContext<'_>, id: &str) -> Result<Response> {
    let mail = one(ctx, id).await?;
    let now = ctx.state.app.now();
    let body = html! {
        p class="path" { a href="/admin/mail" { "Mail" } " / " (short(&mail.subject, ERROR_CHARS)) }
        h1 { (mail.subject) }
        dl class="list" {
            dt { "To" } dd { (mail.to) }
            dt { "From" } dd { (mail.from) }
            @if let Some(reply_to) = &mail.reply_to { dt { "Reply-to" } dd { (reply_to) } }
            dt { "Sent" } dd { (relative_time(mail.sent_at, now)) }
            @for (name, value) in &mail.headers { dt { (name) } dd { code { (value) } } }
        }
        div class="columns mail" {
            section {
                h2 id="html" { "HTML" }
                iframe class="mail" src={ "/admin/mail/" (mail.id) "/html" } title="The mail as HTML"
                    sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer" {}
            }
            section { h2 { "Text" } pre tabindex="0" aria-label="The mail as text" { (mail.text) } }
        }
        @for (name, text) in &mail.attachments {
            section { h2 { "Attached: " (name) } pre { (text) } }
        }
    };
    let page = Page {
        title: &mail.subject,
        section: "/admin/mail",
        visitor: ctx.visitor,
        follows: Some(&ctx.address),
        notice: None,
    };
    let mut response = page.show(&body);
    // This page alone has a frame, of ours.
    let policy =
        response.header(header::CONTENT_SECURITY_POLICY).map(|policy| format!("{policy}; frame-src 'self'"));
    if let Some(policy) = policy.and_then(|policy| HeaderValue::from_str(&policy).ok()) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// The HTML of a mail by itself, for the frame. Not inside the page: there the page's own policy would take its styles.
///
/// # Errors
/// As [`open`].
pub(crate) async fn frame(ctx: &PageContext<'_>, id: &str) -> Result<Response> {
    let mail = one(ctx, id).await?;
    let page = html! { base target="_blank"; (PreEscaped(&mail.html)) };
    let response = Response::builder()
        .content_type("text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, MAIL_POLICY)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::REFERRER_POLICY, "no-referrer")
        .header(header::CACHE_CONTROL, "no-store");
    Ok(response.body(page.into_string()))
}
