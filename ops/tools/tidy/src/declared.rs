//! A source file that no `mod` declares is not compiled, and nobody says so: neither cargo nor a test.

use crate::{code::bare, finding::Finding, tree::Tree};

/// What a crate begins with.
const ROOTS: &[&str] = &["lib.rs", "main.rs", "build.rs"];

/// Looks at every source file.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let is_lost =
        |(path, _): &(&str, &str)| path.ends_with(".rs") && !is_root(path) && !is_declared(tree, path);
    let lost = tree.all().filter(is_lost);
    lost.map(|(path, _)| Finding::file(path, "no `mod` declares it: it is not compiled")).collect()
}

fn is_root(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    // A file of its own among tests, examples and further binaries is a crate.
    ROOTS.contains(&name)
        || ["tests", "examples", "benches", "src/bin"].iter().any(|own| folder.ends_with(own))
}

/// Whether the file that has the folder's name declares the module, or the root of the crate in the folder. Lists that
/// are made declare what is in subfolders too, `mod subject { pub mod method; }`.
fn is_declared(tree: &Tree, path: &str) -> bool {
    let Some((folder, name)) = path.rsplit_once('/') else { return true };
    let module = name.trim_end_matches(".rs");
    let above = [format!("{folder}.rs"), format!("{folder}/lib.rs"), format!("{folder}/main.rs")];
    if above.iter().any(|file| declares(tree, file, &format!("mod {module};"))) {
        return true;
    }
    let Some((outer, subject)) = folder.rsplit_once('/') else { return false };
    let list = format!("{outer}.rs");
    declares(tree, &list, &format!("mod {subject} {{")) && declares(tree, &list, &format!("mod {module};"))
}

fn declares(tree: &Tree, file: &str, words: &str) -> bool {
    let Some(text) = tree.text(file).map(|text| bare(text)) else { return false };
    text.match_indices(words).any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_compiled_is_found() {
        let tree = Tree::of(&[
            ("a/src/lib.rs", "mod one;\npub mod two;\n// mod four;\n"),
            ("a/src/one.rs", "mod deep;\n"),
            ("a/src/one/deep.rs", ""),
            ("a/src/one/lost.rs", ""),
            ("a/src/two.rs", ""),
            ("a/src/three.rs", ""),
            ("a/src/four.rs", ""),
            ("a/tests/alone.rs", ""),
            ("a/tests/it/main.rs", "mod walk;\n"),
            ("a/tests/it/walk.rs", ""),
            ("a/tests/it/unwalked.rs", ""),
        ]);
        let found: Vec<String> = check(&tree).iter().map(ToString::to_string).collect();
        let lost = ["a/src/four.rs", "a/src/one/lost.rs", "a/src/three.rs", "a/tests/it/unwalked.rs"];
        assert_eq!(found, lost.map(|path| format!("{path}: no `mod` declares it: it is not compiled")));
    }
}
