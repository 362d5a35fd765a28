//! Text with its references resolved, and the way back from a place in it to where that stands in the file.

use super::doctype::DocType;
use super::edits::Edits;
use super::error::SvgError;

/// What references may make of one value or sheet. More is no drawing.
const EXPANDED_BYTES_MAX: usize = 1024 * 1024;

/// A text in pieces: each stands in the file as it is, or is what a reference means.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) text: String,
    pieces: Vec<Piece>,
}

/// Where a piece begins in the text, and where it stands in the file.
#[derive(Clone, Copy, Debug)]
struct Piece {
    at: usize,
    length: usize,
    raw: usize,
    raw_length: usize,
    is_reference: bool,
}

impl Decoded {
    /// The value of an attribute that stands at `raw`. Its white space is what XML makes of it.
    ///
    /// # Errors
    /// References to what is not declared, or that would be too long.
    pub(super) fn of_value(raw: usize, value: &str, doctype: &DocType<'_>) -> Result<Decoded, SvgError> {
        let mut decoded = Decoded::default();
        decoded.push(raw, value, doctype)?;
        let starts: Vec<Piece> = decoded.pieces.iter().copied().filter(|piece| !piece.is_reference).collect();
        let mut bytes = std::mem::take(&mut decoded.text).into_bytes();
        for piece in starts {
            for byte in &mut bytes[piece.at..piece.at + piece.length] {
                if matches!(byte, b'\t' | b'\n' | b'\r') {
                    *byte = b' ';
                }
            }
        }
        decoded.text = String::from_utf8(bytes).map_err(|_| SvgError::Undeclared)?;
        Ok(decoded)
    }

    /// Goes on with text that stands at `raw`, and may hold references.
    ///
    /// # Errors
    /// As above.
    pub(super) fn push(&mut self, raw: usize, text: &str, doctype: &DocType<'_>) -> Result<(), SvgError> {
        let mut at = 0;
        while let Some(found) = memchr::memchr(b'&', &text.as_bytes()[at..]) {
            self.push_plain(raw + at, &text[at..at + found]);
            at += found;
            let length = memchr::memchr(b';', &text.as_bytes()[at..]).ok_or(SvgError::Undeclared)? + 1;
            let start = self.text.len();
            doctype.expand(&text[at + 1..at + length - 1], &mut self.text, EXPANDED_BYTES_MAX)?;
            self.pieces.push(Piece {
                at: start,
                length: self.text.len() - start,
                raw: raw + at,
                raw_length: length,
                is_reference: true,
            });
            at += length;
        }
        self.push_plain(raw + at, &text[at..]);
        Ok(())
    }

    /// Goes on with text that stands at `raw` as it is.
    pub(super) fn push_plain(&mut self, raw: usize, text: &str) {
        if !text.is_empty() {
            let (at, length) = (self.text.len(), text.len());
            self.text.push_str(text);
            self.pieces.push(Piece { at, length, raw, raw_length: length, is_reference: false });
        }
    }

    /// Puts something else, which needs no escapes, in the place of a span of the text.
    pub(super) fn replace(&self, start: usize, end: usize, with: &str, edits: &mut Edits) {
        let mut with = with;
        let first = self.pieces.partition_point(|piece| piece.at + piece.length <= start);
        for piece in &self.pieces[first..] {
            if piece.at >= end {
                break;
            }
            let (from, to) = (start.max(piece.at), end.min(piece.at + piece.length));
            if piece.is_reference {
                let before = escape(&self.text[piece.at..from]);
                let after = escape(&self.text[to..piece.at + piece.length]);
                edits.replace(piece.raw, piece.raw + piece.raw_length, before + with + &after);
            } else {
                let place = |at: usize| piece.raw + (at - piece.at);
                edits.replace(place(from), place(to), with.to_owned());
            }
            with = "";
        }
    }
}

/// A text as it may stand anywhere in XML.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' | '\r' => escaped.push_str(&format!("&#{};", u32::from(c))),
            _ => escaped.push(c),
        }
    }
    escaped
}
