//! Text with its references resolved, and the way back from a place in it to where that stands in the file.

use std::ops::Range;

use super::css::Change;
use super::doctype::DocType;
use super::edits::Edits;
use super::error::SvgError;

/// What references may make of one value or sheet. More is no drawing.
const EXPANDED_BYTES_MAX: usize = 1024 * 1024;

/// A text in pieces that stand in the file as they are, or as another text that means the same.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) text: String,
    pieces: Vec<Piece>,
    /// Whether it says something else in the file: references, or line breaks of two characters.
    is_other: bool,
    /// As HTML reads it, which knows no declarations; none when it holds nothing declared.
    undeclared: Option<String>,
}

/// Where a piece begins in the text, and where it stands in the file.
#[derive(Clone, Copy, Debug)]
struct Piece {
    at: usize,
    length: usize,
    raw: usize,
}

impl Decoded {
    /// The value of an attribute that stands at `raw`. Its white space is what XML makes of it: a line break is one
    /// blank, however it is written, and what references mean is itself.
    ///
    /// # Errors
    /// References to what is not declared, or that would be too long.
    pub(super) fn of_value(raw: usize, value: &str, doctype: &DocType<'_>) -> Result<Decoded, SvgError> {
        let mut decoded = Decoded::default();
        if value.contains(['\t', '\n', '\r']) {
            let blanks = value.replace("\r\n", " ").replace(['\t', '\n', '\r'], " ");
            decoded.is_other = blanks.len() < value.len();
            decoded.push(raw, &blanks, doctype)?;
        } else {
            decoded.push(raw, value, doctype)?;
        }
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
            let (name, before) = (&text[at + 1..at + length - 1], self.text.len());
            doctype.expand(name, &mut self.text, EXPANDED_BYTES_MAX)?;
            if doctype.declares(name) {
                let so_far = || self.text[..before].to_owned();
                self.undeclared.get_or_insert_with(so_far).push_str(&text[at..at + length]);
            } else if let Some(undeclared) = &mut self.undeclared {
                undeclared.push_str(&self.text[before..]);
            }
            self.is_other = true;
            at += length;
        }
        self.push_plain(raw + at, &text[at..]);
        Ok(())
    }

    /// Goes on with text that stands at `raw` as it is, but for its line breaks, which XML reads alike.
    pub(super) fn push_plain(&mut self, raw: usize, text: &str) {
        let before = self.text.len();
        if memchr::memchr(b'\r', text.as_bytes()).is_some() {
            self.text.push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
            self.is_other = true;
        } else if !text.is_empty() {
            let (at, length) = (self.text.len(), text.len());
            self.text.push_str(text);
            self.pieces.push(Piece { at, length, raw });
        }
        if let Some(undeclared) = &mut self.undeclared {
            undeclared.push_str(&self.text[before..]);
        }
    }

    /// The text as HTML reads it, where that is another one.
    pub(super) fn undeclared(&self) -> Option<&str> {
        self.undeclared.as_deref()
    }

    /// Applies changes to the text, which stands in the file at `whole`: in their places, or to all of it at once
    /// when what stands there is another text. Two changes may lie within what one reference means.
    pub(super) fn apply(&self, changes: Vec<Change>, whole: Range<usize>, edits: &mut Edits) {
        if self.is_other && !changes.is_empty() {
            self.rewrite(changes, whole, edits);
        } else {
            changes.iter().for_each(|change| self.replace(change, edits));
        }
    }

    /// Applies changes to the text, and puts all of it where it stands in the file.
    pub(super) fn rewrite(&self, changes: Vec<Change>, whole: Range<usize>, edits: &mut Edits) {
        let mut own = Edits::default();
        for change in changes {
            own.replace(change.span.start, change.span.end, change.with);
        }
        let (changed, _) = own.apply(&self.text);
        edits.replace(whole.start, whole.end, escape(changed.as_deref().unwrap_or(&self.text)));
    }

    /// Puts something else, which needs no escapes, in the place of a span of the text.
    fn replace(&self, Change { span, with }: &Change, edits: &mut Edits) {
        let mut with = with.as_str();
        let first = self.pieces.partition_point(|piece| piece.at + piece.length <= span.start);
        for piece in self.pieces[first..].iter().take_while(|piece| piece.at < span.end) {
            let (from, to) = (span.start.max(piece.at), span.end.min(piece.at + piece.length));
            edits.replace(piece.raw + (from - piece.at), piece.raw + (to - piece.at), with.to_owned());
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
