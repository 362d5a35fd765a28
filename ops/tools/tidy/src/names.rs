//! A method and a job are called what their file is called.

use crate::{code::constant, finding::Finding, index, tree::Tree};

/// `create_team.rs` holds `CreateTeam` and names it `create-team`.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let methods = index::methods(tree).into_iter().map(|found| (found.path, found.name));
    let jobs = index::jobs(tree).into_iter().map(|found| (found.path, found.name));
    let mut findings = vec![];
    for (path, name) in methods.chain(jobs) {
        let text = tree.text(&path).map_or("", String::as_str);
        let wire = name.replace('_', "-");
        match constant(text, "NAME") {
            Some(named) if named == wire => {}
            Some(named) => {
                let what = format!(
                    "its NAME is {named:?}, but the file is called after {wire:?}: they must be the same"
                );
                findings.push(Finding::file(&path, what));
            }
            None => findings.push(Finding::file(&path, format!("has no NAME: it should be {wire:?}"))),
        }
        let type_name = index::type_name(&name);
        if !text.contains(&format!("pub struct {type_name}")) {
            findings.push(Finding::file(&path, format!("has no `pub struct {type_name}`")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_is_found() {
        let good = "//! Do it.\npub struct MakeInk;\nconst NAME: &'static str = \"make-ink\";\n";
        let path = "api/src/methods/inks/make_ink.rs";
        assert_eq!(check(&Tree::of(&[(path, good)])), []);
        let wrong = good.replace("make-ink", "make-pen");
        assert_eq!(check(&Tree::of(&[(path, &wrong)])).len(), 1);
        assert_eq!(check(&Tree::of(&[("jobs/src/all/make_pen.rs", good)])).len(), 2);
        assert_eq!(check(&Tree::of(&[("jobs/src/all/make_ink.rs", "//! Nothing.\n")])).len(), 2);
    }
}
