//! Bytes to values, in one pass and without a tree in between.

use super::cache::{Known, cacheable, is_code};
use super::scalar::{Token, ground, ground_tag, token};
use crate::lexer::{Lexer, Read};
use crate::limits::{Limits, Reason};
use crate::value::Value;
use std::borrow::Cow;
use uuid::Uuid;

/// Cache codes may stand for this many times the input's own length, and a little more for short inputs.
const EXPANSION_MAX: usize = 16;

pub(super) struct Reader<'a> {
    lexer: Lexer<'a>,
    known: Known<'a>,
    /// Bytes that cache codes stood for so far.
    expanded: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn document(input: &'a [u8], limits: &Limits) -> Read<Value> {
        let lexer = Lexer::new(input, limits)?;
        let mut reader = Reader { lexer, known: Known::default(), expanded: 0 };
        let value = reader.value()?;
        reader.lexer.end()?;
        Ok(value)
    }

    fn value(&mut self) -> Read<Value> {
        self.lexer.count()?;
        match self.lexer.peek()? {
            b'[' => self.array(),
            b'{' => self.object(),
            b'"' => {
                let text = self.lexer.string()?;
                let text = self.resolve(text, false)?;
                self.scalar(&text)
            }
            _ => self.lexer.word(),
        }
    }

    /// Replaces a cache code by what it stands for, and remembers what later codes may mean.
    fn resolve(&mut self, text: Cow<'a, str>, key: bool) -> Read<Cow<'a, str>> {
        if is_code(&text) {
            let Some(known) = self.known.lookup(&text) else {
                return self.lexer.fail(Reason::CacheCode);
            };
            let expanded_max = EXPANSION_MAX * self.lexer.len() + 4096;
            self.expanded += known.len();
            if self.expanded > expanded_max {
                return self.lexer.fail(Reason::TooExpanded(expanded_max));
            }
            return Ok(known.clone());
        }
        if cacheable(&text, key) {
            self.known.learn(text.clone());
        }
        Ok(text)
    }

    fn scalar(&self, text: &str) -> Read<Value> {
        match token(text) {
            Ok(Token::Value(value)) => Ok(value),
            Ok(Token::Tag(_)) => self.lexer.fail(Reason::StrayTag),
            Err(reason) => self.lexer.fail(reason),
        }
    }

    /// A vector, a map (`["^ ", key, value, …]`) or a tagged value (`["~#tag", value]`).
    fn array(&mut self) -> Read<Value> {
        self.lexer.enter()?;
        let first = match self.lexer.peek()? {
            b']' => {
                self.lexer.leave(b']')?;
                return Ok(Value::Vec(Vec::new()));
            }
            b'"' => {
                let text = self.lexer.string()?;
                if text == "^ " {
                    return self.map();
                }
                self.lexer.count()?;
                let text = self.resolve(text, false)?;
                match token(&text) {
                    Ok(Token::Value(value)) => value,
                    Ok(Token::Tag(tag)) => {
                        if !self.lexer.more(b']')? {
                            return self.lexer.fail(Reason::StrayTag);
                        }
                        let value = self.tagged(tag)?;
                        self.lexer.leave(b']')?;
                        return Ok(value);
                    }
                    Err(reason) => return self.lexer.fail(reason),
                }
            }
            _ => self.value()?,
        };
        let mut items = vec![first];
        while self.lexer.more(b']')? {
            items.push(self.value()?);
        }
        self.lexer.leave(b']')?;
        Ok(Value::Vec(items))
    }

    /// The rest of an array after its map mark.
    fn map(&mut self) -> Read<Value> {
        let mut entries = Vec::new();
        while self.lexer.more(b']')? {
            let key = self.key()?;
            if !self.lexer.more(b']')? {
                return self.lexer.fail(Reason::OddMap);
            }
            entries.push((key, self.value()?));
        }
        self.lexer.leave(b']')?;
        Ok(Value::Map(entries))
    }

    fn key(&mut self) -> Read<Value> {
        if self.lexer.peek()? != b'"' {
            return self.value();
        }
        self.lexer.count()?;
        let text = self.lexer.string()?;
        let text = self.resolve(text, true)?;
        self.scalar(&text)
    }

    /// The verbose forms: a map, or one tag and its value.
    fn object(&mut self) -> Read<Value> {
        self.lexer.enter()?;
        let mut entries = Vec::new();
        let mut more = self.lexer.peek()? != b'}';
        while more {
            self.lexer.count()?;
            let text = self.lexer.string()?;
            let text = self.resolve(text, true)?;
            self.lexer.expect(b':')?;
            let key = match token(&text) {
                Ok(Token::Value(key)) => key,
                Ok(Token::Tag(tag)) if entries.is_empty() => {
                    let value = self.tagged(tag)?;
                    self.lexer.leave(b'}')?;
                    return Ok(value);
                }
                Ok(Token::Tag(_)) => return self.lexer.fail(Reason::StrayTag),
                Err(reason) => return self.lexer.fail(reason),
            };
            entries.push((key, self.value()?));
            more = self.lexer.more(b'}')?;
        }
        self.lexer.leave(b'}')?;
        Ok(Value::Map(entries))
    }

    /// The value after a tag.
    fn tagged(&mut self, tag: &str) -> Read<Value> {
        let content = self.value()?;
        Ok(match (tag, content) {
            ("'", value) => value,
            ("set", Value::Vec(items)) => Value::Set(items),
            ("list", Value::Vec(items)) => Value::List(items),
            ("cmap", Value::Vec(items)) => self.pairs(items)?,
            ("uri", Value::Str(text)) => Value::Uri(text),
            ("u", Value::Vec(halves)) => self.uuid(&halves)?,
            ("m", Value::Int(millis)) => Value::Instant(millis),
            ("set", _) => return self.lexer.fail(Reason::TagContent("set")),
            ("list", _) => return self.lexer.fail(Reason::TagContent("list")),
            ("cmap", _) => return self.lexer.fail(Reason::TagContent("cmap")),
            (tag, Value::Str(text)) if ground_tag(tag).is_some() => {
                let tag = ground_tag(tag).unwrap_or_default();
                ground(tag, &text).or_else(|reason| self.lexer.fail(reason))?
            }
            (tag, content) => Value::Tagged(tag.to_owned(), Box::new(content)),
        })
    }

    fn pairs(&self, items: Vec<Value>) -> Read<Value> {
        if !items.len().is_multiple_of(2) {
            return self.lexer.fail(Reason::OddMap);
        }
        let mut entries = Vec::with_capacity(items.len() / 2);
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            entries.push((key, value));
        }
        Ok(Value::Map(entries))
    }

    /// Two signed halves, an older form of a uuid.
    fn uuid(&self, halves: &[Value]) -> Read<Value> {
        match halves {
            [Value::Int(high), Value::Int(low)] => {
                Ok(Value::Uuid(Uuid::from_u64_pair(high.cast_unsigned(), low.cast_unsigned())))
            }
            _ => self.lexer.fail(Reason::TagContent("u")),
        }
    }
}
