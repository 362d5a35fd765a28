//! The tables of limits in `docs/API.md`, printed from what the methods say of themselves.

use super::{
    method::Entry,
    permits::{self, ConcurrencyLimit, Of},
    rate,
};
use platform::config::Rate;
use std::{collections::BTreeMap, fmt::Write as _};

const RATES: &str = "\
| method | calls of one person, or from one address of people who are not signed in |
|---|---|
";
const PERMITS: &str = "\
| name in metrics | counted | run | wait | for at most | methods |
|---|---|---|---|---|---|
";

/// Both tables in Markdown: how often these methods may be called, and how many calls run side by side.
pub fn markdown(methods: &[Entry]) -> String {
    let mut out = RATES.to_owned();
    rates_row(&mut out, "all together (`default`)", rate::EVERY_CALL);
    for method in methods.iter().filter(|method| !method.rates.is_empty()) {
        rates_row(&mut out, &format!("`{}`", method.name), method.rates);
    }
    out.push('\n');
    out.push_str(PERMITS);
    for (limits, methods) in
        [(permits::EVERY_CALL, "all"), (permits::EVERY_STREAM, "all, while an answer is streamed")]
    {
        limits.iter().for_each(|limit| permits_row(&mut out, limit, methods));
    }
    let mut users: BTreeMap<&str, (&ConcurrencyLimit, Vec<String>)> = BTreeMap::new();
    for method in methods {
        for limit in method.permits {
            users.entry(limit.id).or_insert((limit, vec![])).1.push(format!("`{}`", method.name));
        }
    }
    for (limit, names) in users.into_values() {
        permits_row(&mut out, limit, &names.join(", "));
    }
    out
}

// Writing into a String cannot fail, here and below.

fn rates_row(out: &mut String, who: &str, rates: &[Rate]) {
    let rates: Vec<String> = rates.iter().map(|rate| words(*rate)).collect();
    let _ = writeln!(out, "| {who} | {} |", rates.join(", "));
}

fn permits_row(out: &mut String, limit: &ConcurrencyLimit, methods: &str) {
    let ConcurrencyLimit { id, permits, queue, wait_max, of } = limit;
    let counted = match of {
        Of::Process => "the process",
        Of::Person => "each person",
        Of::Strangers => "all who are not signed in",
    };
    let seconds = wait_max.as_secs();
    let _ = writeln!(out, "| `{id}` | {counted} | {permits} | {queue} | {seconds} s | {methods} |");
}

/// A rate in words.
fn words(rate: Rate) -> String {
    match rate {
        Rate::Window { calls, span } => match span.as_secs() {
            60 => format!("{calls} a minute"),
            3600 => format!("{calls} an hour"),
            seconds => format!("{calls} in {seconds} s"),
        },
        Rate::Bucket { capacity, refill, interval } => {
            format!("{capacity}, and {refill} more every {} s", interval.as_secs())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn rates_in_words() {
        assert_eq!(words(Rate::per_minute(5)), "5 a minute");
        assert_eq!(words(Rate::window(5, Duration::from_secs(90))), "5 in 90 s");
        let bucket = Rate::Bucket { capacity: 9, refill: 2, interval: Duration::from_secs(10) };
        assert_eq!(words(bucket), "9, and 2 more every 10 s");
    }
}
