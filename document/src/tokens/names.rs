//! Names of sets and tokens: a set is named by its way through the groups, a token by words.

/// What stands between the groups of a set's name.
const OF_SET: char = '/';
/// What stands between the words of a token's name.
pub(crate) const OF_TOKEN: char = '.';

/// The parts of a set's name: its groups, and its own name last. Blanks around them and empty parts do not count.
pub(crate) fn split_set(name: &str) -> Vec<String> {
    name.split(OF_SET).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The name of the parts.
pub(crate) fn join_set(parts: &[String]) -> String {
    parts.join("/")
}

/// A set's name without blanks around its parts and without empty ones.
pub(crate) fn normal_set(name: &str) -> String {
    join_set(&split_set(name))
}

/// The words of a token's name, at most so many: the last one may hold more.
pub(crate) fn split_token(name: &str, parts_max: usize) -> Vec<&str> {
    name.splitn(parts_max, OF_TOKEN).collect()
}

/// Whether a token may be called so: words of letters, digits, `_`, `-` and `$`, and no `$` in front.
pub(crate) fn is_token(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'$'))
    };
    !name.starts_with('$') && name.split(OF_TOKEN).all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sets_are_ways_through_groups() {
        assert_eq!(split_set(" a /b//  c d/"), ["a", "b", "c d"]);
        assert_eq!((normal_set(" a / b "), normal_set("/")), ("a/b".to_owned(), String::new()));
    }

    #[test]
    fn names_of_tokens_are_words() {
        for name in ["a", "0.a-b_c$.d", "a.$b"] {
            assert!(is_token(name), "{name}");
        }
        for name in ["", ".", "a.", ".a", "a..b", "$a", "a b", "é", "{a}"] {
            assert!(!is_token(name), "{name}");
        }
        assert_eq!(split_token("a.b.c", 2), ["a", "b.c"]);
    }
}
