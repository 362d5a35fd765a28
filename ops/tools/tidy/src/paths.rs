//! Paths in code that lead to other modules of the same crate.

/// What one file names.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    /// Every name that a `use` brings in, those of other crates included.
    pub(crate) uses: Vec<Use>,
    /// Every path elsewhere in the code.
    pub(crate) mentions: Vec<Mention>,
    /// The code without all of these: spaces stand in their place.
    pub(crate) rest: String,
}

/// A name that a `use` brings in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// Where it stands, counted from 1.
    pub(crate) line: usize,
    /// The name that it has here; none for `*`.
    pub(crate) name: Option<String>,
    /// From the root of the crate; none when it is not of this crate.
    pub(crate) path: Option<Vec<String>>,
    /// Others may take it from here.
    pub(crate) is_public: bool,
}

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

/// The paths in bare code of the module `own`: those that start with `crate`, `super` or `self`, or with one of its
/// `children`. To declare a child (`mod child;`) is no path.
pub(crate) fn paths(bare: &str, own: &[&str], children: &[&str]) -> Paths {
    let mut found = Paths { rest: bare.to_owned(), uses: elsewhere(bare), ..Paths::default() };
    for (at, is_public) in use_statements(bare) {
        let (leaves, end) = leaves(bare, at);
        let line = line_of(bare, at);
        found.uses.extend(leaves.into_iter().map(|leaf| Use {
            line,
            path: absolute(&leaf.words, own, children),
            name: leaf.name,
            is_public,
        }));
        blank(&mut found.rest, at, end);
    }
    for at in starts(&found.rest, children) {
        let (leaves, end) = leaves(&found.rest, at);
        let line = line_of(bare, at);
        let paths = leaves.iter().filter_map(|leaf| absolute(&leaf.words, own, children));
        found.mentions.extend(paths.map(|path| Mention { line, path }));
        blank(&mut found.rest, at, end);
    }
    found
}

/// Whether code names something: a type anywhere, whatever starts with a small letter only where it is called or
/// leads on, because fields and variables share such names.
pub(crate) fn names(code: &str, name: &str) -> bool {
    let is_small = name.starts_with(|c: char| c.is_lowercase());
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].trim_end();
        let behind = &code[at + name.len()..];
        let alone = !code[..at].ends_with(is_word) && !behind.starts_with(is_word);
        let of_another = before.ends_with("::") || before.ends_with('.') || before.ends_with("fn");
        let leads_on = behind.starts_with('(') || behind.starts_with("::");
        alone && !of_another && (!is_small || leads_on)
    })
}

/// Modules whose file lies in another crate (`#[path = "…"] mod name;`): they come from there, as names do.
fn elsewhere(bare: &str) -> Vec<Use> {
    let found = bare.match_indices("#[path").filter_map(|(at, _)| {
        let (_, name) = bare[at..].split_once("mod ")?;
        let (name, _) = name.split_once(';')?;
        Some(Use { line: line_of(bare, at), name: Some(name.to_owned()), path: None, is_public: false })
    });
    found.collect()
}

/// Where the path of each `use` begins, and whether it is public.
fn use_statements(bare: &str) -> Vec<(usize, bool)> {
    let found = bare.match_indices("use ").filter_map(|(at, word)| {
        let before = bare[..at].trim_end();
        let starts = before.is_empty() || before.ends_with([';', '{', '}', ']', ')']);
        let is_public = before.ends_with("pub") || before.ends_with(')');
        (starts || is_public).then_some((at + word.len(), is_public))
    });
    found.collect()
}

/// Where a path begins that leads to a module of this crate.
fn starts(bare: &str, children: &[&str]) -> Vec<usize> {
    let words = ["crate", "super", "self"].iter().chain(children);
    let mut found: Vec<usize> = words
        .flat_map(|word| {
            bare.match_indices(word).filter_map(|(at, _)| {
                let before = &bare[..at];
                let joined = before.ends_with(|c: char| is_word(c) || c == '$' || c == '.');
                let before = before.trim_end();
                // The `in crate::a` of a visibility names who may see, and imports nothing.
                let inside = before.ends_with("::") || before.ends_with("(in");
                (!joined && !inside && bare[at + word.len()..].starts_with("::")).then_some(at)
            })
        })
        .collect();
    found.sort_unstable();
    found
}

/// From the root of the crate; none when it leads to another crate, or to something in this file.
fn absolute(words: &[String], own: &[&str], children: &[&str]) -> Option<Vec<String>> {
    let climbs = words.iter().take_while(|word| *word == "super").count();
    let (base, rest) = match words.first()?.as_str() {
        "crate" => (&own[..0], &words[1..]),
        "super" => (&own[..own.len().saturating_sub(climbs)], &words[climbs..]),
        child if children.contains(&child) => (own, words),
        _ => return None,
    };
    Some(base.iter().map(|word| (*word).to_owned()).chain(rest.iter().cloned()).collect())
}

/// One name at the end of a path with groups.
#[derive(Clone, Debug, Default)]
struct Leaf {
    words: Vec<String>,
    name: Option<String>,
}

/// Every end of the path that begins there, and where it ends.
fn leaves(code: &str, at: usize) -> (Vec<Leaf>, usize) {
    let mut found = vec![];
    // `::name` is another crate, whatever ours are called.
    let (rest, base) = match code[at..].strip_prefix("::") {
        Some(rest) => (rest, vec![String::new()]),
        None => (&code[at..], vec![]),
    };
    let rest = branch(rest, base, &mut found, 0);
    (found, code.len() - rest.len())
}

/// Follows a path into its groups; answers the rest behind it.
fn branch<'b>(mut rest: &'b str, mut words: Vec<String>, found: &mut Vec<Leaf>, depth: usize) -> &'b str {
    loop {
        rest = rest.trim_start();
        if let Some(mut inside) = rest.strip_prefix('{').filter(|_| depth < DEPTH_MAX) {
            loop {
                inside = inside.trim_start();
                match inside.chars().next() {
                    Some('}') => return &inside[1..],
                    Some(',') => inside = &inside[1..],
                    Some(c) if is_word(c) || c == '*' => {
                        inside = branch(inside, words.clone(), found, depth + 1);
                    }
                    _ => return inside,
                }
            }
        }
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        if !word.is_empty() && word != "self" {
            words.push(word.to_owned());
        }
        match behind.strip_prefix("::") {
            Some(more) if !word.is_empty() => rest = more,
            _ => {
                let (name, behind) = renamed(behind.strip_prefix('*').unwrap_or(behind));
                let own = (!word.is_empty()).then(|| words.last().cloned()).flatten();
                found.push(Leaf { words, name: name.or(own) });
                return behind;
            }
        }
    }
}

/// Reads ` as Name`.
fn renamed(rest: &str) -> (Option<String>, &str) {
    let Some(name) = rest.trim_start().strip_prefix("as ") else { return (None, rest) };
    let name = name.trim_start();
    let end = name.find(|c| !is_word(c)).unwrap_or(name.len());
    (Some(name[..end].to_owned()), &name[end..])
}

fn line_of(code: &str, at: usize) -> usize {
    1 + code[..at].matches('\n').count()
}

/// Puts as many bytes of space there; lines stay where they are.
fn blank(code: &mut String, from: usize, to: usize) {
    let spaces: String = code[from..to].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    code.replace_range(from..to, &spaces);
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentioned(code: &str, own: &[&str], children: &[&str]) -> Vec<String> {
        let found = paths(code, own, children);
        let uses = found.uses.into_iter().filter_map(|one| one.path);
        uses.chain(found.mentions.into_iter().map(|one| one.path)).map(|path| path.join("::")).collect()
    }

    #[test]
    fn groups_are_followed() {
        let code =
            "use crate::{a::b as c, d::{self, e::F}, g::*};\nuse other::crate_x;\npub(crate) fn f() {}\n";
        assert_eq!(mentioned(code, &["x"], &[]), ["a::b", "d", "d::e::F", "g"]);
        let names: Vec<Option<String>> =
            paths(code, &["x"], &[]).uses.into_iter().map(|one| one.name).collect();
        let names: Vec<&str> = names.iter().map(|name| name.as_deref().unwrap_or("*")).collect();
        assert_eq!(names, ["c", "d", "F", "*", "crate_x"]);
    }

    #[test]
    fn super_climbs() {
        let own = ["rpc", "input", "multipart"];
        assert_eq!(
            mentioned("use super::x;\nfn f(a: super::super::y::Z) {}", &own, &[]),
            ["rpc::input::x", "rpc::y::Z"]
        );
        assert_eq!(mentioned("super::super::super::super::deep", &["a"], &[]), ["deep"]);
    }

    #[test]
    fn children_are_named_without_a_prefix() {
        let code = "mod b;\npub(crate) use b::B;\nfn f() { self::c::g(); b::h(); x.b::<u8>(); e::b::i() }";
        let found = paths(code, &["a"], &["b", "c"]);
        assert_eq!(mentioned(code, &["a"], &["b", "c"]), ["a::b::B", "a::c::g", "a::b::h"]);
        assert!(found.uses[0].is_public && found.uses[0].line == 2);
        assert!(!found.rest.contains("B") && found.rest.lines().count() == code.lines().count());
    }

    #[test]
    fn other_crates_are_known_as_such() {
        let found = paths("use ::image::X;\npub use std::fmt;\nuse image::Y;\n", &[], &["image"]);
        let parts = |one: &Use| (one.name.clone().unwrap_or_default(), one.path.clone(), one.is_public);
        let ours = Some(vec!["image".to_owned(), "Y".to_owned()]);
        let all = [("X", None, false), ("fmt", None, true), ("Y", ours, false)];
        let all = all.map(|(name, path, is_public)| (name.to_owned(), path, is_public));
        assert_eq!(found.uses.iter().map(parts).collect::<Vec<_>>(), all);
    }

    #[test]
    fn a_module_of_another_crate_is_none_of_ours() {
        let found = paths("#[path = \"../a.rs\"]\nmod figure;\nmod own;\n", &[], &["own"]).uses;
        let figure = Use { line: 1, name: Some("figure".to_owned()), path: None, is_public: false };
        assert_eq!(found, [figure]);
    }

    #[test]
    fn calls_in_the_middle_of_code_count() {
        let found = paths("fn f() {\n    crate::ids::new_id()\n}\n", &["mail"], &[]).mentions;
        assert_eq!(found, [Mention { line: 2, path: vec!["ids".to_owned(), "new_id".to_owned()] }]);
        assert!(mentioned("$crate::a::b; self::c::d; my_crate::e", &["x"], &[]).is_empty());
        assert!(mentioned("pub(in crate::change) struct A;", &["x"], &[]).is_empty());
    }

    #[test]
    fn names_that_stand_alone() {
        for yes in ["f(list(1))", "list::X", "a list(1)"] {
            assert!(names(yes, "list"), "{yes}");
        }
        for no in ["x.list()", "let list = 1;", "fn list()", "a::list()", "lists()", "B { list: 1 }"] {
            assert!(!names(no, "list"), "{no}");
        }
        assert!(
            names("-> Shown {", "Shown") && !names("ActionShown", "Shown") && !names("x::Shown", "Shown")
        );
    }

    #[test]
    fn broken_code_ends() {
        for code in
            ["crate::", "crate::{", "crate::{{{", "super::{a,", "crate::{a b}", "crate::é::{ü", "use "]
        {
            paths(code, &["x"], &[]);
        }
    }
}
