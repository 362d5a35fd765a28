//! Modules that import each other in a circle: none may.

use crate::{
    arrows::MEMBERS,
    code::{bare, without_tests},
    finding::Finding,
    paths::mentions,
    tree::Tree,
};
use std::collections::{BTreeMap, BTreeSet};

/// A module: its words from the root of the crate. The root itself has none.
type Module<'t> = Vec<&'t str>;
/// Who imports whom, and on which line.
type Graph<'t> = BTreeMap<Module<'t>, BTreeMap<Module<'t>, usize>>;

/// Looks for one circle in each crate: when it is gone, the next one shows.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    MEMBERS.iter().filter_map(|(_, folder, _)| check_crate(tree, folder)).collect()
}

fn check_crate(tree: &Tree, folder: &str) -> Option<Finding> {
    let source = format!("{folder}/src/");
    let files: BTreeMap<Module<'_>, (&str, &str)> = tree
        .rust(&source)
        .filter_map(|(path, text)| Some((module(path.strip_prefix(&source)?)?, (path, text))))
        .collect();
    let mut graph: Graph<'_> = BTreeMap::new();
    for (own, (_, text)) in &files {
        let code = bare(text);
        for mention in mentions(without_tests(&code), own) {
            let Some(target) = file_of(&mention.path, &files) else { continue };
            if target != own {
                graph.entry(own.clone()).or_default().entry(target.clone()).or_insert(mention.line);
            }
        }
    }
    let circle = find_circle(&graph)?;
    let names: Vec<String> = circle.iter().map(|module| name(module)).collect();
    let (path, _) = files.get(&circle[0])?;
    let line = graph.get(&circle[0])?.get(circle.get(1)?)?;
    Some(Finding::line(path, *line, format!("modules import each other in a circle: {}", names.join(" → "))))
}

/// `rpc/ctx.rs` → `rpc`, `ctx`. Files of tests are none.
fn module(path: &str) -> Option<Module<'_>> {
    let words: Vec<&str> = path.strip_suffix(".rs")?.split('/').collect();
    match words.as_slice() {
        ["lib" | "main"] => Some(vec![]),
        [.., "tests"] => None,
        _ => Some(words),
    }
}

/// The file that a path leads into: the longest start of it that is one.
fn file_of<'f, 't>(path: &[String], files: &'f BTreeMap<Module<'t>, (&str, &str)>) -> Option<&'f Module<'t>> {
    (0..=path.len()).rev().find_map(|length| {
        let start: Vec<&str> = path[..length].iter().map(String::as_str).collect();
        files.keys().find(|module| **module == start)
    })
}

/// A circle that starts and ends with the same module.
fn find_circle<'t>(graph: &Graph<'t>) -> Option<Vec<Module<'t>>> {
    let mut done = BTreeSet::new();
    graph.keys().find_map(|start| walk(start, graph, &mut vec![], &mut done))
}

fn walk<'t>(
    at: &Module<'t>,
    graph: &Graph<'t>,
    way: &mut Vec<Module<'t>>,
    done: &mut BTreeSet<Module<'t>>,
) -> Option<Vec<Module<'t>>> {
    if let Some(again) = way.iter().position(|module| module == at) {
        let mut circle = way[again..].to_vec();
        circle.push(at.clone());
        return Some(circle);
    }
    if done.contains(at) {
        return None;
    }
    way.push(at.clone());
    for next in graph.get(at).into_iter().flatten().map(|(next, _)| next) {
        if let Some(circle) = walk(next, graph, way, done) {
            return Some(circle);
        }
    }
    way.pop();
    done.insert(at.clone());
    None
}

fn name(module: &[&str]) -> String {
    if module.is_empty() { "crate".to_owned() } else { module.join("::") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_circle_is_named() {
        let found = circles(&[
            ("api/src/a.rs", "//! A.\nuse crate::b::B;\n"),
            ("api/src/b.rs", "//! B.\nuse super::c::{D, E};\n"),
            ("api/src/c.rs", "//! C.\nfn f() { crate::a::g() }\n"),
        ]);
        assert_eq!(found, ["api/src/a.rs:2: modules import each other in a circle: a → b → c → a"]);
    }

    #[test]
    fn a_child_that_looks_up_and_a_parent_that_names_it_are_one() {
        let found = circles(&[
            ("api/src/a.rs", "//! A.\nmod b;\nuse b::B;\n"),
            ("api/src/a/b.rs", "//! B.\nuse super::A;\n#[cfg(test)]\nmod tests { use crate::c::C; }\n"),
            ("api/src/c.rs", "//! C.\nuse crate::a::b::B;\n"),
            ("api/src/a/tests.rs", "//! Tests.\nuse crate::c::C;\n"),
            ("jobs/src/c.rs", "//! C.\nuse crate::a::A;\n"),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn a_name_of_the_parent_in_a_comment_is_no_import() {
        let found = circles(&[
            ("api/src/a.rs", "//! A.\n// crate::b\nconst S: &str = \"crate::b\";\n"),
            ("api/src/b.rs", "//! B.\nuse crate::a::S;\n"),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }
}
