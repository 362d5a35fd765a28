//! Charts as SVG: bars over time, drawn on the server. No colours here: the style sheet knows light and dark.

use maud::{Markup, html};

/// One span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// Attempts that ended well.
    pub done: i64,
    /// Attempts that failed.
    pub failed: i64,
}

const WIDTH: i64 = 480;
const HEIGHT: i64 = 72;

/// Bars from the oldest to now. `about` says what is seen, for those who do not see it.
pub fn bars(bars: &[Bar], about: &str) -> Markup {
    let most = bars.iter().map(|bar| bar.done + bar.failed).max().unwrap_or(0).max(1);
    let count = i64::try_from(bars.len()).unwrap_or(i64::MAX).max(1);
    // In thousandths of the width, so that bars of one chart are equally wide.
    let wide = WIDTH * 1000 / count;
    let height = |value: i64| (value * HEIGHT + most - 1) / most;
    html! {
        svg class="chart" viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(about)
    preserveAspectRatio="none" {
            @for (at, bar) in (0..).zip(bars) {
                @let x = thousandths(at * wide);
                @let width = thousandths((wide - 600).max(wide / 2));
                @let done = height(bar.done);
                @let failed = height(bar.failed).min(HEIGHT - done);
                @if done > 0 { rect class="done" x=(x) width=(width) y=(HEIGHT - done) height=(done) {} }
                @if bar.failed > 0 {
                    rect class="failed" x=(x) width=(width) y=(HEIGHT - done - failed.max(2)) height=(failed.max(2)) {}
                }
            }
        }
    }
}

fn thousandths(value: i64) -> String {
    format!("{}.{:03}", value / 1000, value % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_among_thousands_is_seen() {
        let drawn = bars(&[Bar { done: 9_999, failed: 1 }, Bar::default()], "two minutes").into_string();
        assert_eq!(drawn.matches("<rect").count(), 2);
        assert!(drawn.contains("class=\"failed\""), "{drawn}");
        assert!(drawn.contains("aria-label=\"two minutes\""));
    }

    #[test]
    fn nothing_is_an_empty_chart() {
        assert!(!bars(&[], "none").into_string().contains("<rect"));
    }
}
