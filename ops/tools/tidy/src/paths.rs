//! Paths in code that lead to other modules of the same crate.

/// A path of one file, counted from the root of its crate, such as `["rpc", "ctx", "Ctx"]`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Where it stands, counted from 1.
    pub(crate) line: usize,
    /// Its words.
    pub(crate) path: Vec<String>,
}

/// Groups within groups of one `use`.
const DEPTH_MAX: usize = 16;

/// Every path in bare code of the module `own` that starts with `crate` or `super`. A module's names of its own
/// children are none: a parent is made of its children.
pub(crate) fn mentions(bare: &str, own: &[&str]) -> Vec<Mention> {
    let mut found = vec![];
    for (line, start, word) in starts(bare) {
        let (base, rest) = match word {
            "crate" => (vec![], &bare[start..]),
            _ => climb(&bare[start..], own),
        };
        let mut paths = vec![];
        branch(rest, base, &mut paths, 0);
        found.extend(paths.into_iter().map(|path| Mention { line, path }));
    }
    found
}

/// `crate::` and the first `super::` of a path, with their lines and what stands behind the `::`.
fn starts(bare: &str) -> Vec<(usize, usize, &'static str)> {
    let mut found = vec![];
    for word in ["crate", "super"] {
        for (at, _) in bare.match_indices(word) {
            let inside = bare[..at].trim_end().ends_with("::");
            let joined = bare[..at].chars().next_back().is_some_and(|c| is_word(c) || c == '$');
            let after = at + word.len();
            if !joined && !inside && bare[after..].starts_with("::") {
                let line = 1 + bare[..at].matches('\n').count();
                found.push((line, after + 2, word));
            }
        }
    }
    found.sort_unstable();
    found
}

/// From one `super::` upwards through those that follow.
fn climb<'b>(mut rest: &'b str, own: &[&str]) -> (Vec<String>, &'b str) {
    let mut left = own.len().saturating_sub(1);
    while let Some(more) = rest.strip_prefix("super::") {
        (left, rest) = (left.saturating_sub(1), more);
    }
    (own[..left].iter().map(|word| (*word).to_owned()).collect(), rest)
}

/// Follows a path into its groups; answers the rest behind it.
fn branch<'b>(
    mut rest: &'b str,
    mut path: Vec<String>,
    found: &mut Vec<Vec<String>>,
    depth: usize,
) -> &'b str {
    loop {
        rest = rest.trim_start();
        if let Some(mut inside) = rest.strip_prefix('{').filter(|_| depth < DEPTH_MAX) {
            loop {
                inside = inside.trim_start();
                match inside.chars().next() {
                    Some('}') => return &inside[1..],
                    Some(',') => inside = &inside[1..],
                    Some(c) if is_word(c) || c == '*' => {
                        inside = branch(inside, path.clone(), found, depth + 1);
                    }
                    _ => return inside,
                }
            }
        }
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        if !word.is_empty() && word != "self" {
            path.push(word.to_owned());
        }
        match behind.strip_prefix("::") {
            Some(more) if !word.is_empty() => rest = more,
            _ => {
                found.push(path);
                return renamed(behind.strip_prefix('*').unwrap_or(behind));
            }
        }
    }
}

/// Skips ` as Name`.
fn renamed(rest: &str) -> &str {
    let Some(name) = rest.trim_start().strip_prefix("as ") else { return rest };
    name.trim_start().trim_start_matches(is_word)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str, own: &[&str]) -> Vec<String> {
        mentions(code, own).into_iter().map(|mention| mention.path.join("::")).collect()
    }

    #[test]
    fn groups_are_followed() {
        let code =
            "use crate::{a::b as c, d::{self, e::F}, g::*};\nuse other::crate_x;\npub(crate) fn f() {}\n";
        assert_eq!(paths(code, &["x"]), ["a::b", "d", "d::e::F", "g"]);
    }

    #[test]
    fn super_climbs() {
        let own = ["rpc", "input", "multipart"];
        assert_eq!(
            paths("use super::x;\nfn f(a: super::super::y::Z) {}", &own),
            ["rpc::input::x", "rpc::y::Z"]
        );
        assert_eq!(paths("super::super::super::super::deep", &["a"]), ["deep"]);
    }

    #[test]
    fn calls_in_the_middle_of_code_count() {
        let found = mentions("fn f() {\n    crate::ids::new_id()\n}\n", &["mail"]);
        assert_eq!(found, [Mention { line: 2, path: vec!["ids".to_owned(), "new_id".to_owned()] }]);
        assert!(mentions("$crate::a::b; self::c::d; my_crate::e", &["x"]).is_empty());
    }

    #[test]
    fn broken_code_ends() {
        for code in ["crate::", "crate::{", "crate::{{{", "super::{a,", "crate::{a b}", "crate::é::{ü"] {
            mentions(code, &["x"]);
        }
    }
}
