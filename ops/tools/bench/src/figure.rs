//! Figures with their goals, one line each.

use std::process::ExitCode;

/// Counts what missed its goal.
#[derive(Default)]
pub(crate) struct Figures {
    missed: usize,
}

impl Figures {
    /// `value` should be at least `goal`.
    pub(crate) fn at_least(&mut self, name: &str, value: f64, goal: f64) {
        self.line(name, value, &format!("goal >= {goal}"), value >= goal);
    }

    /// `value` should be at most `goal`.
    pub(crate) fn at_most(&mut self, name: &str, value: f64, goal: f64) {
        self.line(name, value, &format!("goal <= {goal:.3}"), value <= goal);
    }

    fn line(&mut self, name: &str, value: f64, goal: &str, kept: bool) {
        let end = if kept { "" } else { "   MISSED" };
        println!("{name:<58} {value:>12.4}   {goal}{end}");
        self.missed += usize::from(!kept);
    }

    /// Whether every goal was kept.
    pub(crate) fn end(self) -> ExitCode {
        if self.missed > 0 {
            println!("{} goals were missed", self.missed);
            return ExitCode::FAILURE;
        }
        ExitCode::SUCCESS
    }
}

/// Prints what a ratio was made of: the median, and the least and the most of all rounds.
pub(crate) fn spread(name: &str, values: &[f64], unit: &str) -> f64 {
    let sorted = sorted(values);
    let (Some(least), Some(most)) = (sorted.first(), sorted.last()) else { return f64::NAN };
    let middle = median(values);
    println!("  {name:<56} {middle:>12.1} {unit} ({least:.1} to {most:.1})");
    middle
}

pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

pub(crate) fn quantile(values: &[f64], part: f64) -> f64 {
    let sorted = sorted(values);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index into few values"
    )]
    let index = (sorted.len().saturating_sub(1) as f64 * part).round() as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

/// The median of the ratios of each round: what is noise of one minute is in both.
pub(crate) fn ratio(ours: &[f64], limit: &[f64]) -> f64 {
    median(&ours.iter().zip(limit).map(|(ours, limit)| ours / limit).collect::<Vec<_>>())
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}
