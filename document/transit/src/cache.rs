//! The rolling cache of repeated strings, as both sides must keep it.

use std::borrow::Cow;
use std::collections::HashMap;

/// Codes have one or two digits in this base, counted from `0`.
const BASE: usize = 44;
/// After so many strings numbering starts again.
const ENTRIES_MAX: usize = BASE * BASE;

/// Whether a string takes part in the cache: longer than three UTF-16 units, and a map key, keyword, symbol or tag.
pub(super) fn cacheable(text: &str, key: bool) -> bool {
    (key || matches!(text.as_bytes(), [b'~', b':' | b'$' | b'#', ..]))
        && (text.len() > 9 || text.encode_utf16().take(4).count() > 3)
}

/// Whether a string is a code. `^ ` is the mark of a map.
pub(super) fn is_code(text: &str) -> bool {
    text.starts_with('^') && text != "^ "
}

/// The reader's side: numbers to strings.
#[derive(Default)]
pub(super) struct Known<'a> {
    entries: Vec<Cow<'a, str>>,
    next: usize,
}

impl<'a> Known<'a> {
    pub(super) fn learn(&mut self, text: Cow<'a, str>) {
        if self.next == ENTRIES_MAX {
            self.next = 0;
        }
        match self.entries.get_mut(self.next) {
            Some(old) => *old = text,
            None => self.entries.push(text),
        }
        self.next += 1;
    }

    pub(super) fn lookup(&self, code: &str) -> Option<&Cow<'a, str>> {
        let digit = |byte: u8| usize::from(byte).checked_sub(48).filter(|digit| *digit < BASE);
        let number = match code.as_bytes() {
            [_, low] => digit(*low)?,
            [_, high, low] => digit(*high)? * BASE + digit(*low)?,
            _ => return None,
        };
        self.entries.get(number)
    }
}

/// The writer's side: strings to numbers.
#[derive(Default)]
pub(super) struct Written {
    numbers: HashMap<Box<str>, usize>,
}

impl Written {
    /// The number of a string that was written before; else it is numbered now and must be written out.
    ///
    /// A full cache is emptied before the look-up, not at the next new string: so does transit-js, and every
    /// reader follows either way.
    pub(super) fn number(&mut self, text: &str) -> Option<usize> {
        if self.numbers.len() == ENTRIES_MAX {
            self.numbers.clear();
        }
        let known = self.numbers.get(text).copied();
        if known.is_none() {
            self.numbers.insert(text.into(), self.numbers.len());
        }
        known
    }
}

/// Appends the quoted code of a number. Digits end at `[`, so nothing needs escaping.
pub(super) fn push_code(out: &mut Vec<u8>, number: usize) {
    let digit = |n: usize| b'0' + u8::try_from(n % BASE).unwrap_or(0);
    out.extend_from_slice(b"\"^");
    if number >= BASE {
        out.push(digit(number / BASE));
    }
    out.push(digit(number));
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_and_roll_over() {
        let (mut written, mut known) = (Written::default(), Known::default());
        for round in 0..3 {
            for i in 0..ENTRIES_MAX {
                let text = format!("key-{round}-{i}");
                assert_eq!(written.number(&text), None);
                known.learn(text.clone().into());
                if i + 1 < ENTRIES_MAX {
                    let number = written.number(&text).expect("just written");
                    let mut code = Vec::new();
                    push_code(&mut code, number);
                    let code = String::from_utf8(code).expect("ascii");
                    assert_eq!(known.lookup(code.trim_matches('"')), Some(&Cow::from(text)));
                }
            }
        }
        assert_eq!(known.lookup("^"), None);
        assert_eq!(known.lookup("^~"), None);
        assert_eq!(known.lookup("^000"), None);
    }

    #[test]
    fn only_repeatable_strings_are_cached() {
        assert!(cacheable("~:ab", false) && cacheable("name", true) && cacheable("~#set", false));
        assert!(!cacheable("~:a", true) && !cacheable("name", false) && !cacheable("~uabcdef", false));
        assert!(cacheable("😀😀", true) && !cacheable("éàü", true));
    }
}
