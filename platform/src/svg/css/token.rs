//! The tokens of CSS with their places, as CSS Syntax Level 3 has them: strings, escapes and comments are what they
//! are.

use std::borrow::Cow;
use std::ops::Range;

/// What a token is. What nobody here asks for is `Other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::svg) enum TokenKind {
    White,
    Comment,
    Ident,
    /// A name and its opening parenthesis.
    Function,
    /// A name behind an `@`.
    At,
    String,
    BadString,
    /// `url(…)` without quotes.
    Url,
    BadUrl,
    /// Ends with this byte.
    Open(u8),
    Close(u8),
    Semicolon,
    Asterisk,
    Other,
}

/// A token: where it stands, and where the part of it that says something does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::svg) struct Token {
    pub(in crate::svg) kind: TokenKind,
    pub(in crate::svg) start: usize,
    pub(in crate::svg) end: usize,
    /// A name, what is between quotes, or an address.
    pub(in crate::svg) inner: Range<usize>,
}

/// A text, and how much of it is read.
#[derive(Clone, Copy, Debug)]
pub(in crate::svg) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(in crate::svg) fn new(text: &'a str) -> Tokens<'a> {
        Tokens { text, at: 0 }
    }

    pub(in crate::svg) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn take_while(&mut self, holds: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| !holds(*byte)).unwrap_or(rest.len());
    }

    /// Over a name; where it stands.
    fn name(&mut self) -> Range<usize> {
        let start = self.at;
        loop {
            self.take_while(is_name);
            if !self.is_escape(0) {
                return start..self.at;
            }
            self.escape();
        }
    }

    /// Whether an escape begins so far ahead.
    fn is_escape(&self, ahead: usize) -> bool {
        self.peek(ahead) == Some(b'\\') && self.peek(ahead + 1).is_none_or(|next| !is_newline(next))
    }

    /// Over an escape.
    fn escape(&mut self) {
        self.at += 1;
        let digits =
            (0..6).take_while(|ahead| self.peek(*ahead).is_some_and(|b| b.is_ascii_hexdigit())).count();
        if digits == 0 {
            self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
            return;
        }
        self.at += digits;
        match (self.peek(0), self.peek(1)) {
            (Some(b'\r'), Some(b'\n')) => self.at += 2,
            (Some(next), _) if is_white(next) => self.at += 1,
            _ => {}
        }
    }

    fn starts_name(&self, ahead: usize) -> bool {
        match self.peek(ahead) {
            Some(b'-') => {
                self.peek(ahead + 1).is_some_and(|next| is_name_start(next) || next == b'-')
                    || self.is_escape(ahead + 1)
            }
            Some(first) => is_name_start(first) || self.is_escape(ahead),
            None => false,
        }
    }

    fn starts_number(&self) -> bool {
        let sign = usize::from(matches!(self.peek(0), Some(b'+' | b'-')));
        let dot = usize::from(self.peek(sign) == Some(b'.'));
        self.peek(sign + dot).is_some_and(|byte| byte.is_ascii_digit())
    }

    /// Over a number and its unit.
    fn number(&mut self) {
        self.at += usize::from(matches!(self.peek(0), Some(b'+' | b'-')));
        self.take_while(|byte| byte.is_ascii_digit());
        if self.peek(0) == Some(b'.') && self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
            self.take_while(|byte| byte.is_ascii_digit());
        }
        let sign = usize::from(matches!(self.peek(1), Some(b'+' | b'-')));
        if matches!(self.peek(0), Some(b'e' | b'E'))
            && self.peek(1 + sign).is_some_and(|b| b.is_ascii_digit())
        {
            self.at += 1 + sign;
            self.take_while(|byte| byte.is_ascii_digit());
        }
        if self.starts_name(0) {
            self.name();
        } else if self.peek(0) == Some(b'%') {
            self.at += 1;
        }
    }

    fn string(&mut self, quote: u8) -> (TokenKind, Range<usize>) {
        self.at += 1;
        let start = self.at;
        loop {
            self.take_while(|byte| byte != quote && byte != b'\\' && !is_newline(byte));
            match (self.peek(0), self.peek(1)) {
                (None, _) => return (TokenKind::String, start..self.at),
                (Some(b'\\'), Some(b'\r')) if self.peek(2) == Some(b'\n') => self.at += 3,
                (Some(b'\\'), Some(next)) if is_newline(next) => self.at += 2,
                (Some(b'\\'), None) => self.at += 1,
                (Some(b'\\'), Some(_)) => self.escape(),
                (Some(byte), _) if byte == quote => {
                    self.at += 1;
                    return (TokenKind::String, start..self.at - 1);
                }
                _ => return (TokenKind::BadString, start..self.at),
            }
        }
    }

    /// A name, and what it opens.
    fn ident_like(&mut self) -> (TokenKind, Range<usize>) {
        let name = self.name();
        if self.peek(0) != Some(b'(') {
            return (TokenKind::Ident, name);
        }
        self.at += 1;
        if !unescape(&self.text[name.clone()]).eq_ignore_ascii_case("url") {
            return (TokenKind::Function, name);
        }
        let inside = self.at;
        self.take_while(is_white);
        if matches!(self.peek(0), Some(b'"' | b'\'')) {
            self.at = inside;
            return (TokenKind::Function, name);
        }
        self.url()
    }

    fn url(&mut self) -> (TokenKind, Range<usize>) {
        let start = self.at;
        loop {
            self.take_while(|byte| {
                !is_white(byte) && !matches!(byte, b')' | b'"' | b'\'' | b'(' | b'\\' | 0..0x20 | 0x7f)
            });
            let end = self.at;
            self.take_while(is_white);
            match self.peek(0) {
                None => return (TokenKind::Url, start..end),
                Some(b')') => {
                    self.at += 1;
                    return (TokenKind::Url, start..end);
                }
                Some(b'\\') if self.at == end && self.is_escape(0) => self.escape(),
                Some(_) => {
                    self.rest_of_url();
                    return (TokenKind::BadUrl, start..self.at);
                }
            }
        }
    }

    fn rest_of_url(&mut self) {
        loop {
            self.take_while(|byte| byte != b')' && byte != b'\\');
            match self.peek(0) {
                None => return,
                Some(b')') => {
                    self.at += 1;
                    return;
                }
                Some(_) if self.is_escape(0) => self.escape(),
                Some(_) => self.at += 1,
            }
        }
    }

    fn other(&mut self, first: u8) -> (TokenKind, Range<usize>) {
        let at = self.at;
        if self.starts_number() {
            self.number();
            return (TokenKind::Other, at..self.at);
        }
        if self.text[at..].starts_with("-->") || self.text[at..].starts_with("<!--") {
            self.at += if first == b'-' { 3 } else { 4 };
            return (TokenKind::Other, at..self.at);
        }
        if self.starts_name(0) {
            return self.ident_like();
        }
        self.at += 1;
        match first {
            b'@' if self.starts_name(0) => return (TokenKind::At, self.name()),
            b'#' if self.peek(0).is_some_and(is_name) || self.is_escape(0) => {
                self.name();
            }
            _ => {}
        }
        (TokenKind::Other, at..self.at)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let (start, first) = (self.at, self.peek(0)?);
        let one = |kind| (kind, start..start + 1);
        let (kind, inner) = match first {
            b'/' if self.peek(1) == Some(b'*') => {
                let length = self.text[start + 2..].find("*/").map_or(self.text.len() - start, |at| at + 4);
                self.at += length;
                (TokenKind::Comment, start..self.at)
            }
            b'"' | b'\'' => self.string(first),
            _ if is_white(first) => {
                self.take_while(is_white);
                (TokenKind::White, start..self.at)
            }
            b'(' => one(TokenKind::Open(b')')),
            b'[' => one(TokenKind::Open(b']')),
            b'{' => one(TokenKind::Open(b'}')),
            b')' | b']' | b'}' => one(TokenKind::Close(first)),
            b';' => one(TokenKind::Semicolon),
            b'*' => one(TokenKind::Asterisk),
            _ => self.other(first),
        };
        self.at = self.at.max(start + 1);
        Some(Token { kind, start, end: self.at, inner })
    }
}

/// A name, a string or an address as it is meant.
pub(in crate::svg) fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let (mut text, mut rest) = (String::with_capacity(raw.len()), raw);
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let digits = after.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        rest = &after[digits..];
        if digits > 0 {
            let code = u32::from_str_radix(&after[..digits], 16).ok().filter(|code| *code > 0);
            text.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
            let white = if rest.starts_with("\r\n") {
                2
            } else {
                usize::from(rest.bytes().next().is_some_and(is_white))
            };
            rest = &rest[white..];
        } else if let Some(newline) =
            ["\r\n", "\n", "\r", "\x0c"].into_iter().find(|line| rest.starts_with(line))
        {
            rest = &rest[newline.len()..];
        } else if let Some(character) = rest.chars().next() {
            text.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | 0x0c)
}

fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t') || is_newline(byte)
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_name(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit() || byte == b'-'
}
