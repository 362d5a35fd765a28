//! How large a library of tokens may grow. Its bytes are bounded like those of every part.

/// Most sets of a library. Some changes look at each.
pub const SETS_MAX: usize = 5_000;
/// Most tokens of one set.
pub const TOKENS_MAX: usize = 10_000;
/// Most themes of a library.
pub const THEMES_MAX: usize = 1_000;
/// Most parts of a set's name: its groups and its own. Each nests what is stored three levels deeper.
pub const SET_PARTS_MAX: usize = 16;
/// Longest name of a set, a theme or a group of themes, in characters.
pub const NAME_MAX: usize = 1_000;
/// Longest name of a token, in characters.
pub const TOKEN_NAME_MAX: usize = 1_000;
/// Most words of a token's name. Each nests a file of design tokens one level deeper.
pub const TOKEN_WORDS_MAX: usize = 32;
