//! What the next sweep would take, and why.

use crate::{
    Refused, Result,
    look::Look,
    words::{bytes, count, grouped, moment},
};
use domain::storage::plan::{self, Action, Plan};
use jobs::read;
use maud::{Markup, html};

/// Blobs that each sweep would look at, of which the page tells.
const SEEN_MAX: u64 = 400;
/// Blobs in the table.
const SHOWN_MAX: usize = 50;

/// The plan as of now.
///
/// # Errors
/// The database refuses.
pub(crate) async fn section(look: &Look<'_>) -> Result<Markup> {
    let (app, now) = (&look.state.app, look.state.app.now());
    let plan = plan::make_within(&app.db, now, SEEN_MAX).await.map_err(Refused::of_domain)?;
    let schedules = read::schedules(&app.pool).await?;
    let sweeps = schedules.iter().filter(|entry| entry.kind.starts_with("storage-gc-"));
    Ok(html! {
        h2 { "What the next sweep takes" }
        p class="under" {
            "Nothing that something refers to goes. What goes is hidden first, and can be brought back until its time of grace is over. "
            @for entry in sweeps {
                a href="/admin/schedule" { (entry.name) }
                @if entry.paused_at.is_some() { " is paused. " } @else { " runs " (moment(entry.next_tick, now)) ". " }
            }
        }
        @if plan.items.is_empty() {
            p class="empty" {
                @if plan.is_cut { "None of the first " (grouped(i64::try_from(plan.seen).unwrap_or(i64::MAX))) " that are due would go: something refers to each." }
                @else { "Nothing would go now." }
            }
        }
        @else { (totals(&plan)) (table(&plan)) }
    })
}

fn totals(plan: &Plan) -> Markup {
    let of = |action| {
        let (number, sum) = plan.total(action);
        (i64::try_from(number).unwrap_or(i64::MAX), i64::try_from(sum).unwrap_or(i64::MAX))
    };
    html! {
        p {
            @if plan.is_cut { "At least " } @else { "Of " (grouped(i64::try_from(plan.seen).unwrap_or(i64::MAX))) " that are due: " }
            @for (place, (action, words)) in WORDS.into_iter().filter(|(action, _)| of(*action).0 > 0).enumerate() {
                @if place > 0 { "; " }
                (count(of(action).0, "blob", "blobs")) " (" (bytes(of(action).1)) ") would be " (words)
            }
            "."
        }
    }
}

const WORDS: [(Action, &str); 3] =
    [(Action::Hide, "hidden"), (Action::GiveUp, "given up"), (Action::Remove, "removed for good")];

fn table(plan: &Plan) -> Markup {
    let word = |action| WORDS.into_iter().find(|(known, _)| *known == action).map_or("", |(_, word)| word);
    html! {
        div class="scroll tall" role="region" tabindex="0" aria-label="What the next sweep takes" { table {
            thead { tr { th { "Blob" } th { "Will be" } th { "Bucket" } th class="n" { "Bytes" } th { "Why" } } }
            tbody { @for item in plan.items.iter().take(SHOWN_MAX) {
                tr {
                    td { a href={ "/admin/storage/objects/" (item.id) } { code { (item.id) } } }
                    td { (word(item.action)) } td { (item.bucket) }
                    td class="n" { (bytes(item.bytes)) } td class="error" { (item.why) }
                }
            } }
        } }
        @if plan.items.len() > SHOWN_MAX || plan.is_cut {
            p class="under" { "There are more: " code { "atelier storage gc --dry-run --json" } " lists all of them." }
        }
    }
}
