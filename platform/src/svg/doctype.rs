//! The document type: what it declares inside is read within bounds; what lies outside is never asked for.

use std::cell::Cell;
use std::collections::HashMap;

use super::edits::Edits;
use super::error::{OTHERWISE, SvgError};
use super::names;
use super::xml::{is_white, name_length};

/// Declarations in one document type.
const DECLARATIONS_MAX: usize = 1_000;
/// Entities within entities.
const DEPTH_MAX: usize = 8;
/// All default values together, with their names: each is looked at for each element that has it.
const DEFAULTS_BYTES_MAX: usize = 4 * 1024;
/// What any document may spend on entities; its own bytes count four times.
const BUDGET: usize = 64 * 1024;

/// Attributes that parsers may take for something else than a text: nothing that acts or loads is read from them.
const TYPED: [&str; 7] = ["id", "class", "xml:id", "xml:space", "xlink:type", "xlink:show", "xlink:actuate"];

/// Where the document types of SVG itself lie. Browsers do not ask for them, and no other is left in.
const KNOWN: [&str; 2] = ["http://www.w3.org/", "https://www.w3.org/"];

/// What the document type declares.
#[derive(Debug, Default)]
pub(super) struct DocType<'a> {
    entities: HashMap<&'a str, String>,
    defaults: Vec<Default<'a>>,
    /// What may still be spent on entities, in the whole document: those that mean nothing cost too.
    budget: Cell<usize>,
}

/// An attribute that elements have without having it.
#[derive(Debug)]
struct Default<'a> {
    element: &'a str,
    attribute: &'a str,
    value: String,
}

impl<'a> DocType<'a> {
    /// Whether a name means what is declared here, and nothing to readers that know no declarations.
    pub(super) fn declares(&self, name: &str) -> bool {
        self.entities.contains_key(name) && !matches!(character(name), Ok(Some(_)))
    }

    /// Whether elements may have attributes that do not stand in their tags.
    pub(super) fn has_defaults(&self) -> bool {
        !self.defaults.is_empty()
    }

    /// The attributes, names and values, that elements of this name have without having them.
    pub(super) fn defaults_of<'s>(&'s self, element: &'s str) -> impl Iterator<Item = (&'a str, &'s str)> {
        let own = self.defaults.iter().filter(move |default| default.element == element);
        own.map(|default| (default.attribute, default.value.as_str()))
    }

    /// Adds what a reference means: a character, or the text of an entity.
    ///
    /// # Errors
    /// `Undeclared`, or `Declarations` for entities that hold markup or grow too long.
    pub(super) fn expand(&self, name: &str, out: &mut String, bytes_max: usize) -> Result<(), SvgError> {
        self.expand_within(name, out, bytes_max, 0)
    }

    fn expand_within(
        &self,
        name: &str,
        out: &mut String,
        bytes_max: usize,
        depth: usize,
    ) -> Result<(), SvgError> {
        if let Some(character) = character(name)? {
            // Within an entity it is a blank to some, and itself to others.
            if depth > 0 && breaks(character) {
                return Err(SvgError::Declarations(BREAKS));
            }
            out.push(character);
            return Ok(());
        }
        let text = self.entities.get(name).ok_or(SvgError::Undeclared)?;
        if depth >= DEPTH_MAX {
            return Err(SvgError::Declarations("has entities within entities without end"));
        }
        let left = self.budget.get().checked_sub(1 + text.len());
        self.budget.set(left.ok_or(SvgError::Declarations("has entities that grow too long"))?);
        let mut rest = text.as_str();
        while let Some(at) = rest.find(['&', '<']) {
            out.push_str(&rest[..at]);
            if rest.as_bytes()[at] == b'<' {
                return Err(SvgError::Declarations("has entities with markup in them"));
            }
            let (inner, after) = rest[at + 1..].split_once(';').ok_or(SvgError::Undeclared)?;
            self.expand_within(inner, out, bytes_max, depth + 1)?;
            rest = after;
        }
        out.push_str(rest);
        if out.len() > bytes_max {
            return Err(SvgError::Declarations("has entities that grow too long"));
        }
        Ok(())
    }
}

/// Why line breaks and tabs are refused: where they become blanks differs from where they stand.
const BREAKS: &str = "has line breaks or tabs in values";

fn breaks(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r')
}

/// The character of a numeric reference, or of one of the five names that need no declaration.
fn character(name: &str) -> Result<Option<char>, SvgError> {
    let number = match name.strip_prefix('#') {
        None => {
            let known = [("lt", '<'), ("gt", '>'), ("amp", '&'), ("quot", '"'), ("apos", '\'')];
            return Ok(known.into_iter().find(|(known, _)| *known == name).map(|(_, character)| character));
        }
        Some(number) => number,
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = Some(digits).filter(|_| is_number).and_then(|digits| u32::from_str_radix(digits, radix).ok());
    let character = code.and_then(char::from_u32).filter(|c| *c >= ' ' || matches!(c, '\t' | '\n' | '\r'));
    character.map(Some).ok_or(SvgError::Undeclared)
}

/// Reads the document type that begins at `at`: what it declares, and where it ends.
///
/// # Errors
/// `Declarations` for entities from outside and parameter entities; `Malformed`.
pub(super) fn read<'a>(
    text: &'a str,
    at: usize,
    edits: &mut Edits,
) -> Result<(DocType<'a>, usize), SvgError> {
    let budget = Cell::new(text.len().saturating_mul(4).saturating_add(BUDGET));
    let doctype = DocType { budget, ..DocType::default() };
    let mut reader = Reader { text, at: at + "<!DOCTYPE".len(), edits, doctype, count: 0, defaults_bytes: 0 };
    reader.head()?;
    if reader.take(b'[') {
        reader.subset()?;
        reader.white();
    }
    reader.expect(b'>')?;
    Ok((reader.doctype, reader.at))
}

struct Reader<'a, 'e> {
    text: &'a str,
    at: usize,
    edits: &'e mut Edits,
    doctype: DocType<'a>,
    count: usize,
    defaults_bytes: usize,
}

impl<'a> Reader<'a, '_> {
    /// The root's name, and where the rest of the type is said to lie.
    fn head(&mut self) -> Result<(), SvgError> {
        self.white();
        self.name()?;
        let start = self.at;
        self.white();
        let (public, system) = (self.word("PUBLIC"), self.word("SYSTEM"));
        if public || system {
            self.white();
            if public {
                self.literal()?;
                self.white();
            }
            let place = self.literal()?;
            if !KNOWN.iter().any(|known| place.starts_with(known)) {
                self.edits.cut(start, self.at, "<!DOCTYPE>");
            }
            self.white();
        }
        Ok(())
    }

    fn subset(&mut self) -> Result<(), SvgError> {
        loop {
            self.white();
            let start = self.at;
            self.count += 1;
            if self.count > DECLARATIONS_MAX {
                return Err(SvgError::Declarations("declares too much"));
            }
            if self.take(b']') {
                return Ok(());
            } else if self.word("<!--") {
                self.skip_past("-->")?;
                self.edits.cut(start, self.at, "<!-- -->");
            } else if self.word("<?") {
                self.skip_past("?>")?;
                self.edits.cut(start, self.at, "<? ?>");
            } else if self.word("<!ENTITY") {
                self.entity()?;
            } else if self.word("<!ATTLIST") {
                self.attributes()?;
            } else if self.word("<!ELEMENT") || self.word("<!NOTATION") {
                self.skip_declaration()?;
            } else if self.text.as_bytes().get(self.at) == Some(&b'%') {
                return Err(SvgError::Declarations("uses parameter entities"));
            } else {
                return Err(self.wrong());
            }
        }
    }

    fn entity(&mut self) -> Result<(), SvgError> {
        self.some_white()?;
        if self.take(b'%') {
            return Err(SvgError::Declarations("declares parameter entities"));
        }
        let name = self.name()?;
        if names::is_known_to_html(name) {
            return Err(SvgError::Declarations(OTHERWISE));
        }
        self.some_white()?;
        if self.word("SYSTEM") || self.word("PUBLIC") {
            return Err(SvgError::Declarations("declares entities from outside"));
        }
        let value = self.literal()?;
        self.white();
        self.expect(b'>')?;
        // The first one counts.
        if !self.doctype.entities.contains_key(name) {
            self.doctype.entities.insert(name, replacement(value)?);
        }
        Ok(())
    }

    fn attributes(&mut self) -> Result<(), SvgError> {
        self.some_white()?;
        let element = self.name()?;
        loop {
            self.white();
            if self.take(b'>') {
                return Ok(());
            }
            self.count += 1;
            if self.count > DECLARATIONS_MAX {
                return Err(SvgError::Declarations("declares too much"));
            }
            let attribute = self.name()?;
            self.some_white()?;
            let is_text = self.kind()?;
            if !is_text && !TYPED.contains(&attribute) {
                return Err(SvgError::Declarations("gives attributes other types than CDATA"));
            }
            self.some_white()?;
            if self.word("#REQUIRED") || self.word("#IMPLIED") {
                continue;
            }
            if self.word("#FIXED") {
                self.some_white()?;
            }
            let raw = self.literal()?;
            let value = self.value(raw)?;
            let is_known = |known: &Default<'_>| known.element == element && known.attribute == attribute;
            if !self.doctype.defaults.iter().any(is_known) {
                self.defaults_bytes += element.len() + attribute.len() + value.len();
                if self.defaults_bytes > DEFAULTS_BYTES_MAX {
                    return Err(SvgError::Declarations("declares too much"));
                }
                self.doctype.defaults.push(Default { element, attribute, value });
            }
        }
    }

    /// Over the type of an attribute: whether its values are texts.
    fn kind(&mut self) -> Result<bool, SvgError> {
        if self.word("NOTATION") {
            self.some_white()?;
        }
        if self.take(b'(') {
            let start = self.at;
            self.skip_past(")")?;
            one_for_html(&self.text[start..self.at])?;
            return Ok(false);
        }
        Ok(self.name()? == "CDATA")
    }

    /// A default value with its references resolved.
    fn value(&self, raw: &str) -> Result<String, SvgError> {
        let (mut value, mut rest) = (String::new(), raw);
        while let Some((before, after)) = rest.split_once('&') {
            let (name, after) = after.split_once(';').ok_or(SvgError::Undeclared)?;
            value.push_str(before);
            self.doctype.expand(name, &mut value, 64 * 1024)?;
            rest = after;
        }
        value.push_str(rest);
        if value.contains(breaks) { Err(SvgError::Declarations(BREAKS)) } else { Ok(value) }
    }

    /// Over a declaration that means nothing here.
    fn skip_declaration(&mut self) -> Result<(), SvgError> {
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'>' => {
                    self.at += 1;
                    return Ok(());
                }
                b'"' | b'\'' => {
                    self.literal()?;
                }
                b'<' | b'&' | b'%' => return Err(self.wrong()),
                _ => self.at += 1,
            }
        }
        Err(self.wrong())
    }

    fn literal(&mut self) -> Result<&'a str, SvgError> {
        let rest = &self.text[self.at..];
        let quote =
            rest.chars().next().filter(|quote| matches!(quote, '"' | '\'')).ok_or_else(|| self.wrong())?;
        let (literal, _) = rest[1..].split_once(quote).ok_or_else(|| self.wrong())?;
        self.at += literal.len() + 2;
        one_for_html(literal)?;
        Ok(literal)
    }

    fn name(&mut self) -> Result<&'a str, SvgError> {
        let rest = &self.text[self.at..];
        let length = name_length(rest.as_bytes());
        if length == 0 {
            return Err(self.wrong());
        }
        self.at += length;
        Ok(&rest[..length])
    }

    fn word(&mut self, word: &str) -> bool {
        let is_next = self.text[self.at..].starts_with(word);
        self.at += if is_next { word.len() } else { 0 };
        is_next
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, byte: u8) -> Result<(), SvgError> {
        if self.take(byte) { Ok(()) } else { Err(self.wrong()) }
    }

    fn skip_past(&mut self, end: &str) -> Result<(), SvgError> {
        let length = self.text[self.at..].find(end).ok_or_else(|| self.wrong())?;
        self.at += length + end.len();
        Ok(())
    }

    fn white(&mut self) {
        while self.text.as_bytes().get(self.at).is_some_and(|byte| is_white(*byte)) {
            self.at += 1;
        }
    }

    fn some_white(&mut self) -> Result<(), SvgError> {
        let start = self.at;
        self.white();
        if self.at > start { Ok(()) } else { Err(self.wrong()) }
    }

    fn wrong(&self) -> SvgError {
        SvgError::Malformed { what: "a document type that is none", at: self.at }
    }
}

/// HTML takes a document type for closed at the first '>', and what follows for a page.
fn one_for_html(part: &str) -> Result<(), SvgError> {
    if part.contains(['<', '>']) {
        return Err(SvgError::Declarations("has '<' or '>' within its declarations"));
    }
    Ok(())
}

/// What an entity stands for: numbers of characters are resolved when it is declared, names when it is used.
fn replacement(value: &str) -> Result<String, SvgError> {
    if value.contains('%') {
        return Err(SvgError::Declarations("uses parameter entities"));
    }
    let (mut text, mut rest) = (String::with_capacity(value.len()), value);
    while let Some((before, after)) = rest.split_once("&#") {
        let (number, after) = after.split_once(';').ok_or(SvgError::Undeclared)?;
        text.push_str(before);
        text.extend(character(&format!("#{number}"))?);
        rest = after;
    }
    text.push_str(rest);
    if text.contains(breaks) { Err(SvgError::Declarations(BREAKS)) } else { Ok(text) }
}
