//! Sums: by bucket and backend, and of the largest teams.

use crate::format::{bytes, grouped, relative_time, span};
use chrono::{DateTime, TimeDelta, Utc};
use domain::storage::totals::{BucketTotals, ROWS_MAX, TeamTotals, Totals};
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
        @if totals.buckets.is_empty() { p class="empty" { "Nothing is stored." } }
        @else { (buckets(&totals.buckets)) }
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

fn buckets(buckets: &[BucketTotals]) -> Markup {
    let sum = |of: fn(&BucketTotals) -> i64| buckets.iter().map(of).sum::<i64>();
    html! {
        div class="scroll" role="region" tabindex="0" aria-label="Blobs by bucket" { table {
            thead { tr {
                th { "Bucket" } th { "Backend" } th class="n" { "Blobs" } th class="n" { "Size" }
                th class="n" { "Hidden" } th class="n" { "Hidden size" }
            } }
            tbody { @for bucket in buckets {
                tr {
                    td { (bucket.bucket) } td { (bucket.backend) }
                    td class="n" { (grouped(bucket.count)) } td class="n" { (bytes(bucket.bytes)) }
                    td class="n" { (grouped(bucket.hidden_count)) } td class="n" { (bytes(bucket.hidden_bytes)) }
                }
            } }
            tfoot { tr {
                th scope="row" colspan="2" { "Total" }
                td class="n" { (grouped(sum(|bucket| bucket.count))) }
                td class="n" { (bytes(sum(|bucket| bucket.bytes))) }
                td class="n" { (grouped(sum(|bucket| bucket.hidden_count))) }
                td class="n" { (bytes(sum(|bucket| bucket.hidden_bytes))) }
            } }
        } }
    }
}

fn teams(teams: &[TeamTotals], now: DateTime<Utc>) -> Markup {
    html! {
        div class="scroll" role="region" tabindex="0" aria-label="Largest teams" { table {
            thead { tr { th { "Team" } th { "ID" } th class="n" { "Blobs" } th class="n" { "Size" } } }
            tbody { @for team in teams {
                tr {
                    td {
                        (team.name)
                        @if let Some(at) = team.deleted_at {
                            span class="under" { ", deleted: purged " (relative_time(at, now)) }
                        }
                    }
                    td { code { (team.id) } }
                    td class="n" { (grouped(team.count)) } td class="n" { (bytes(team.bytes)) }
                }
            } }
        } }
    }
}
