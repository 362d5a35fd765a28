//! Rules for single files: size, first line, names, and things that must not stand in them.

use crate::{
    code::{bare, first_sentence, strings, without_tests},
    finding::Finding,
    index,
    tree::Tree,
};

/// Longer files hold more than one thing.
const LINES_MAX: usize = 400;
/// Two versions of a longer line do not fit side by side. rustfmt leaves comments, strings and macros such as `html!`
/// as they are.
const COLUMNS_MAX: usize = 120;
/// Names that say nothing: whatever has no better name gathers there.
const DRAWERS: &[&str] = &["utils", "util", "core", "common", "helpers", "helper", "misc", "prelude"];
/// Words that must not stand in code, and why.
const FORBIDDEN: &[(&str, &str)] = &[
    ("#[ignore", "a test that does not run is none: mend or remove it"),
    ("#[should_panic", "look at the panic's text instead, so that another panic fails the test"),
    ("todo!(", "nothing unfinished lands"),
    ("unimplemented!(", "nothing unfinished lands"),
];
/// Words that must not stand in the code of one folder, and why.
const FOREIGN: &[(&str, &str, &str)] =
    &[("api/src/", "jobs::all", "a rule in domain asks for jobs: see domain/src/follow_up.rs")];
/// Words that must not stand in the strings of one folder, its tests left out, and why.
const UNSPOKEN: &[(&str, &str, &str)] = &[(
    "domain/",
    "atelier ",
    "no rule names a command: return a code, and let ops/dashboard/src/wording.rs say it",
)];
/// Notes to oneself that belong into an issue. In pieces, so that this file does not find itself.
const NOTES: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Looks at every Rust file and every SQL file, and at whether every method and job has a test.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings: Vec<Finding> = tree.rust("").flat_map(|(path, text)| check_file(path, text)).collect();
    let sql = tree.all().filter(|(path, _)| path.ends_with(".sql"));
    findings.extend(sql.flat_map(|(path, text)| check_columns(path, text)));
    findings.extend(check_twins(tree));
    findings
}

fn check_file(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = vec![];
    let starts_with_readme = text.starts_with("#![doc = include_str!(");
    if first_sentence(text).is_none() && !starts_with_readme {
        findings.push(Finding::line(path, 1, "should start with `//!` and what the file is for"));
    }
    let lines = text.lines().count();
    let generated = text.lines().take(3).any(|line| line.contains("@generated"));
    if lines > LINES_MAX && !generated {
        findings.push(Finding::file(path, format!("has {lines} lines, {LINES_MAX} at most")));
    }
    for word in path.trim_end_matches(".rs").split('/') {
        if DRAWERS.contains(&word) {
            findings.push(Finding::file(path, format!("{word:?} is no name: say what is in it")));
        }
    }
    findings.extend(check_lines(path, text));
    if !generated {
        findings.extend(check_columns(path, text));
    }
    findings
}

fn check_columns(path: &str, text: &str) -> Vec<Finding> {
    let wide = (1..).zip(text.lines()).filter_map(|(number, line)| {
        let columns = line.chars().count();
        let what = format!("has {columns} columns, {COLUMNS_MAX} at most");
        (columns > COLUMNS_MAX).then(|| Finding::line(path, number, what))
    });
    wide.collect()
}

fn check_lines(path: &str, text: &str) -> Vec<Finding> {
    let code = bare(text);
    let forbidden = (1..).zip(code.lines()).flat_map(|(number, line)| {
        let found = FORBIDDEN.iter().filter(move |(word, _)| line.contains(word));
        found.map(move |(word, why)| Finding::line(path, number, format!("{word}: {why}")))
    });
    let foreign = (1..).zip(code.lines()).flat_map(|(number, line)| {
        let found =
            FOREIGN.iter().filter(move |(folder, word, _)| path.starts_with(folder) && line.contains(word));
        found.map(move |(_, word, why)| Finding::line(path, number, format!("{word}: {why}")))
    });
    let notes = (1..).zip(text.lines()).flat_map(|(number, line)| {
        let found = NOTES.iter().filter(move |word| is_note(line, word));
        found.map(move |word| Finding::line(path, number, format!("{word}: make it an issue")))
    });
    forbidden.chain(foreign).chain(notes).chain(check_strings(path, text)).collect()
}

fn check_strings(path: &str, text: &str) -> Vec<Finding> {
    let rules: Vec<_> = UNSPOKEN.iter().filter(|(folder, ..)| path.starts_with(folder)).collect();
    if rules.is_empty() || path.ends_with("/tests.rs") {
        return vec![];
    }
    let bare = bare(text);
    let last = without_tests(&bare).lines().count();
    let strings = strings(text).into_iter().filter(|(line, _)| *line <= last);
    let found = strings.flat_map(|(line, string)| {
        let said = rules.iter().filter(move |(_, word, _)| string.contains(word));
        said.map(move |(_, word, why)| Finding::line(path, line, format!("{word:?} in a string: {why}")))
    });
    found.collect()
}

/// The word stands alone, behind a comment's start.
fn is_note(line: &str, word: &str) -> bool {
    let Some((_, comment)) = line.split_once("//") else { return false };
    comment.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == word)
}

/// Lists that must name every method or every job: to stand there is no test.
const LISTS: &[&str] = &["tests/it/rpc/walk", "tests/it/queue/every_job"];

/// A method or job whose name no test says is not tested.
fn check_twins(tree: &Tree) -> Vec<Finding> {
    let is_test = |path: &str| path.starts_with("tests/client/") || path.ends_with(".rs");
    let tests: Vec<&str> = tree
        .all()
        .filter(|(path, _)| path.starts_with("tests/") && is_test(path))
        .filter(|(path, _)| !LISTS.iter().any(|list| path.starts_with(list)))
        .map(|(_, text)| text)
        .collect();
    let methods = index::methods(tree).into_iter().map(|found| (found.path, found.name.replace('_', "-")));
    let jobs = index::jobs(tree).into_iter().map(|found| (found.path, index::type_name(&found.name)));
    let untested = methods.chain(jobs).filter(|(_, name)| {
        let names =
            |text: &&str| text.split(|c: char| !(c.is_alphanumeric() || c == '-')).any(|word| word == name);
        !tests.iter().any(names)
    });
    let what = |name: &str| format!("no test in tests/ names {name}, but for lists of all");
    untested.map(|(path, name)| Finding::file(&path, what(&name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check_file(path, text).len()
    }

    #[test]
    fn good_files_pass_and_bad_ones_do_not() {
        let good = "//! Does it.\nfn f() { let s = \"todo!()\"; }\n";
        assert_eq!(found("api/src/a.rs", good), 0);
        assert_eq!(found("api/src/utils.rs", good), 1);
        assert_eq!(found("api/src/common/a.rs", good), 1);
        assert_eq!(found("api/src/a.rs", "fn f() {}\n"), 1);
        assert_eq!(found("api/src/a.rs", &format!("//! A.\n{}", "\n".repeat(400))), 1);
        assert_eq!(found("api/src/a.rs", &format!("//! A. @generated\n{}", "\n".repeat(400))), 0);
        assert_eq!(found("api/src/a.rs", "//! A.\nfn f() { todo!() }\n#[ignore]\nfn g() {}\n"), 2);
        let html = |columns| format!("//! A.\nfn f() {{\n{}\n}}\n", "é".repeat(columns));
        assert_eq!((found("api/src/a.rs", &html(120)), found("api/src/a.rs", &html(121))), (0, 1));
        let note = format!("//! A.\n// {}: later\nlet {} = 1;\n", NOTES[0], NOTES[0]);
        assert_eq!(found("api/src/a.rs", &note), 1);
        let job = "//! A.\nuse jobs::all::send_mail::SendMail;\n";
        assert_eq!((found("api/src/a.rs", job), found("ops/src/a.rs", job)), (1, 0));
    }

    #[test]
    fn no_rule_names_a_command() {
        let says = "//! A.\n// `atelier up` does.\nconst A: &str = \"run `atelier up`\";\n";
        assert_eq!((found("domain/src/a.rs", says), found("ops/src/a.rs", says)), (1, 0));
        assert_eq!(found("domain/src/a/tests.rs", says), 0);
        let tests =
            "//! A.\nconst A: &str = \"atelier-gc\";\n#[cfg(test)]\nconst B: &str = \"atelier up\";\n";
        assert_eq!(found("domain/operator/src/a.rs", tests), 0);
    }

    #[test]
    fn sql_is_as_narrow() {
        let (good, wide) = ("-".repeat(120), "-".repeat(121));
        let tree = Tree::of(&[("migration/src/a.sql", &good), ("migration/src/b.sql", &wide)]);
        let found: Vec<String> = check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["migration/src/b.sql:1: has 121 columns, 120 at most"]);
    }

    #[test]
    fn a_method_without_a_test_is_found() {
        let method = ("api/src/methods/teams/get_teams.rs", "//! List them.\n");
        let longer = ("tests/it/a.rs", "//! A.\nf(\"get-teams-all\");\n");
        assert_eq!(check_twins(&Tree::of(&[method, longer])).len(), 1);
        let job = ("jobs/src/all/send_mail.rs", "//! Send it.\n");
        let both = ("tests/it/a.rs", "//! A.\nf(\"get-teams\"); g(SendMail {});\n");
        assert_eq!(check_twins(&Tree::of(&[method, job, both])).len(), 0);
        for list in ["tests/it/rpc/walk/calls.rs", "tests/it/queue/every_job.rs"] {
            assert_eq!(check_twins(&Tree::of(&[method, job, (list, both.1)])).len(), 2, "{list}");
        }
    }
}
