//! What stands between tags: text, sheets, comments and instructions.

use super::{Sheet, Walk};
use crate::svg::css;
use crate::svg::decoded::{Decoded, escape};
use crate::svg::error::{OTHERWISE, SvgError};
use crate::svg::names;
use crate::svg::xml::is_white;

impl<'a> Walk<'a, '_> {
    pub(super) fn end_sheet(&mut self, sheet: &Sheet) -> Result<(), SvgError> {
        let whole = sheet.start..self.scanner.start;
        if sheet.is_raw && self.scanner.text[whole.clone()].contains(['&', '<']) {
            self.edits.cut(whole.start, whole.end, "<style>");
            return Ok(());
        }
        let (changes, removed) = css::changes(&sheet.content.text, self.nested);
        let is_kept = |text: &str| css::changes(text, self.nested).0.is_empty();
        if changes.is_empty() && !sheet.content.undeclared().is_none_or(is_kept) {
            return Err(SvgError::Declarations(OTHERWISE));
        }
        self.edits.removed.join(&removed);
        if sheet.is_rewritten {
            sheet.content.rewrite(changes, whole, &mut self.edits);
        } else {
            sheet.content.apply(changes, whole, &mut self.edits);
        }
        Ok(())
    }

    pub(super) fn text(&mut self, text: &'a str) -> Result<(), SvgError> {
        if self.open.is_empty() {
            let is_blank = text.bytes().all(is_white);
            let refusal = if self.root.is_none() {
                SvgError::NotSvg
            } else {
                self.scanner.wrong("text behind the root")
            };
            return if is_blank { Ok(()) } else { Err(refusal) };
        }
        if self.skipped.is_some() {
            return Ok(());
        }
        match &mut self.sheet {
            Some(sheet) => sheet.content.push(self.scanner.start, text, &self.doctype),
            None if memchr::memchr(b'&', text.as_bytes()).is_some() => {
                Decoded::default().push(self.scanner.start, text, &self.doctype)
            }
            None => Ok(()),
        }
    }

    /// HTML reads such a section as a comment that ends sooner.
    pub(super) fn cdata(&mut self, text: &'a str) -> Result<(), SvgError> {
        if self.open.is_empty() {
            return Err(self.scanner.wrong("a section outside the root"));
        }
        if self.skipped.is_some() {
            return Ok(());
        }
        let is_misread = self.is_html() && text.contains(['<', '>']);
        match &mut self.sheet {
            Some(sheet) => {
                sheet.content.push_plain(self.scanner.start + "<![CDATA[".len(), text);
                sheet.is_rewritten |= is_misread;
            }
            None if is_misread => self.edits.replace(self.scanner.start, self.scanner.at, escape(text)),
            None => {}
        }
        Ok(())
    }

    /// A comment stays unless parsers differ about where it ends.
    pub(super) fn comment(&mut self, text: &str) {
        let is_broken = text.contains("--") || text.ends_with('-') || text.starts_with(['>', '-']);
        let ends_raw = |after: &str| {
            let name = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
            names::is_raw_text(&after[..name])
        };
        // A sheet with a comment in it is one text to some, and several to others.
        if self.skipped.is_none()
            && (self.sheet.is_some() || is_broken || text.split("</").skip(1).any(ends_raw))
        {
            self.edits.cut(self.scanner.start, self.scanner.at, "<!-- -->");
        }
    }

    /// Instructions stay that name no style sheet, and that HTML does not read as more than they are.
    ///
    /// # Errors
    /// A declaration that HTML reads as more than one.
    pub(super) fn instruction(
        &mut self,
        target: &str,
        body: &str,
        is_declared: bool,
    ) -> Result<(), SvgError> {
        let (start, end) = (self.scanner.start, self.scanner.at);
        let is_xml = target.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("xml"));
        if start == 0 && target == "xml" {
            if body.contains(['<', '>']) {
                return Err(self.scanner.wrong("a declaration that is none"));
            }
            if !is_declared && let Some(span) = encoding(body) {
                let body_start = end - "?>".len() - body.len();
                self.edits.replace(body_start + span.start, body_start + span.end, String::new());
            }
        } else if self.skipped.is_none() && (is_xml || body.contains(['<', '>'])) {
            self.edits.cut(start, end, if is_xml { "<?xml-… ?>" } else { "<? ?>" });
        }
        Ok(())
    }
}

/// Where a declaration names an encoding.
fn encoding(body: &str) -> Option<std::ops::Range<usize>> {
    let start = body.find("encoding")?;
    let open = start + body[start..].find(['"', '\''])?;
    let quote = &body[open..=open];
    let end = open + 1 + body[open + 1..].find(quote)? + 1;
    Some(start..end)
}
