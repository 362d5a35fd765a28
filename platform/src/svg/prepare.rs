//! The first pass: caps, the root and its size, and a simpler document for the filter.

use quick_xml::events::{BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

use super::css;
use super::error::{SvgError, malformed};
use super::limits::Limits;
use super::size::{self, Size};

const SVG_NAMESPACE: &str = "http://www.w3.org/2000/svg";
const XLINK_NAMESPACE: &str = "http://www.w3.org/1999/xlink";

/// Copies the document without comments, instructions, document type and stylesheet imports.
///
/// Stops at the first cap crossed, so the work stays in proportion to the bytes looked at.
pub(super) fn prepare(text: &str, limits: &Limits) -> Result<(String, Size), SvgError> {
    let mut reader = Reader::from_str(text);
    let mut pass =
        Pass { writer: Writer::new(Vec::new()), open: Vec::new(), elements: 0, size: None, css: None };
    loop {
        let event = reader.read_event().map_err(malformed)?;
        if matches!(event, Event::Eof) {
            break;
        }
        pass.take(event, limits)?;
    }
    let size = pass.size.ok_or(SvgError::NotSvg)?;
    if !pass.open.is_empty() {
        return Err(SvgError::Malformed("an element is not closed".to_owned()));
    }
    let copy = String::from_utf8(pass.writer.into_inner()).map_err(malformed)?;
    Ok((copy, size))
}

struct Pass {
    writer: Writer<Vec<u8>>,
    /// Whether each open element is a style sheet.
    open: Vec<bool>,
    elements: usize,
    size: Option<Size>,
    /// The style sheet being gathered.
    css: Option<String>,
}

impl Pass {
    fn take(&mut self, event: Event<'_>, limits: &Limits) -> Result<(), SvgError> {
        match event {
            Event::Start(element) => {
                let element = self.enter(element, limits)?;
                self.open.push(element.local_name().as_ref() == b"style");
                self.write(Event::Start(element))
            }
            Event::Empty(element) => {
                let element = self.enter(element, limits)?;
                self.write(Event::Empty(element))
            }
            Event::End(element) => {
                self.end_css()?;
                self.open.pop();
                self.write(Event::End(element))
            }
            Event::DocType(declared) if declared.contains(&b'[') => Err(SvgError::Declarations),
            Event::DocType(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::Eof => Ok(()),
            Event::Text(text) if self.in_style() => {
                self.add_css(&text.decode().map_err(malformed)?);
                Ok(())
            }
            Event::CData(text) if self.in_style() => {
                self.add_css(&text.decode().map_err(malformed)?);
                Ok(())
            }
            Event::Text(text) => self.write(Event::Text(text)),
            Event::CData(text) => self.write(Event::Text(text.escape().map_err(malformed)?)),
            Event::GeneralRef(name) => {
                let character = character(&name)?;
                if self.in_style() {
                    self.add_css(character.encode_utf8(&mut [0; 4]));
                    return Ok(());
                }
                self.write(Event::Text(BytesText::new(character.encode_utf8(&mut [0; 4]))))
            }
        }
    }

    fn enter<'a>(&mut self, element: BytesStart<'a>, limits: &Limits) -> Result<BytesStart<'a>, SvgError> {
        self.end_css()?;
        self.elements += 1;
        if self.elements > limits.elements_max {
            return Err(SvgError::TooManyElements(limits.elements_max));
        }
        if self.open.len() >= limits.depth_max {
            return Err(SvgError::TooDeep(limits.depth_max));
        }
        if !self.open.is_empty() {
            return Ok(element);
        }
        if self.size.is_some() {
            return Err(SvgError::Malformed("there is more than one root".to_owned()));
        }
        if element.local_name().as_ref() != b"svg" {
            return Err(SvgError::NotSvg);
        }
        self.size = Some(size::of_root(&element)?);
        root(element)
    }

    fn in_style(&self) -> bool {
        self.open.last() == Some(&true)
    }

    fn add_css(&mut self, text: &str) {
        self.css.get_or_insert_default().push_str(text);
    }

    fn end_css(&mut self) -> Result<(), SvgError> {
        match self.css.take() {
            Some(sheet) => self.write(Event::Text(BytesText::new(&css::simplify(&sheet)))),
            None => Ok(()),
        }
    }

    fn write(&mut self, event: Event<'_>) -> Result<(), SvgError> {
        // Text outside the root is white space or an error; neither is worth keeping.
        if self.open.is_empty() && matches!(event, Event::Text(_)) {
            return Ok(());
        }
        self.writer.write_event(event).map_err(malformed)
    }
}

/// Many files are written by hand without the namespaces; nobody meant anything else.
fn root(mut element: BytesStart<'_>) -> Result<BytesStart<'_>, SvgError> {
    let has = |element: &BytesStart<'_>, name: &str| {
        element.try_get_attribute(name).map(|found| found.is_some()).map_err(malformed)
    };
    if element.name().prefix().is_none() && !has(&element, "xmlns")? {
        element.push_attribute(("xmlns", SVG_NAMESPACE));
    }
    if !has(&element, "xmlns:xlink")? {
        element.push_attribute(("xmlns:xlink", XLINK_NAMESPACE));
    }
    Ok(element)
}

/// The character of a numeric reference or of one of the five built-in names; others need declarations.
fn character(name: &quick_xml::events::BytesRef<'_>) -> Result<char, SvgError> {
    if let Some(character) = name.resolve_char_ref().map_err(malformed)? {
        return Ok(character);
    }
    match name.as_ref() {
        b"lt" => Ok('<'),
        b"gt" => Ok('>'),
        b"amp" => Ok('&'),
        b"quot" => Ok('"'),
        b"apos" => Ok('\''),
        _ => Err(SvgError::Declarations),
    }
}
