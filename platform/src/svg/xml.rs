//! Reads XML as tokens with their places, and is strict: every parser reads alike what it accepts.

use memchr::{memchr, memchr3, memmem};

use super::error::SvgError;
use super::limits::ATTRIBUTES_MAX;

/// An attribute of a tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    /// What stands between the quotes.
    pub(super) value: &'a str,
    /// Where the white space before it begins.
    pub(super) start: usize,
    /// Where the value begins.
    pub(super) value_start: usize,
    /// Behind the closing quote.
    pub(super) end: usize,
    /// Whether the value holds references.
    pub(super) has_references: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A start tag; its attributes are in the scanner.
    Start { name: &'a str, is_empty: bool },
    /// An end tag.
    End(&'a str),
    /// Text up to the next markup.
    Text(&'a str),
    /// What a CDATA section holds.
    CData(&'a str),
    /// What a comment holds.
    Comment(&'a str),
    /// A processing instruction, or the declaration at the top.
    Instruction { target: &'a str, body: &'a str },
    /// A document type begins; whoever reads it says where it ends.
    DocType,
    /// Nothing.
    Nothing,
}

/// Where in the text we are.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    /// Where the last token begins.
    pub(super) start: usize,
    /// Behind the last token.
    pub(super) at: usize,
    /// Those of the last start tag.
    pub(super) attributes: Vec<Attribute<'a>>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Scanner<'a> {
        Scanner { text, start: 0, at: 0, attributes: Vec::new() }
    }

    pub(super) fn next(&mut self) -> Result<Token<'a>, SvgError> {
        self.start = self.at;
        let rest = &self.text[self.at..];
        let bytes = rest.as_bytes();
        match bytes {
            [] => Ok(Token::Nothing),
            [b'<', b'/', ..] => self.end_tag(),
            [b'<', b'?', ..] => self.instruction(),
            [b'<', b'!', b'-', b'-', ..] => Ok(Token::Comment(self.until(4, "-->")?)),
            [b'<', b'!', ..] if rest.starts_with("<![CDATA[") => Ok(Token::CData(self.until(9, "]]>")?)),
            [b'<', b'!', ..] if rest.starts_with("<!DOCTYPE") => Ok(Token::DocType),
            [b'<', ..] => self.start_tag(),
            _ => {
                let length = memchr(b'<', bytes).unwrap_or(bytes.len());
                self.at += length;
                Ok(Token::Text(&rest[..length]))
            }
        }
    }

    pub(super) fn wrong(&self, what: &'static str) -> SvgError {
        SvgError::Malformed { what, at: self.at }
    }

    /// What stands between the head of a token and its end.
    fn until(&mut self, head: usize, end: &str) -> Result<&'a str, SvgError> {
        let rest = &self.text[self.at + head..];
        let length = memmem::find(rest.as_bytes(), end.as_bytes());
        let length = length.ok_or_else(|| self.wrong("something that is not closed"))?;
        self.at += head + length + end.len();
        Ok(&rest[..length])
    }

    fn instruction(&mut self) -> Result<Token<'a>, SvgError> {
        let whole = self.until(2, "?>")?;
        let length = name_length(whole.as_bytes());
        let (target, body) = whole.split_at(length);
        if target.is_empty() || !(body.is_empty() || body.as_bytes()[0].is_ascii_whitespace()) {
            return Err(self.wrong("an instruction without a name"));
        }
        Ok(Token::Instruction { target, body })
    }

    fn end_tag(&mut self) -> Result<Token<'a>, SvgError> {
        self.at += 2;
        let name = self.name()?;
        self.white();
        if self.peek() != Some(b'>') {
            return Err(self.wrong("an end tag that is not closed"));
        }
        self.at += 1;
        Ok(Token::End(name))
    }

    fn start_tag(&mut self) -> Result<Token<'a>, SvgError> {
        self.at += 1;
        let name = self.name()?;
        self.attributes.clear();
        loop {
            let start = self.at;
            self.white();
            match self.peek() {
                Some(b'>') => {
                    self.at += 1;
                    self.check_attributes()?;
                    return Ok(Token::Start { name, is_empty: false });
                }
                Some(b'/') if self.text.as_bytes().get(self.at + 1) == Some(&b'>') => {
                    self.at += 2;
                    self.check_attributes()?;
                    return Ok(Token::Start { name, is_empty: true });
                }
                Some(_) if self.at > start => {
                    let attribute = self.attribute(start)?;
                    self.attributes.push(attribute);
                }
                _ => return Err(self.wrong("a tag that is not closed")),
            }
            if self.attributes.len() > ATTRIBUTES_MAX {
                return Err(SvgError::TooManyAttributes(ATTRIBUTES_MAX));
            }
        }
    }

    fn attribute(&mut self, start: usize) -> Result<Attribute<'a>, SvgError> {
        let name = self.name()?;
        self.white();
        if self.peek() != Some(b'=') {
            return Err(self.wrong("an attribute without a value"));
        }
        self.at += 1;
        self.white();
        let quote = self.peek().filter(|byte| matches!(byte, b'"' | b'\''));
        let quote = quote.ok_or_else(|| self.wrong("a value without quotes"))?;
        self.at += 1;
        let (value_start, mut has_references) = (self.at, false);
        loop {
            let found = memchr3(quote, b'<', b'&', &self.text.as_bytes()[self.at..]);
            self.at += found.ok_or_else(|| self.wrong("a value that is not closed"))?;
            match self.text.as_bytes()[self.at] {
                b'&' => has_references = true,
                b'<' => return Err(self.wrong("a '<' in a value")),
                _ => break,
            }
            self.at += 1;
        }
        let value = &self.text[value_start..self.at];
        self.at += 1;
        Ok(Attribute { name, value, start, value_start, end: self.at, has_references })
    }

    /// No two may have the same name: parsers differ in which one counts.
    fn check_attributes(&self) -> Result<(), SvgError> {
        let all = &self.attributes;
        let twice = if all.len() <= 16 {
            (1..all.len()).any(|at| all[..at].iter().any(|other| other.name == all[at].name))
        } else {
            let mut names: Vec<&str> = all.iter().map(|attribute| attribute.name).collect();
            names.sort_unstable();
            names.windows(2).any(|pair| pair[0] == pair[1])
        };
        if twice { Err(self.wrong("an attribute that is there twice")) } else { Ok(()) }
    }

    fn name(&mut self) -> Result<&'a str, SvgError> {
        let rest = &self.text[self.at..];
        let length = name_length(rest.as_bytes());
        if length == 0 {
            return Err(self.wrong("a name that is none"));
        }
        self.at += length;
        Ok(&rest[..length])
    }

    fn white(&mut self) {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(|byte| is_white(*byte)) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

/// What XML takes for white space.
pub(super) fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The bytes of the name that a text begins with; 0 when it begins with none.
pub(super) fn name_length(bytes: &[u8]) -> usize {
    if bytes
        .first()
        .is_none_or(|first| !NAME[usize::from(*first)] || matches!(first, b'-' | b'.' | b'0'..=b'9'))
    {
        return 0;
    }
    bytes.iter().position(|byte| !NAME[usize::from(*byte)]).unwrap_or(bytes.len())
}

/// Which bytes stand in names. Letters outside ASCII do; parsers that find some of them wrong refuse the document.
const NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let character = byte as u8;
        table[byte] =
            character.is_ascii_alphanumeric() || matches!(character, b'-' | b'.' | b'_' | b':' | 0x80..);
        byte += 1;
    }
    table
};
