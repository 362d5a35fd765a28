//! A document into another one, token by token: in the form of that one, under its cache codes, and in pieces, so that
//! neither a tree nor the whole result is ever in memory.

use super::cache::{Known, cacheable, is_code};
use super::writer::Writer;
use crate::lexer::{Lexer, Position, Read};
use crate::limits::{Limits, ReadError, Reason};
use std::sync::Arc;

/// Reads a document and writes the same one.
pub struct Transcoder {
    text: Arc<String>,
    limits: Limits,
    position: Position,
    state: State,
}

/// What is open, from the outermost inwards.
enum Open {
    Seq,
    Map { close: u8, is_empty: bool },
    Tag { close: u8 },
}

/// What has to be read next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    Value,
    /// What follows a value, or the beginning of a map.
    Rest,
    Nothing,
}

struct State {
    known: Known<'static>,
    open: Vec<Open>,
    due: Due,
}

impl Transcoder {
    /// For a document in either form. It is shared, because it may be large.
    pub fn new(document: Arc<String>, limits: &Limits) -> Transcoder {
        let state = State { known: Known::default(), open: Vec::new(), due: Due::Value };
        Transcoder { text: document, limits: *limits, position: Position::default(), state }
    }

    /// Bytes of the document.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether the document has no bytes, and so is none.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Goes on until the writer has at least so many bytes, or all of it. True when it has all.
    ///
    /// # Errors
    /// [`ReadError`] as when the document is read; of no further use then.
    pub fn fill(&mut self, writer: &mut Writer, bytes: usize) -> Result<bool, ReadError> {
        let mut lexer = Lexer::resume(&self.text, self.position, &self.limits);
        while self.state.due != Due::Nothing && writer.len() < bytes {
            match self.state.due {
                Due::Value => self.state.value(&mut lexer, writer)?,
                _ => self.state.rest(&mut lexer, writer)?,
            }
        }
        self.position = lexer.position();
        Ok(self.state.due == Due::Nothing)
    }
}

impl State {
    fn value(&mut self, lexer: &mut Lexer<'_>, writer: &mut Writer) -> Read<()> {
        lexer.count()?;
        self.due = Due::Rest;
        match lexer.peek()? {
            b'[' => return self.array(lexer, writer),
            b'{' => return self.object(lexer, writer),
            b'"' => {
                let text = lexer.string()?;
                if self.is_tag(lexer, &text)? {
                    return lexer.fail(Reason::StrayTag);
                }
                self.token(&text, false, writer);
            }
            _ => writer.out.extend_from_slice(lexer.word_text()?.as_bytes()),
        }
        Ok(())
    }

    /// The beginning of a vector, a map or a tagged value.
    fn array(&mut self, lexer: &mut Lexer<'_>, writer: &mut Writer) -> Read<()> {
        lexer.enter()?;
        match lexer.peek()? {
            b'"' => {}
            first => {
                writer.out.push(b'[');
                self.open.push(Open::Seq);
                self.due = if first == b']' { Due::Rest } else { Due::Value };
                return if first == b']' { self.end_seq(lexer, writer) } else { Ok(()) };
            }
        }
        let text = lexer.string()?;
        if text == "^ " {
            writer.open_map();
            self.open.push(Open::Map { close: b']', is_empty: true });
            return Ok(());
        }
        lexer.count()?;
        if self.is_tag(lexer, &text)? {
            if !lexer.more(b']')? {
                return lexer.fail(Reason::StrayTag);
            }
            self.open_tag(&text, b']', writer);
            return Ok(());
        }
        writer.out.push(b'[');
        self.token(&text, false, writer);
        self.open.push(Open::Seq);
        Ok(())
    }

    /// The beginning of a verbose map, or of a verbose tagged value.
    fn object(&mut self, lexer: &mut Lexer<'_>, writer: &mut Writer) -> Read<()> {
        lexer.enter()?;
        if lexer.peek()? == b'}' {
            lexer.leave(b'}')?;
            writer.open_map();
            writer.close();
            return Ok(());
        }
        lexer.count()?;
        let text = lexer.string()?;
        let is_tag = self.is_tag(lexer, &text)?;
        lexer.expect(b':')?;
        if is_tag {
            self.open_tag(&text, b'}', writer);
            return Ok(());
        }
        writer.open_map();
        writer.before_key(true);
        self.open.push(Open::Map { close: b'}', is_empty: false });
        self.key(&text, writer);
        Ok(())
    }

    /// What stands behind a value: the next one, or an end.
    fn rest(&mut self, lexer: &mut Lexer<'_>, writer: &mut Writer) -> Read<()> {
        match self.open.last_mut() {
            None => {
                lexer.end()?;
                self.due = Due::Nothing;
            }
            Some(Open::Seq) => {
                if !lexer.more(b']')? {
                    return self.end_seq(lexer, writer);
                }
                writer.out.push(b',');
                self.due = Due::Value;
            }
            Some(Open::Tag { close }) => {
                lexer.leave(*close)?;
                writer.close();
                self.open.pop();
            }
            Some(Open::Map { close, is_empty }) => {
                let close = *close;
                if !lexer.more(close)? {
                    lexer.leave(close)?;
                    writer.close();
                    self.open.pop();
                    return Ok(());
                }
                writer.before_key(std::mem::replace(is_empty, false));
                lexer.count()?;
                let text = lexer.string()?;
                if self.is_tag(lexer, &text)? {
                    return lexer.fail(Reason::StrayTag);
                }
                if close == b'}' {
                    lexer.expect(b':')?;
                } else if !lexer.more(close)? {
                    return lexer.fail(Reason::OddMap);
                }
                self.key(&text, writer);
            }
        }
        Ok(())
    }

    fn end_seq(&mut self, lexer: &mut Lexer<'_>, writer: &mut Writer) -> Read<()> {
        lexer.leave(b']')?;
        writer.out.push(b']');
        self.open.pop();
        Ok(())
    }

    fn open_tag(&mut self, text: &str, close: u8, writer: &mut Writer) {
        let token = self.learn(text, true).to_owned();
        writer.open_tag(&token);
        self.open.push(Open::Tag { close });
        self.due = Due::Value;
    }

    fn key(&mut self, text: &str, writer: &mut Writer) {
        self.token(text, true, writer);
        writer.between();
        self.due = Due::Value;
    }

    fn token(&mut self, text: &str, key: bool, writer: &mut Writer) {
        writer.token(self.learn(text, key), key);
    }

    /// Whether a string opens a tagged value; fails for a code that stands for nothing.
    fn is_tag(&self, lexer: &Lexer<'_>, text: &str) -> Read<bool> {
        if !is_code(text) {
            return Ok(text.starts_with("~#"));
        }
        match self.known.lookup(text) {
            Some(known) => Ok(known.starts_with("~#")),
            None => lexer.fail(Reason::CacheCode),
        }
    }

    /// What a string stands for; remembers what later codes may mean.
    fn learn<'t>(&'t mut self, text: &'t str, key: bool) -> &'t str {
        if is_code(text) {
            return self.known.lookup(text).map_or(text, |known| known);
        }
        if cacheable(text, key) {
            self.known.learn(text.to_owned().into());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn transcoder(document: &[u8]) -> Transcoder {
        let text = String::from_utf8(document.to_vec()).expect("UTF-8");
        Transcoder::new(Arc::new(text), &Limits::STORED)
    }

    fn transcode(document: &[u8], verbose: bool, piece: usize) -> Vec<u8> {
        let mut transcoder = transcoder(document);
        let (mut writer, mut out) = (Writer::new(verbose), vec![]);
        let mut is_done = false;
        while !is_done {
            is_done = transcoder.fill(&mut writer, piece).expect("a document");
            out.extend(writer.take());
        }
        out
    }

    /// Deep, with every kind of container and repeated keys.
    fn sample() -> Value {
        let shape = |n: i64| {
            Value::Map(vec![
                (Value::keyword("identity"), Value::Uuid(uuid::Uuid::from_u128(7))),
                (Value::keyword("kind-of-it"), Value::keyword("rectangle")),
                (Value::text("some text"), Value::text("~ \"quoted\" ^ \u{1f600}")),
                (Value::Int(n), Value::Float(1.0)),
                (Value::keyword("set"), Value::Set(vec![Value::Nil, Value::Bool(true), Value::Vec(vec![])])),
                (Value::keyword("none"), Value::Map(vec![])),
                (Value::keyword("point"), Value::tagged("point", Value::Vec(vec![Value::Int(n)]))),
            ])
        };
        let odd = Value::Map(vec![(Value::Vec(vec![Value::Int(1)]), Value::Int(i64::MAX))]);
        Value::Vec(
            (0..2000).map(shape).chain([odd, Value::Vec(vec![Value::text("a"), Value::Nil])]).collect(),
        )
    }

    #[test]
    fn it_is_what_a_writer_would_have_written() {
        let value = sample();
        let (compact, verbose) = (crate::write(&value), crate::write_verbose(&value));
        for document in [&compact, &verbose] {
            for piece in [1, 1000, usize::MAX] {
                assert!(transcode(document, false, piece) == compact, "compact in pieces of {piece}");
                assert!(transcode(document, true, piece) == verbose, "verbose in pieces of {piece}");
            }
        }
    }

    #[test]
    fn one_document_stands_inside_another() {
        let (value, keyword) = (sample(), Value::keyword("identity"));
        let document = crate::write(&value);
        for verbose in [false, true] {
            let mut transcoder = transcoder(&document);
            let mut writer = Writer::new(verbose);
            let mut inner = None;
            writer.seq(0..3, |w, n| match n {
                1 => inner = Some((w.len(), w.split())),
                _ => w.value(&keyword, false),
            });
            let (at, mut inner) = inner.expect("split");
            assert!(transcoder.fill(&mut inner, usize::MAX).expect("a document"));
            let mut whole = writer.finish();
            whole.splice(at..at, inner.finish());
            let expected = Value::Vec(vec![keyword.clone(), value.clone(), keyword.clone()]);
            assert!(crate::read(&whole, &Limits::STORED) == Ok(expected), "verbose: {verbose}");
        }
    }

    #[test]
    fn what_is_no_document_fails_as_when_it_is_read() {
        for bad in [
            "",
            "[",
            "[1",
            "[1,",
            "[1}",
            "{\"a\":1",
            "{\"a\"}",
            "[\"^ \",\"a\"]",
            "[\"^ \",\"a\",]",
            "[\"~#set\"]",
            "[\"^0\"]",
            "\"~#set\"",
            "[1]]",
            "[1] 2",
            "{\"a\":1,\"~#set\":2}",
            "[\"^ \",\"~#set\",1]",
            "nul",
            "[01]",
        ] {
            let mut transcoder = transcoder(bad.as_bytes());
            let failed = transcoder.fill(&mut Writer::new(false), usize::MAX).expect_err(bad);
            let unread = crate::read(bad.as_bytes(), &Limits::STORED).expect_err(bad);
            assert_eq!(failed.reason, unread.reason, "{bad}");
        }
    }
}
