//! Modules that import each other in a circle: none may, a parent and its own children included.
//!
//! What counts is which file's own code needs which other file. So a name counts as an import of the module that it
//! comes from, however many `pub use` it passes on the way; a parent that only declares its children (`mod child;`) or
//! hands on their names (`pub use child::Name;`) does not import them, and one that calls them or names their types
//! does. A child that imports something of such a parent then closes a circle: what both need belongs in a leaf beside
//! the child. Test modules do not count, nor what a macro or a trait's method reaches without naming it.

use crate::{
    arrows::MEMBERS,
    code::{bare, without_tests},
    finding::Finding,
    paths::{Paths, names, paths},
    tree::Tree,
};
use std::collections::{BTreeMap, BTreeSet};

/// A module: its words from the root of the crate. The root itself has none.
type Module = Vec<String>;
/// Who imports whom, and on which line.
type Graph = BTreeMap<Module, BTreeMap<Module, usize>>;
/// What each file names.
type Named = BTreeMap<Module, Paths>;

/// `pub use` of `pub use` of a name.
const HOPS_MAX: usize = 16;

/// Looks for circles in each crate, each with modules of its own: when one is gone, another may show.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    MEMBERS.iter().flat_map(|(_, folder, _)| check_crate(tree, folder)).collect()
}

fn check_crate(tree: &Tree, folder: &str) -> Vec<Finding> {
    let source = format!("{folder}/src/");
    let files: BTreeMap<Module, (&str, &str)> = tree
        .rust(&source)
        .filter_map(|(path, text)| Some((module(path.strip_prefix(&source)?)?, (path, text))))
        .collect();
    let named: Named = files.iter().map(|(own, (_, text))| (own.clone(), read(own, text, &files))).collect();
    let mut graph = graph(&named);
    let mut findings = vec![];
    while let Some(circle) = find_circle(&graph) {
        let (path, line) = (files[&circle[0]].0, graph[&circle[0]][&circle[1]]);
        let names: Vec<String> = circle.iter().map(|module| name(module)).collect();
        let what = format!("modules import each other in a circle: {}", names.join(" → "));
        findings.push(Finding::line(path, line, what));
        graph.retain(|module, _| !circle.contains(module));
    }
    findings
}

/// `rpc/ctx.rs` → `rpc`, `ctx`. Files of tests are none.
fn module(path: &str) -> Option<Module> {
    let words: Module = path.strip_suffix(".rs")?.split('/').map(str::to_owned).collect();
    match words.last()?.as_str() {
        "lib" | "main" if words.len() == 1 => Some(vec![]),
        "tests" => None,
        _ => Some(words),
    }
}

fn read(own: &Module, text: &str, files: &BTreeMap<Module, (&str, &str)>) -> Paths {
    let below = files.keys().filter_map(|other| other.strip_prefix(own.as_slice())?.first());
    let children: BTreeSet<&str> = below.map(String::as_str).collect();
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    paths(without_tests(&bare(text)), &own, &children.into_iter().collect::<Vec<&str>>())
}

fn graph(named: &Named) -> Graph {
    let mut graph = Graph::new();
    for (own, paths) in named {
        // A name that is only handed on is no import.
        let is_used = |name: &str| names(&paths.rest, name);
        let uses = paths.uses.iter().filter(|one| !one.is_public || one.name.as_deref().is_none_or(is_used));
        let uses = uses.filter_map(|one| Some((one.line, one.path.as_ref()?)));
        let mentions = paths.mentions.iter().map(|mention| (mention.line, &mention.path));
        for (line, path) in uses.chain(mentions) {
            if let Some(target) = source_of(path, named).filter(|target| target != own) {
                graph.entry(own.clone()).or_default().entry(target).or_insert(line);
            }
        }
    }
    graph
}

/// The file that a path leads into: the longest start of it that is one, and from there on along whatever brought the
/// next word in. None when that leads to another crate.
fn source_of(path: &[String], named: &Named) -> Option<Module> {
    let mut path = path.to_vec();
    for _ in 0..HOPS_MAX {
        let (length, paths) =
            (0..=path.len()).rev().find_map(|length| Some((length, named.get(&path[..length])?)))?;
        let next = path.get(length);
        let Some(from) = paths.uses.iter().find(|one| next.is_some() && one.name.as_ref() == next) else {
            return Some(path[..length].to_vec());
        };
        path = [from.path.as_ref()?, &path[length + 1..]].concat();
    }
    None
}

/// A circle that starts and ends with the same module.
fn find_circle(graph: &Graph) -> Option<Vec<Module>> {
    let mut done = BTreeSet::new();
    graph.keys().find_map(|start| walk(start, graph, &mut vec![], &mut done))
}

fn walk(
    at: &Module,
    graph: &Graph,
    way: &mut Vec<Module>,
    done: &mut BTreeSet<Module>,
) -> Option<Vec<Module>> {
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

fn name(module: &[String]) -> String {
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
    fn a_parent_that_uses_its_child_is_one_with_it() {
        let child = ("api/src/a/b.rs", "//! B.\nuse super::A;\n");
        for parent in
            ["mod b;\nuse b::B;", "mod b;\nfn f() { b::g() }", "mod b;\npub use b::B;\nfn f(x: B) {}"]
        {
            let found = circles(&[("api/src/a.rs", parent), child]);
            assert_eq!(found.len(), 1, "{parent}");
            assert!(found[0].ends_with("modules import each other in a circle: a → a::b → a"), "{found:?}");
        }
    }

    #[test]
    fn to_declare_a_child_and_to_hand_on_its_names_is_no_import() {
        let found = circles(&[
            ("api/src/a.rs", "//! A.\nmod b;\nmod d;\npub use b::B;\npub use d::D as Dd;\npub struct A;\n"),
            ("api/src/a/b.rs", "//! B.\nuse super::A;\n#[cfg(test)]\nmod tests { use crate::c::C; }\n"),
            ("api/src/a/d.rs", "//! D.\nuse super::{A, B};\n"),
            ("api/src/c.rs", "//! C.\nuse crate::a::{B, Dd};\n"),
            ("api/src/a/tests.rs", "//! Tests.\nuse crate::c::C;\n"),
            ("jobs/src/c.rs", "//! C.\nuse crate::a::A;\n"),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn a_name_counts_where_it_comes_from() {
        let found = circles(&[
            ("api/src/lib.rs", "//! All.\nmod a;\nmod b;\nmod c;\npub use b::B;\npub use std::fmt;\n"),
            ("api/src/a.rs", "//! A.\nuse crate::{B, fmt};\n"),
            ("api/src/b.rs", "//! B.\nfn f() { crate::c::g() }\n"),
            ("api/src/c.rs", "//! C.\nuse crate::a::A;\n"),
        ]);
        assert_eq!(found, ["api/src/a.rs:2: modules import each other in a circle: a → b → c → a"]);
    }

    #[test]
    fn every_circle_is_told() {
        let found = circles(&[
            ("api/src/a.rs", "//! A.\nuse crate::b::B;\n"),
            ("api/src/b.rs", "//! B.\nuse crate::a::A;\n"),
            ("api/src/c.rs", "//! C.\nuse crate::{a::A, d::D};\n"),
            ("api/src/d.rs", "//! D.\nuse crate::c::C;\n"),
        ]);
        assert_eq!(found.len(), 2, "{found:?}");
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
