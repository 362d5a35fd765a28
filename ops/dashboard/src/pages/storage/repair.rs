//! Scrubs that put right what they find: which kinds, what that does, and how much the last scrub found of each.

use crate::{
    error::{PageError, Result},
    format::{bytes, count, grouped, relative_time},
    layout::Page,
    page_context::PageContext,
};
use domain::storage::scrub::{self, Kind};
use entities::word::Word as _;
use jobs::all::storage_scrub::StorageScrub;
use maud::{Markup, html};
use poem::Response;

/// What a kind of finding is.
pub(super) fn means(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(Kind::Missing) => "rows without bytes",
        Some(Kind::Size) => "bytes of another length than their row says",
        Some(Kind::Hash) => "bytes that are not what was stored",
        Some(Kind::Stray) => "bytes that no row accounts for",
        Some(Kind::Unused) => "rows that nothing refers to and no sweep looks at",
        None => "a kind that this program does not know",
    }
}

/// What putting it right does.
fn does(kind: Kind) -> &'static str {
    match kind {
        Kind::Missing | Kind::Size | Kind::Hash => {
            "written again, from a copy that a move left or from another blob of the same content, where there is one"
        }
        Kind::Stray => "handed to the sweep, which removes them for good",
        Kind::Unused => "looked at by the sweep, which hides them and removes them after their time of grace",
    }
}

/// Chooses what is put right.
pub(super) fn form(ctx: &PageContext<'_>) -> Markup {
    html! {
        form class="filters" method="post" action="/admin/storage/scrub/ask" {
            input type="hidden" name="csrf" value=(ctx.visitor.csrf());
            fieldset {
                legend { "Repair" }
                @for kind in Kind::ALL {
                    label class="check" { input type="checkbox" name="repair" value=(kind); (kind) }
                }
            }
            label { "Scrub" select name="depth" {
                option value="quick" { "quick" }
                option value="deep" { "deep" }
            } }
            button { "Scrub and repair…" }
        }
    }
}

/// The scrub of a form.
///
/// # Errors
/// Names the field and what it should be.
pub(super) fn wanted(ctx: &PageContext<'_>) -> Result<StorageScrub> {
    let deep = match ctx.fields.get("depth") {
        Some("deep") => true,
        Some("quick") => false,
        _ => return Err(PageError::Wrong("depth: should be quick or deep".to_owned())),
    };
    let mut repair: Vec<Kind> = vec![];
    for name in ctx.fields.all("repair") {
        let kind = name.parse::<Kind>().map_err(|error| PageError::Wrong(format!("repair: {error}")))?;
        if !repair.contains(&kind) {
            repair.push(kind);
        }
    }
    Ok(StorageScrub { deep, repair, ..StorageScrub::default() })
}

/// Asks, with what the last scrub found of what is to be put right. Changes nothing.
///
/// # Errors
/// As [`wanted`], nothing is to be put right, or the database refuses.
pub(crate) async fn ask(ctx: &PageContext<'_>) -> Result<Response> {
    let (app, now, wanted) = (&ctx.state.app, ctx.state.app.now(), wanted(ctx)?);
    if wanted.repair.is_empty() {
        let names = Kind::all().join(", ");
        return Err(PageError::Wrong(format!("repair: choose at least one of {names}")));
    }
    let last = scrub::latest(&app.db, None).await?;
    let found = match &last {
        Some(last) => scrub::tally(&app.db, last.id).await?,
        None => vec![],
    };
    let depth = if wanted.deep { "deep" } else { "quick" };
    let body = html! {
        p class="path" { a href="/admin/storage" { "Storage" } " / Scrubs" }
        h1 { "Start a " (depth) " scrub with repairs?" }
        p { @match &last {
            Some(last) => {
                "What the last scrub found, which began " (relative_time(last.started_at, now))
                ", and what becomes of it. "
                "Each is looked at again first, so it may be more or less by now."
            },
            None => "No scrub has looked yet, so nobody knows how much it is. One without repairs would tell.",
        } }
        ul class="tallies" { @for kind in &wanted.repair {
            @let tally = found.iter().find(|tally| tally.kind == *kind);
            li {
                b { @if last.is_some() { (grouped(tally.map_or(0, |tally| tally.count))) " " } (kind) }
                @if let Some(tally) = tally { ", " (bytes(tally.bytes)) } ", " (means(Some(*kind))) ": " (does(*kind))
            }
        } }
        @if wanted.repair.contains(&Kind::Hash) && !wanted.deep {
            p class="under" { "Only a deep scrub finds bytes that are not what was stored (hash)." }
        }
        form method="post" action="/admin/storage/scrub/start" class="confirm" {
            input type="hidden" name="csrf" value=(ctx.visitor.csrf());
            input type="hidden" name="depth" value=(depth);
            @for kind in &wanted.repair { input type="hidden" name="repair" value=(kind); }
            button class="primary" {
                "Scrub and repair " (count(i64::try_from(wanted.repair.len()).unwrap_or(0), "kind", "kinds"))
            }
            a href="/admin/storage" { "Go back" }
        }
    };
    let page = Page {
        title: "Scrub and repair",
        section: "/admin/storage",
        visitor: ctx.visitor,
        follows: None,
        notice: None,
    };
    Ok(page.show(&body))
}
