//! How often something may be called, as an operator writes it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::variables::{Variables, words};

/// How often something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// So many times in each window of time; windows follow each other without overlap.
    Window {
        /// Times a window.
        calls: u64,
        /// Length of the window.
        span: Duration,
    },
    /// As long as there is something in the bucket; it is filled again bit by bit.
    Bucket {
        /// What the bucket holds.
        capacity: u64,
        /// How much comes back each interval.
        refill: u64,
        /// The interval.
        interval: Duration,
    },
}

/// The largest number in a rate.
const CALLS_MAX: u64 = 1_000_000_000;
/// The longest span.
const SPAN_MAX: Duration = Duration::from_secs(4 * 7 * 86_400);
/// The most rates of one name.
const RATES_OF_NAME_MAX: usize = 8;
const SHOULD: &str = "words such as default=200000/h login-with-password=20/m get-teams=100/10/s \
    (calls/span, capacity/refill/interval, or off)";

impl Rate {
    /// So many calls in each span.
    pub const fn window(calls: u64, span: Duration) -> Rate {
        Rate::Window { calls, span }
    }

    /// So many calls in each minute.
    pub const fn per_minute(calls: u64) -> Rate {
        Self::window(calls, Duration::from_secs(60))
    }

    /// So many calls in each hour.
    pub const fn per_hour(calls: u64) -> Rate {
        Self::window(calls, Duration::from_secs(3600))
    }

    /// Reads `20/m`, `20/10m` (a window) or `100/10/s` (a bucket: capacity, refill, interval).
    pub fn parse(text: &str) -> Option<Rate> {
        let mut parts = text.split('/');
        let (first, second, third) = (number(parts.next()?)?, parts.next()?, parts.next());
        let rate = match third {
            None => Rate::Window { calls: first, span: span(second)? },
            Some(third) => Rate::Bucket { capacity: first, refill: number(second)?, interval: span(third)? },
        };
        parts.next().is_none().then_some(rate)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rate::Window { calls, span } => write!(f, "{calls}/{}s", span.as_secs()),
            Rate::Bucket { capacity, refill, interval } => {
                write!(f, "{capacity}/{refill}/{}s", interval.as_secs())
            }
        }
    }
}

fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|n| (1..=CALLS_MAX).contains(n))
}

/// `m` or `10m`: seconds, minutes, hours, days, weeks.
fn span(text: &str) -> Option<Duration> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let count = &text[..text.len() - 1];
    let count = if count.is_empty() { 1 } else { number(count)? };
    Some(Duration::from_secs(count.checked_mul(unit)?)).filter(|span| *span <= SPAN_MAX)
}

/// Rates by the name of a method, or `default`, in place of the built-in ones; none at all where it says `off`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateOverrides(BTreeMap<String, Vec<Rate>>);

impl RateOverrides {
    /// What holds for a name instead of the built-in rates, if anything does.
    pub fn of(&self, name: &str) -> Option<&[Rate]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// The names in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn parse(text: &str) -> Option<RateOverrides> {
        let mut rates: BTreeMap<String, Vec<Rate>> = BTreeMap::new();
        for word in words(text) {
            let (name, rate) = word.split_once('=')?;
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if name.is_empty() || !name.chars().all(plain) {
                return None;
            }
            let of_name = rates.entry(name.to_owned()).or_default();
            if rate != "off" {
                of_name.push(Rate::parse(rate)?);
            }
            if of_name.len() > RATES_OF_NAME_MAX {
                return None;
            }
        }
        Some(RateOverrides(rates))
    }

    fn show(&self) -> String {
        let mut shown = Vec::new();
        for (name, rates) in &self.0 {
            if rates.is_empty() {
                shown.push(format!("{name}=off"));
            }
            shown.extend(rates.iter().map(|rate| format!("{name}={rate}")));
        }
        shown.join(" ")
    }

    pub(super) fn read(vars: &mut Variables) -> RateOverrides {
        vars.var(
            "ATELIER_RPC_LIMITS",
            "How often methods may be called, in place of the built-in rates of these names.",
        )
        .parsed(RateOverrides::default(), SHOULD, RateOverrides::show, RateOverrides::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_windows_and_buckets() {
        let minute = Duration::from_secs(60);
        assert_eq!(Rate::parse("20/m"), Some(Rate::window(20, minute)));
        assert_eq!(Rate::parse("20/10m"), Some(Rate::window(20, minute * 10)));
        let bucket = Rate::Bucket { capacity: 100, refill: 10, interval: Duration::from_secs(1) };
        assert_eq!(Rate::parse("100/10/s"), Some(bucket));
        for bad in ["", "20", "20/", "0/m", "-1/m", "20/x", "20/0m", "9/9/9/m", "20/5w", "1/m/", "2/é"] {
            assert_eq!(Rate::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn reads_words() {
        let read = RateOverrides::parse;
        let rates = read("default=9/h, get-teams=5/m get-teams=50/h login=off").expect("is well formed");
        assert_eq!(rates.of("get-teams").map(<[Rate]>::len), Some(2));
        assert_eq!(rates.of("login"), Some(&[][..]));
        assert_eq!(rates.of("other"), None);
        assert_eq!(rates.show(), "default=9/3600s get-teams=5/60s get-teams=50/3600s login=off");
        let shown = rates.show();
        assert_eq!(read(&shown), Some(rates));
        for bad in ["default", "=5/m", "Get=5/m", "a=5/m b=x", "a.b=5/m"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
