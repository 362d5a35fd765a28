//! Rust text without what the compiler skips: comments, the insides of strings, and test modules.

/// The same text with comments and the insides of literals replaced by spaces: every line stays where it was.
pub(crate) fn bare(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let length = skipped(rest, bytes.get(at.wrapping_sub(1)).copied());
        if length == 0 {
            let c = rest.chars().next().unwrap_or(' ');
            out.push(c);
            at += c.len_utf8();
        } else {
            out.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            at += length;
        }
    }
    out
}

/// Every string literal with the line it begins in, quotes included.
pub(crate) fn strings(text: &str) -> Vec<(usize, &str)> {
    let bytes = text.as_bytes();
    let (mut found, mut at, mut line) = (vec![], 0, 1);
    while at < bytes.len() {
        let rest = &text[at..];
        let length = skipped(rest, bytes.get(at.wrapping_sub(1)).copied());
        let piece = &rest[..length.max(rest.chars().next().map_or(1, char::len_utf8))];
        if length > 0 && rest.starts_with(['"', 'r']) {
            found.push((line, piece));
        }
        line += piece.matches('\n').count();
        at += piece.len();
    }
    found
}

/// How many bytes a comment or literal takes that starts here; 0 when none does.
fn skipped(rest: &str, before: Option<u8>) -> usize {
    let after_word = before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    if rest.starts_with("//") {
        rest.find('\n').unwrap_or(rest.len())
    } else if rest.starts_with("/*") {
        block_comment(rest)
    } else if rest.starts_with('"') {
        string(rest)
    } else if !after_word
        && (rest.starts_with("r\"") || rest.starts_with("r#\"") || rest.starts_with("r##\""))
    {
        raw_string(rest)
    } else if rest.starts_with('\'') {
        character(rest)
    } else {
        0
    }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn raw_string(rest: &str) -> usize {
    let hashes = rest.bytes().skip(1).take_while(|b| *b == b'#').count();
    let end = format!("\"{}", "#".repeat(hashes));
    let start = 2 + hashes;
    rest[start..].find(&end).map_or(rest.len(), |at| start + at + end.len())
}

/// A character literal; a lifetime is none.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => rest.get(3..).unwrap_or("").find('\'').map_or(0, |at| 3 + at + 1),
        Some((at, c)) if rest[at + c.len_utf8()..].starts_with('\'') => at + c.len_utf8() + 1,
        _ => 0,
    }
}

/// Bare code up to where its tests begin. Tests stand last in a file.
pub(crate) fn without_tests(bare: &str) -> &str {
    bare.find("#[cfg(test)]").map_or(bare, |at| &bare[..at])
}

/// The sentence of the first line, without its `//!`.
pub(crate) fn first_sentence(text: &str) -> Option<&str> {
    text.lines().next()?.strip_prefix("//! ").map(str::trim)
}

/// The value of `const NAME: &'static str = "…"` or one of its like.
pub(crate) fn constant<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let start = text.find(&format!("const {name}:"))?;
    let rest = &text[start..];
    let statement = &rest[..rest.find(';')?];
    let (_, value) = statement.split_once('"')?;
    value.split_once('"').map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blank() {
        let code = "a // b\n\"c // d\\\" e\" 'f' '\\'' &'x str /* g /* h */ i */ j r#\"k\"l\"# m\n";
        let bare = bare(code);
        assert_eq!(bare.split_whitespace().collect::<Vec<_>>(), ["a", "&'x", "str", "j", "m"]);
        assert_eq!(bare.lines().count(), code.lines().count());
    }

    #[test]
    fn strings_are_found_with_their_lines() {
        let code = "// \"no\"\nlet a = \"b\nc\"; 'd' + r#\"e\"#;\nlet br = \"\\\"é\";\n";
        assert_eq!(strings(code), [(2, "\"b\nc\""), (3, "r#\"e\"#"), (4, "\"\\\"é\"")]);
    }

    #[test]
    fn broken_code_ends() {
        for code in ["\"", "/* /*", "'", "'\\", "r#\"", "é'é'", "'\\''"] {
            bare(code);
            strings(code);
        }
    }

    #[test]
    fn tests_are_cut_off() {
        assert_eq!(without_tests("fn a() {}\n#[cfg(test)]\nmod tests {}"), "fn a() {}\n");
    }

    #[test]
    fn constants_and_sentences() {
        assert_eq!(constant("const NAME: &'static str = \"create-team\";", "NAME"), Some("create-team"));
        assert_eq!(constant("const NAMES: u8 = 1;", "NAME"), None);
        assert_eq!(first_sentence("//! Do it.\n"), Some("Do it."));
        assert_eq!(first_sentence("use x;"), None);
    }
}
