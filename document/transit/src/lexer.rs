//! JSON tokens, borrowed from the input where possible; counts depth and values as it goes.

use crate::limits::{Limits, ReadError, Reason};
use crate::value::Value;
use std::borrow::Cow;

pub(crate) type Read<T> = Result<T, ReadError>;

/// One pass over the text. Callers recurse; `enter` and `count` are what bounds them.
pub(crate) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    values: usize,
    limits: Limits,
}

impl<'a> Lexer<'a> {
    /// Checks length and UTF-8 before anything is allocated.
    pub(crate) fn new(input: &'a [u8], limits: &Limits) -> Read<Self> {
        if input.len() > limits.bytes_max {
            return Err(ReadError { at: limits.bytes_max, reason: Reason::TooLong(limits.bytes_max) });
        }
        let text = std::str::from_utf8(input)
            .map_err(|e| ReadError { at: e.valid_up_to(), reason: Reason::NotUtf8 })?;
        Ok(Lexer { text, at: 0, depth: 0, values: 0, limits: *limits })
    }

    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn fail<T>(&self, reason: Reason) -> Read<T> {
        Err(ReadError { at: self.at, reason })
    }

    /// Counts one value against the limit.
    pub(crate) fn count(&mut self) -> Read<()> {
        self.values += 1;
        if self.values > self.limits.values_max {
            return self.fail(Reason::TooMany(self.limits.values_max));
        }
        Ok(())
    }

    /// One level down, with the opening bracket.
    pub(crate) fn enter(&mut self) -> Read<()> {
        if self.depth == self.limits.depth_max {
            return self.fail(Reason::TooDeep(self.limits.depth_max));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// One level up, with the closing bracket, which must be next.
    pub(crate) fn leave(&mut self, close: u8) -> Read<()> {
        self.expect(close)?;
        self.depth -= 1;
        Ok(())
    }

    /// The next byte after white space; the end of the input is an error.
    pub(crate) fn peek(&mut self) -> Read<u8> {
        let bytes = self.text.as_bytes();
        while let Some(&b) = bytes.get(self.at) {
            if !matches!(b, b' ' | b'\t' | b'\n' | b'\r') {
                return Ok(b);
            }
            self.at += 1;
        }
        self.fail(Reason::Truncated)
    }

    pub(crate) fn expect(&mut self, byte: u8) -> Read<()> {
        if self.peek()? != byte {
            return self.fail(Reason::Expected(match byte {
                b',' => "`,`",
                b':' => "`:`",
                b']' => "`,` or `]`",
                _ => "`,` or `}`",
            }));
        }
        self.at += 1;
        Ok(())
    }

    /// After an element: true when a comma and another element follow, false when `close` is next.
    pub(crate) fn more(&mut self, close: u8) -> Read<bool> {
        if self.peek()? == close {
            return Ok(false);
        }
        if self.peek()? != b',' {
            return self.fail(Reason::Expected(if close == b']' { "`,` or `]`" } else { "`,` or `}`" }));
        }
        self.at += 1;
        Ok(true)
    }

    /// Nothing but white space may be left.
    pub(crate) fn end(&mut self) -> Read<()> {
        match self.peek() {
            Err(ReadError { reason: Reason::Truncated, .. }) => Ok(()),
            Err(e) => Err(e),
            Ok(_) => self.fail(Reason::Trailing),
        }
    }

    /// `null`, `true`, `false` or a number.
    pub(crate) fn word(&mut self) -> Read<Value> {
        for (word, value) in
            [("null", Value::Nil), ("true", Value::Bool(true)), ("false", Value::Bool(false))]
        {
            let rest = &self.text.as_bytes()[self.at..];
            if rest.starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(value);
            }
            if !rest.is_empty() && word.as_bytes().starts_with(rest) {
                return self.fail(Reason::Truncated);
            }
        }
        self.number()
    }

    fn digits(&mut self) -> Read<()> {
        let start = self.at;
        while self.text.as_bytes().get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if start < self.at {
            Ok(())
        } else if self.at == self.text.len() {
            self.fail(Reason::Truncated)
        } else {
            self.fail(Reason::Expected("a value"))
        }
    }

    fn number(&mut self) -> Read<Value> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        if bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        let leading_zero = bytes.get(self.at) == Some(&b'0');
        let first = self.at;
        self.digits()?;
        if leading_zero && self.at > first + 1 {
            return self.fail(Reason::Expected("a number without leading zeros"));
        }
        let mut float = false;
        if bytes.get(self.at) == Some(&b'.') {
            float = true;
            self.at += 1;
            self.digits()?;
        }
        if matches!(bytes.get(self.at), Some(b'e' | b'E')) {
            float = true;
            self.at += 1;
            if matches!(bytes.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = &self.text[start..self.at];
        if !float {
            return Ok(text.parse().map_or_else(|_| Value::BigInt(text.to_owned()), Value::Int));
        }
        match text.parse::<f64>() {
            Ok(f) if f.is_finite() => Ok(Value::Float(f)),
            _ => self.fail(Reason::Expected("a number in the range of a double")),
        }
    }

    /// A string, without its quotes and escapes. Borrowed when it has no escapes.
    pub(crate) fn string(&mut self) -> Read<Cow<'a, str>> {
        if self.peek()? != b'"' {
            return self.fail(Reason::Expected("a string"));
        }
        self.at += 1;
        let start = self.at;
        let plain = self.run()?;
        if self.text.as_bytes()[self.at] == b'"' {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut out = self.text[start..self.at].to_owned();
        loop {
            out.push_str(self.run()?);
            let escape = self.text.as_bytes()[self.at] == b'\\';
            self.at += 1;
            if !escape {
                return Ok(Cow::Owned(out));
            }
            out.push(self.escape()?);
        }
    }

    /// The text up to the next quote or backslash, which is there.
    fn run(&mut self) -> Read<&'a str> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        while let Some(&b) = bytes.get(self.at) {
            match b {
                b'"' | b'\\' => return Ok(&self.text[start..self.at]),
                0..0x20 => return self.fail(Reason::Expected("control characters to be escaped")),
                _ => self.at += 1,
            }
        }
        self.fail(Reason::Truncated)
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Read<char> {
        let Some(&b) = self.text.as_bytes().get(self.at) else {
            return self.fail(Reason::Truncated);
        };
        self.at += 1;
        Ok(match b {
            b'"' | b'\\' | b'/' => char::from(b),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return self.fail(Reason::Expected("an escape that JSON knows")),
        })
    }

    fn unicode(&mut self) -> Read<char> {
        let high = self.hex()?;
        let code = match high {
            0xd800..0xdc00 if self.text.as_bytes()[self.at..].starts_with(b"\\u") => {
                self.at += 2;
                let low = self.hex()?;
                if !(0xdc00..0xe000).contains(&low) {
                    return self.fail(Reason::Expected("the second half of a surrogate pair"));
                }
                0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
            }
            _ => high,
        };
        char::from_u32(code).map_or_else(|| self.fail(Reason::Expected("a whole surrogate pair")), Ok)
    }

    fn hex(&mut self) -> Read<u32> {
        let Some(text) = self.text.as_bytes().get(self.at..self.at + 4) else {
            return self.fail(Reason::Truncated);
        };
        let mut code = 0;
        for &b in text {
            let Some(digit) = char::from(b).to_digit(16) else {
                return self.fail(Reason::Expected("four hexadecimal digits"));
            };
            code = code * 16 + digit;
        }
        self.at += 4;
        Ok(code)
    }
}
