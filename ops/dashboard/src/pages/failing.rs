//! What fails now: in words, with what somebody can do about it.

use crate::{
    format::{count, relative_time, short},
    page_context::PageContext,
};
use jobs::read::{FAILING_LOOKED_AT, Failing};
use maud::{Markup, html};

const ERROR_CHARS: usize = 300;

/// One sentence for each thing that goes wrong and is tried again.
pub(crate) fn sentences(ctx: &PageContext<'_>, failing: &[Failing]) -> Vec<Markup> {
    let now = ctx.state.app.now();
    let sentence = |group: &Failing| {
        let more = if group.count >= FAILING_LOOKED_AT { " or more" } else { "" };
        let one = group.count == 1;
        html! {
            b { (count(group.count, "job", "jobs")) (more) " of " (group.kind) }
            (if one { " keeps" } else { " keep" }) " failing, the first time " (relative_time(group.since, now)) ". "
            (if one { "It is tried again by itself" } else { "They are tried again by themselves" })
            @if group.next_at > now { ", the next " (relative_time(group.next_at, now)) } ". For example "
            a href={ "/admin/jobs/" (group.sample) } { "job " (group.sample) } ": "
            span class="said" { (short(&group.error, ERROR_CHARS)) }
            @if let Some(advice) = advice(ctx, &group.kind, &group.error) { p class="under" { (advice) } }
        }
    };
    failing.iter().map(sentence).collect()
}

/// What somebody can do when jobs of a kind fail with an error; `None`: nothing that is known here.
pub(crate) fn advice(ctx: &PageContext<'_>, kind: &str, error: &str) -> Option<Markup> {
    let app = &ctx.state.app;
    match kind {
        // As lettre says it: the server's own answer, which counts.
        "send-mail" | "send-comment-mail" if error.contains("permanent error") => Some(html! {
            "The mail server took the connection and refused this mail for good: its answer above says why. "
            "A retry helps only when that has changed."
        }),
        "send-mail" | "send-comment-mail" => Some(html! {
            "Mails go through " b { (app.mailer.describe()) } ". See that this server runs and is reached from the "
            "workers, and that the " code { "PENPOT_SMTP_…" } " settings fit it; "
            a href="/admin/health" { "Health" } " asks it now. When it takes mails again, waiting ones go by "
            "themselves, and " a href="/admin/dead" { "dead jobs" } " after “Retry them”."
        }),
        "run-webhook" if error.contains("blocked-request") => Some(html! {
            "This webhook listens in a network of yours, or its address leads there. When that is meant, name its "
            "server in " code { "PENPOT_SSRF_ALLOWED_HOSTS" } "."
        }),
        "run-webhook" => Some(html! {
            "The server of this webhook is somebody else's; the log of the job says what it answered. After several "
            "events that were given up the webhook is switched off, and whoever made it gets a mail."
        }),
        kind if kind.starts_with("storage-") => Some(html! {
            "Blobs go to " b { (app.storage_name()) } ". " a href="/admin/health" { "Health" } " asks it now; "
            code { "atelier storage why ID" } " tells about one blob."
        }),
        _ => None,
    }
}
