//! Keeps the house in order: writes the lists of methods and jobs, and checks what a compiler cannot.
//!
//! `tidy index` writes `api/src/methods.rs` and `jobs/src/all.rs`. `tidy check` looks at everything and changes
//! nothing. It uses none of the house's crates, so it runs when the house does not compile. The length of functions
//! is clippy's: `too_many_lines`, with the threshold of `clippy.toml`.

mod arrows;
mod circles;
mod code;
mod declared;
mod finding;
mod index;
mod names;
mod paths;
mod raw_rows;
mod rules;
mod tree;
mod types;

use finding::Finding;
use std::{path::PathBuf, process::ExitCode};
use tree::Tree;

const USAGE: &str = "\
Keeps the house in order.

Usage: tidy <COMMAND>

Commands:
  index   Write the lists of methods and jobs (api/src/methods.rs, jobs/src/all.rs)
  check   Check arrows, import circles, lists, sizes, names of files and types, files that no module declares,
          and how tests make rows
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["index"] => run(write_lists),
        ["check"] => run(check),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(findings) if findings.is_empty() => ExitCode::SUCCESS,
        Ok(findings) => {
            findings.iter().for_each(|finding| eprintln!("{finding}"));
            eprintln!("tidy: {} to put right", findings.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("tidy: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(job: fn(&Tree) -> Result<Vec<Finding>, String>) -> Result<Vec<Finding>, String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let root = root.canonicalize().map_err(|error| format!("{}: {error}", root.display()))?;
    job(&Tree::read(root)?)
}

/// Writes both lists; tells which one changed.
fn write_lists(tree: &Tree) -> Result<Vec<Finding>, String> {
    let (lists, findings) = index::lists(tree)?;
    for list in lists.into_iter().filter(|list| tree.text(list.path) != Some(&list.text)) {
        let path = tree.root.join(list.path);
        std::fs::write(&path, &list.text).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{}: {} entries", list.path, list.entries);
    }
    Ok(findings)
}

fn check(tree: &Tree) -> Result<Vec<Finding>, String> {
    let (lists, mut findings) = index::lists(tree)?;
    for list in lists.iter().filter(|list| tree.text(list.path) != Some(&list.text)) {
        findings.push(Finding::file(list.path, "is stale: run `make index` (never edit it by hand)"));
    }
    findings.extend(names::check(tree));
    findings.extend(arrows::check(tree)?);
    findings.extend(circles::check(tree));
    findings.extend(declared::check(tree));
    findings.extend(rules::check(tree));
    findings.extend(raw_rows::check(tree));
    findings.extend(types::check(tree));
    Ok(findings)
}
