//! Tests make their rows through the front door, through the domain, or with `tests/src/factory`. Rows that a test
//! spells itself go stale with every column.

use crate::{finding::Finding, tree::Tree};

/// Where tests are.
const FOLDER: &str = "tests/it/";
/// Files that insert rows themselves, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("tests/it/ops/statements_of_rust.rs", "names what statements begin with"),
    ("tests/it/queue/chaos.rs", "a table of its own says what is wanted"),
    ("tests/it/queue/follow_up.rs", "a table of its own makes a commit fail"),
    ("tests/it/queue/guard.rs", "a million jobs, made in the database"),
    ("tests/it/queue/plans.rs", "jobs in every state and a history, made in the database"),
    ("tests/it/queue/setup.rs", "tables of its own: a log, a gate and a clock"),
    ("tests/it/queue/upgrade.rs", "what the release before sends"),
];

/// Looks at every test.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = vec![];
    for (path, text) in tree.rust(FOLDER) {
        let lines = inserts(text);
        let is_exception = EXCEPTIONS.iter().any(|(exception, _)| *exception == path);
        if is_exception && lines.is_empty() {
            findings.push(Finding::file(
                path,
                "inserts nothing: take it out of the exceptions of tidy's raw_rows",
            ));
        }
        if !is_exception {
            let what = "INSERT INTO: make the row with tests/src/factory";
            findings.extend(lines.into_iter().map(|line| Finding::line(path, line, what)));
        }
    }
    findings
}

/// Lines on which the two words begin, with white space or the end of a string's line between them.
fn inserts(text: &str) -> Vec<usize> {
    let lower = text.to_ascii_lowercase();
    let found = lower.match_indices("insert").filter(|(at, word)| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let rest = &lower[at + word.len()..];
        let after = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
        let ends = after.strip_prefix("into").is_some_and(|rest| !rest.starts_with(is_part));
        ends && after.len() < rest.len() && !lower[..*at].ends_with(is_part)
    });
    found.map(|(at, _)| 1 + lower[..at].matches('\n').count()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_a_test_spells_is_found() {
        for (text, lines) in [
            ("sqlx::query(\"INSERT INTO team VALUES (1)\")", vec![1]),
            ("//! A.\nlet sql = \"\n  with x as (insert  into team\";", vec![3]),
            ("\"insert \\\n  into team\";\n\"Insert\ninto file\"", vec![1, 3]),
            ("rows.insert(into); team::Entity::insert(row); NewJob::insert_into(); reinsert into", vec![]),
        ] {
            assert_eq!(inserts(text), lines, "{text}");
        }
    }

    #[test]
    fn only_in_tests_and_only_where_there_is_no_reason() {
        let insert = "//! A.\nf(\"insert into team\");\n";
        let named = EXCEPTIONS[0].0;
        let found = |path, text| check(&Tree::of(&[(path, text)])).len();
        assert_eq!(found("tests/it/teams/a.rs", insert), 1);
        assert_eq!(found("tests/src/factory/a.rs", insert), 0);
        assert_eq!((found(named, insert), found(named, "//! A.\n")), (0, 1));
    }
}
