//! Sums: by bucket and backend, and of the largest teams.

use crate::words::{bytes, grouped, moment, span};
use chrono::{DateTime, TimeDelta, Utc};
use domain::storage::totals::{OfTeam, Place, ROWS_MAX, Totals};
use maud::{Markup, html};
use std::time::Duration;

/// Both tables; none while the sums have not come.
pub(crate) fn section(sums: Option<&(Totals, Duration)>, now: DateTime<Utc>) -> Markup {
    let Some((totals, age)) = sums else {
        return html! { p class="empty" { "The sums are not there yet: look again in a moment." } };
    };
    html! {
        h2 { "Blobs by bucket" }
        p class="under" {
            @if totals.is_estimate { "Estimated from a sample of about " (grouped(ROWS_MAX)) " blobs" }
            @else { "Counted" }
            @if age.is_zero() { " just now." }
            @else { " " (span(TimeDelta::from_std(*age).unwrap_or_default())) " ago." }
        }
        @if totals.places.is_empty() { p class="empty" { "Nothing is stored." } }
        @else { (places(&totals.places)) }
        h2 { "Largest teams" }
        @if totals.teams.is_empty() { p class="empty" { "No team has a blob." } }
        @else {
            p class="under" {
                "What files, fonts and photos of a team refer to. A blob that two teams refer to counts for both."
            }
            (teams(&totals.teams, now))
        }
    }
}

fn places(places: &[Place]) -> Markup {
    let sum = |of: fn(&Place) -> i64| places.iter().map(of).sum::<i64>();
    html! {
        div class="scroll" role="region" tabindex="0" aria-label="Blobs by bucket" { table {
            thead { tr {
                th { "Bucket" } th { "Backend" } th class="n" { "Blobs" } th class="n" { "Size" }
                th class="n" { "Hidden" } th class="n" { "Hidden size" }
            } }
            tbody { @for place in places {
                tr {
                    td { (place.bucket) } td { (place.backend) }
                    td class="n" { (grouped(place.count)) } td class="n" { (bytes(place.bytes)) }
                    td class="n" { (grouped(place.hidden_count)) } td class="n" { (bytes(place.hidden_bytes)) }
                }
            } }
            tfoot { tr {
                th scope="row" colspan="2" { "Total" }
                td class="n" { (grouped(sum(|place| place.count))) } td class="n" { (bytes(sum(|place| place.bytes))) }
                td class="n" { (grouped(sum(|place| place.hidden_count))) }
                td class="n" { (bytes(sum(|place| place.hidden_bytes))) }
            } }
        } }
    }
}

fn teams(teams: &[OfTeam], now: DateTime<Utc>) -> Markup {
    html! {
        div class="scroll" role="region" tabindex="0" aria-label="Largest teams" { table {
            thead { tr { th { "Team" } th { "ID" } th class="n" { "Blobs" } th class="n" { "Size" } } }
            tbody { @for team in teams {
                tr {
                    td {
                        (team.name)
                        @if let Some(at) = team.deleted_at {
                            span class="under" { ", deleted: purged " (moment(at, now)) }
                        }
                    }
                    td { code { (team.id) } }
                    td class="n" { (grouped(team.count)) } td class="n" { (bytes(team.bytes)) }
                }
            } }
        } }
    }
}
