//! A public type has a name of its own in its crate: one that three modules use is told apart by its path only, which
//! no reader of a call sees.

use crate::{
    arrows::MEMBERS,
    code::{bare, without_tests},
    finding::Finding,
    tree::Tree,
};
use std::collections::BTreeMap;

/// Modules of one crate that may define a type of the same name.
const MODULES_MAX: usize = 2;
/// Names that each file of a kind has by a convention: those of RPC methods and of commands, and those of entities that
/// sea-orm asks for.
const CONVENTIONS: &[&str] =
    &["Params", "Output", "Args", "Model", "Column", "Entity", "Relation", "ActiveModel", "PrimaryKey"];
/// What begins a type.
const KEYWORDS: &[&str] = &["struct", "enum", "trait", "union", "type"];

/// Looks for such names in each crate.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    MEMBERS.iter().flat_map(|(_, folder, _)| check_crate(tree, folder)).collect()
}

fn check_crate(tree: &Tree, folder: &str) -> Vec<Finding> {
    let source = format!("{folder}/src/");
    let mut seen: BTreeMap<String, Vec<(&str, usize)>> = BTreeMap::new();
    for (path, text) in tree.rust(&source) {
        for (line, name) in public_types(without_tests(&bare(text))) {
            let places = seen.entry(name).or_default();
            if places.last().is_none_or(|(last, _)| *last != path) {
                places.push((path, line));
            }
        }
    }
    let shared = seen
        .into_iter()
        .filter(|(name, places)| places.len() > MODULES_MAX && !CONVENTIONS.contains(&name.as_str()));
    let findings = shared.map(|(name, places)| {
        let paths: Vec<&str> = places.iter().map(|(path, _)| *path).collect();
        let what = format!("{name} is the name of {} types: {}", places.len(), paths.join(", "));
        Finding::line(places[0].0, places[0].1, what)
    });
    findings.collect()
}

/// Types that more than one module can name, with their lines. What stands deeper in is no item of the module.
fn public_types(code: &str) -> Vec<(usize, String)> {
    let found = (1..).zip(code.lines()).filter_map(|(number, line)| {
        let rest = line.strip_prefix("pub")?;
        let rest = match rest.strip_prefix('(') {
            Some(scoped) => scoped.split_once(')')?.1,
            None => rest,
        };
        let (keyword, name) = rest.trim_start().split_once(' ')?;
        let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
        KEYWORDS.contains(&keyword).then(|| (number, name[..end].to_owned()))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_third_of_a_name_is_refused() {
        let files = [
            ("api/src/a.rs", "//! A.\npub struct Kind;\n"),
            ("api/src/b.rs", "//! B.\npub(crate) enum Kind { X }\n"),
            ("jobs/src/c.rs", "//! C.\npub enum Kind { X }\n"),
        ];
        assert_eq!(found(&files), Vec::<String>::new());
        let third = ("api/src/b/d.rs", "//! D.\n\npub type Kind<T> = Vec<T>;\n");
        let what = "api/src/a.rs:2: Kind is the name of 3 types: api/src/a.rs, api/src/b.rs, api/src/b/d.rs";
        assert_eq!(found(&[files[0], files[1], third]), [what]);
    }

    #[test]
    fn conventions_and_names_of_one_module_are_free() {
        let other = |path| {
            (
                path,
                "//! A.\npub struct Args;\nstruct Own;\nimpl X { pub type Y = u8; }\n#[cfg(test)]\npub struct Kind;\n",
            )
        };
        assert_eq!(found(&["a", "b", "c"].map(|_| other("ops/src/a.rs"))), Vec::<String>::new());
        let all = ["ops/src/a.rs", "ops/src/b.rs", "ops/src/c.rs"].map(other);
        assert_eq!(found(&all), Vec::<String>::new());
    }
}
