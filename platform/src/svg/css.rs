//! Style sheets and style values: imports and outside references removed.

/// What still could load or run something once every `url(…)` is gone; the whole text goes then.
const FORBIDDEN: &[&str] = &["//", "\\", "@import", "image-set(", "src(", "expression(", "javascript:"];

/// Rules that name other documents and are pointless inside a picture.
const DROPPED_RULES: &[&str] = &["import", "charset", "namespace"];

/// A sheet without comments and without `@import`, `@charset` and `@namespace` statements.
pub(super) fn simplify(sheet: &str) -> String {
    let mut kept = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("/*") {
            // A comment separates words, so a space stays.
            kept.push(' ');
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if matches!(first, '"' | '\'') {
            let length = string(rest, first);
            kept.push_str(&rest[..length]);
            length
        } else if first == '@' && is_dropped(&rest[1..]) {
            statement(rest)
        } else {
            kept.push(first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    kept
}

/// The text with every `url(…)` that leaves the document replaced; `None` when more than that is wrong.
pub(super) fn within(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let (mut kept, mut checked) = (String::with_capacity(text.len()), String::with_capacity(text.len()));
    let mut at = 0;
    while let Some(start) = lower[at..].find("url(").map(|found| at + found + 4) {
        let end = lower[start..].find(')').map(|found| start + found)?;
        let target = text[start..end].trim().trim_matches(['"', '\'']).trim();
        kept.push_str(&text[at..start]);
        kept.push_str(if inside(target) { target } else { "#" });
        checked.push_str(&lower[at..start]);
        at = end;
    }
    kept.push_str(&text[at..]);
    checked.push_str(&lower[at..]);
    (!FORBIDDEN.iter().any(|word| checked.contains(word))).then_some(kept)
}

/// A reference into the same document, or to image data the filter has let through.
pub(super) fn inside(target: &str) -> bool {
    let target = target.trim();
    let data = target.get(..11).is_some_and(|head| head.eq_ignore_ascii_case("data:image/"));
    target.starts_with('#') || data
}

fn is_dropped(after_at: &str) -> bool {
    let word = after_at.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(after_at.len());
    DROPPED_RULES.iter().any(|rule| after_at[..word].eq_ignore_ascii_case(rule))
}

/// The bytes of a statement: up to its semicolon outside strings and parentheses.
fn statement(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(next) = text[at..].chars().next() {
        match next {
            '"' | '\'' => {
                at += string(&text[at..], next);
                continue;
            }
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
        at += next.len_utf8();
    }
    text.len()
}

/// The bytes of the string `text` starts with, both quotes included.
fn string(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, next) in text.char_indices().skip(1) {
        match next {
            '\\' if !escaped => escaped = true,
            '\n' => return at,
            next if next == quote && !escaped => return at + 1,
            _ => escaped = false,
        }
    }
    text.len()
}
