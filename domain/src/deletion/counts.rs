//! How many rows of each table of the list something was done with.

use super::parts::{self, PARTS, Part};
use sea_orm::{DbErr, QueryResult};
use std::fmt::{self, Display, Formatter};

/// Rows by table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts([u64; PARTS.len()]);

impl Default for Counts {
    fn default() -> Counts {
        Counts([0; PARTS.len()])
    }
}

impl Counts {
    /// So many more rows of a table.
    pub fn add(&mut self, part: &Part, rows: u64) {
        let known = self.0.iter_mut().zip(PARTS);
        known.filter(|(_, one)| one.table == part.table).for_each(|(count, _)| *count += rows);
    }

    /// Of an answer that has a count in a column for each table.
    ///
    /// # Errors
    /// A column of that name holds no number.
    pub(super) fn of_row(row: &QueryResult) -> Result<Counts, DbErr> {
        let mut counts = Counts::default();
        for name in row.column_names() {
            let Some(part) = parts::find(&name) else { continue };
            counts.add(part, u64::try_from(row.try_get::<i64>("", &name)?).unwrap_or(0));
        }
        Ok(counts)
    }

    /// Both taken together.
    #[must_use]
    pub fn plus(mut self, other: Counts) -> Counts {
        self.0.iter_mut().zip(other.0).for_each(|(count, more)| *count += more);
        self
    }

    /// Rows of all tables.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Rows of one table.
    pub fn of(&self, table: &str) -> u64 {
        self.0.iter().zip(PARTS).filter(|(_, part)| part.table == table).map(|(count, _)| count).sum()
    }
}

/// As `2 projects, 1 file`, in the order of the list; `nothing` without any.
impl Display for Counts {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut sums: Vec<(&Part, u64)> = vec![];
        for (count, part) in self.0.iter().zip(PARTS) {
            match sums.iter_mut().find(|(other, _)| other.label == part.label) {
                Some((_, sum)) => *sum += count,
                None => sums.push((part, *count)),
            }
        }
        let named: Vec<String> = sums
            .into_iter()
            .filter(|(_, sum)| *sum > 0)
            .map(|(part, sum)| format!("{sum} {}", if sum == 1 { part.label.one } else { part.label.many }))
            .collect();
        if named.is_empty() { f.write_str("nothing") } else { f.write_str(&named.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deletion::parts::find;

    #[test]
    fn counts_are_told_by_their_labels() {
        let mut counts = Counts::default();
        assert_eq!(counts.to_string(), "nothing");
        for (table, rows) in
            [("file_thumbnail", 1), ("file_tagged_object_thumbnail", 2), ("project", 1), ("file", 20)]
        {
            counts.add(find(table).expect("is listed"), rows);
        }
        assert_eq!(counts.to_string(), "1 project, 20 files, 3 thumbnails");
        assert_eq!((counts.plus(counts).total(), counts.of("file")), (48, 20));
    }
}
