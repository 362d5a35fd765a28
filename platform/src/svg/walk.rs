//! The one pass over a drawing: what is read, what of it goes, and how large the picture wants to be.

mod attributes;
mod content;

use super::attribute::Element;
use super::decoded::Decoded;
use super::doctype::{self, DocType};
use super::edits::Edits;
use super::error::SvgError;
use super::limits::Limits;
use super::names;
use super::reference::Nested;
use super::scope::{self, Namespace, Scopes, declared_prefix, split};
use super::size::{self, Size};
use super::xml::{Attribute, Scanner, Token};

/// Reads a drawing: its changes and its size. With `mends` the namespaces are put in that nobody wrote; a picture
/// within a picture without them is none.
///
/// # Errors
/// Any [`SvgError`] but those of bytes.
pub(super) fn walk(
    text: &str,
    (is_declared, mends): (bool, bool),
    limits: &Limits,
    nested: Nested<'_>,
) -> Result<(Edits, Size), SvgError> {
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    if text.as_bytes().iter().any(is_control) {
        let at = text.bytes().position(|byte| is_control(&byte)).unwrap_or_default();
        return Err(SvgError::Malformed { what: "a control character", at });
    }
    let mut walk = Walk {
        scanner: Scanner::new(text),
        edits: Edits::default(),
        doctype: DocType::default(),
        scopes: Scopes::default(),
        open: Vec::new(),
        skipped: None,
        sheet: None,
        root: None,
        elements: 0,
        needs_xlink: false,
        has_left: false,
        html_points: 0,
        defaults_bytes: 0,
        has_doctype: false,
        mends,
        limits,
        nested,
    };
    loop {
        match walk.scanner.next()? {
            Token::Nothing => return walk.end(),
            Token::Start { name, is_empty } => walk.start(name, is_empty)?,
            Token::End(name) => walk.close(name)?,
            Token::Text(text) => walk.text(text)?,
            Token::CData(text) => walk.cdata(text)?,
            Token::Comment(text) => walk.comment(text),
            Token::Instruction { target, body } => walk.instruction(target, body, is_declared)?,
            Token::DocType => walk.doctype()?,
        }
    }
}

struct Walk<'a, 'l> {
    scanner: Scanner<'a>,
    edits: Edits,
    doctype: DocType<'a>,
    scopes: Scopes<'a>,
    open: Vec<Open<'a>>,
    /// The element that is being taken out.
    skipped: Option<Skipped>,
    /// The style sheet that is being read.
    sheet: Option<Sheet>,
    root: Option<Root>,
    elements: usize,
    needs_xlink: bool,
    /// Whether an HTML parser has met something that is no drawing to it, and reads HTML from there on.
    has_left: bool,
    /// Open elements in which an HTML parser reads HTML.
    html_points: usize,
    /// Bytes of default values that were looked at.
    defaults_bytes: usize,
    has_doctype: bool,
    mends: bool,
    limits: &'l Limits,
    nested: Nested<'l>,
}

struct Open<'a> {
    name: &'a str,
    /// Declarations in scope around it.
    scopes: usize,
    /// Whether it is one of `html_points`.
    is_html_point: bool,
}

struct Skipped {
    depth: usize,
    start: usize,
    what: &'static str,
}

#[derive(Default)]
struct Sheet {
    depth: usize,
    /// Where its content begins.
    start: usize,
    content: Decoded,
    /// Whether HTML reads it up to its end tag, and neither references nor markup in it.
    is_raw: bool,
    /// Whether it has to be written anew, because HTML reads it differently.
    is_rewritten: bool,
}

struct Root {
    /// Behind its name.
    at: usize,
    size: Size,
}

impl<'a> Walk<'a, '_> {
    fn end(mut self) -> Result<(Edits, Size), SvgError> {
        if !self.open.is_empty() {
            return Err(self.scanner.wrong("an element that is not closed"));
        }
        let root = self.root.ok_or(SvgError::NotSvg)?;
        if self.needs_xlink && self.mends {
            self.edits.replace(root.at, root.at, format!(" xmlns:xlink=\"{}\"", scope::XLINK));
        }
        Ok((self.edits, root.size))
    }

    fn start(&mut self, name: &'a str, is_empty: bool) -> Result<(), SvgError> {
        self.elements += 1;
        if self.elements > self.limits.elements_max {
            return Err(SvgError::TooManyElements(self.limits.elements_max));
        }
        if self.open.len() >= self.limits.depth_max {
            return Err(SvgError::TooDeep(self.limits.depth_max));
        }
        let scopes = self.scopes.len();
        let is_kept = self.skipped.is_none() && self.enter(name, is_empty)?;
        if is_empty {
            self.scopes.truncate(scopes);
        } else {
            let is_html_point = is_kept && names::holds_html(name);
            self.html_points += usize::from(is_html_point);
            self.open.push(Open { name, scopes, is_html_point });
        }
        Ok(())
    }

    /// Decides about an element that begins, and about its attributes; whether it stays.
    fn enter(&mut self, name: &'a str, is_empty: bool) -> Result<bool, SvgError> {
        let at = self.scanner.start;
        let attributes = std::mem::take(&mut self.scanner.attributes);
        self.declare(name, &attributes)?;
        let (prefix, local) = split(name, at)?;
        if self.open.is_empty() {
            self.enter_root(prefix, local, name, &attributes)?;
        }
        let namespace = self.namespace(prefix);
        // To HTML it is open, and all that follows a sheet.
        let is_open = is_empty && self.is_html() && prefix.is_empty() && local.eq_ignore_ascii_case("style");
        let going = self.must_go(prefix, local, namespace).or(is_open.then_some("<style>"));
        if let Some(what) = going {
            if is_empty {
                self.edits.cut(at, self.scanner.at, what);
            } else {
                self.skipped = Some(Skipped { depth: self.open.len(), start: at, what });
            }
        } else {
            let element = Element {
                namespace: namespace.unwrap_or(Namespace::Other),
                local,
                animated: self.animated(name, local, &attributes)?,
            };
            for attribute in &attributes {
                self.attribute(&element, attribute)?;
            }
            if self.doctype.has_defaults() {
                self.check_defaults(name, &element, &attributes)?;
            }
            if local.eq_ignore_ascii_case("style") && !is_empty {
                let (depth, start) = (self.open.len() + 1, self.scanner.at);
                let is_raw = self.is_html() && prefix.is_empty();
                self.sheet = Some(Sheet { depth, start, is_raw, ..Sheet::default() });
            }
            self.has_left |= prefix.is_empty() && names::leaves_drawing(local);
        }
        self.scanner.attributes = attributes;
        Ok(going.is_none())
    }

    /// Takes in the namespaces that an element declares.
    fn declare(&mut self, name: &str, attributes: &[Attribute<'a>]) -> Result<(), SvgError> {
        let at = self.scanner.start;
        for attribute in attributes {
            if let Some(prefix) = declared_prefix(attribute.name) {
                let uri = self.value(attribute)?.text;
                self.scopes.declare(prefix, &uri, at)?;
            }
        }
        for (default, uri) in self.doctype.defaults_of(name) {
            if let Some(prefix) = declared_prefix(default)
                && !attributes.iter().any(|attribute| attribute.name == default)
            {
                self.scopes.declare(prefix, uri, at)?;
            }
        }
        Ok(())
    }

    /// Many files are written by hand without the namespaces; nobody meant anything else.
    fn enter_root(
        &mut self,
        prefix: &str,
        local: &str,
        name: &str,
        attributes: &[Attribute<'a>],
    ) -> Result<(), SvgError> {
        let at = self.scanner.start + 1 + name.len();
        if self.root.is_some() {
            return Err(self.scanner.wrong("a second root"));
        }
        if local != "svg" {
            return Err(SvgError::NotSvg);
        }
        if prefix.is_empty() && self.scopes.find("") == Some(Namespace::Nothing) {
            if attributes.iter().any(|attribute| attribute.name == "xmlns") {
                return Err(SvgError::OtherNamespace);
            }
            if self.mends {
                self.edits.replace(at, at, format!(" xmlns=\"{}\"", scope::SVG));
            }
            self.scopes.declare("", scope::SVG, at)?;
        }
        if self.scopes.find(prefix) != Some(Namespace::Svg) {
            return Err(SvgError::OtherNamespace);
        }
        let size = size::of_root(|wanted| {
            let own = attributes.iter().find(|attribute| attribute.name == wanted)?;
            self.value(own).ok().map(|value| value.text)
        });
        self.root = Some(Root { at, size });
        self.has_left = !prefix.is_empty();
        Ok(())
    }

    /// What a prefix means. That of links is often used without being declared.
    fn namespace(&mut self, prefix: &str) -> Option<Namespace> {
        let found = self.scopes.find(prefix);
        if found.is_none() && prefix == "xlink" {
            self.needs_xlink = true;
            return Some(Namespace::Xlink);
        }
        found
    }

    /// What an element is that goes with all that it holds.
    fn must_go(&self, prefix: &str, local: &str, namespace: Option<Namespace>) -> Option<&'static str> {
        let Some(namespace) = namespace else { return Some("<undeclared:…>") };
        if self.sheet.is_some() {
            return Some("<style> <…>");
        }
        match namespace {
            Namespace::Acting => Some("<ev:…>"),
            Namespace::Html if !names::is_text_of_html(local) => {
                Some(names::acting(local).unwrap_or("<element of HTML>"))
            }
            Namespace::Html => None,
            Namespace::Svg => names::acting(local),
            _ => names::acting(local).filter(|_| prefix.is_empty()),
        }
    }

    fn close(&mut self, name: &str) -> Result<(), SvgError> {
        let open = self.open.pop().filter(|open| open.name == name);
        let open = open.ok_or_else(|| self.scanner.wrong("an end tag that closes nothing"))?;
        self.scopes.truncate(open.scopes);
        let depth = self.open.len();
        if let Some(skipped) = self.skipped.take_if(|skipped| skipped.depth == depth) {
            self.edits.cut(skipped.start, self.scanner.at, skipped.what);
        }
        if let Some(sheet) = self.sheet.take_if(|sheet| sheet.depth == depth + 1) {
            self.end_sheet(&sheet)?;
        }
        self.html_points -= usize::from(open.is_html_point);
        Ok(())
    }

    /// Whether an HTML parser reads what comes as HTML and not as a drawing.
    fn is_html(&self) -> bool {
        self.has_left || self.html_points > 0
    }

    fn doctype(&mut self) -> Result<(), SvgError> {
        if self.root.is_some() || !self.open.is_empty() || self.has_doctype {
            return Err(self.scanner.wrong("a document type that is not at the top"));
        }
        (self.doctype, self.scanner.at) =
            doctype::read(self.scanner.text, self.scanner.start, &mut self.edits)?;
        self.has_doctype = true;
        Ok(())
    }
}
