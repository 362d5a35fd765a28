//! What commands print: tables for people, JSON for programs.

use std::io::{ErrorKind, Write as _};

use anyhow::Result;
use chrono::{DateTime, Utc};

/// Cells are cut to this many characters.
const CELL_CHARS_MAX: usize = 60;

/// Writes text to standard output. Whoever stops reading (`| head`) has read enough: that is no error.
///
/// # Errors
/// Any other failure.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Rows below their headings, in columns as wide as they must be.
pub(crate) fn table<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    grid(&headings, rows)
}

/// The same of columns that are known only when it runs.
pub(crate) fn grid<R: AsRef<[String]>>(headings: &[&str], rows: &[R]) -> String {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.as_ref().iter().map(|cell| cut(cell)).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([headings[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: &[&str]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    let body = rows.iter().map(|row| line(&row.iter().map(String::as_str).collect::<Vec<_>>()));
    std::iter::once(line(headings)).chain(body).collect()
}

/// One fact a line, its name in front.
pub(crate) fn facts(facts: &[(&str, String)]) -> String {
    let width = facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    facts.iter().map(|(name, fact)| format!("{name:width$}  {fact}\n")).collect()
}

/// A moment as people read it.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A moment, or a dash.
pub(crate) fn time_or_dash(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "-".to_owned(), time)
}

/// One line of at most so many characters; control characters become spaces.
fn cut(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().count() <= CELL_CHARS_MAX {
        return text;
    }
    text.chars().take(CELL_CHARS_MAX - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_must_be() {
        let rows = [["1".to_owned(), "long".to_owned()], ["100".to_owned(), "x\ny".to_owned()]];
        assert_eq!(table(["ID", "NAME"], &rows), "ID   NAME\n1    long\n100  x y\n");
        assert_eq!(table(["ID"], &[]), "ID\n");
    }

    #[test]
    fn long_cells_are_cut() {
        assert_eq!(cut(&"é".repeat(60)), "é".repeat(60));
        assert_eq!(cut(&"é".repeat(61)), format!("{}…", "é".repeat(59)));
    }
}
