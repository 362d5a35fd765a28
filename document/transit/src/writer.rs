//! Values to bytes. Knows the cache and both forms; each method writes one token or one container.

use super::cache::{Written, cacheable, push_code};
use super::scalar::ground_tag;
use crate::value::Value;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::fmt::Write as _;
use uuid::Uuid;

/// Integers from here on lose digits in a JavaScript number, so they travel as text.
const EXACT_BELOW: u64 = 1 << 53;

/// Writes one transit document, token by token.
///
/// `key` says whether the token is a map key: keys are always strings, and cached like keywords.
pub struct Writer {
    out: Vec<u8>,
    written: Written,
    verbose: bool,
    /// Whether repeated strings become cache codes.
    codes: bool,
    /// Reused for prefixed tokens.
    token: String,
}

impl Writer {
    /// A writer for one document, compact or verbose.
    pub fn new(verbose: bool) -> Self {
        let (out, written) = (Vec::with_capacity(512), Written::default());
        Writer { out, written, verbose, codes: !verbose, token: String::new() }
    }

    /// A writer of the compact form without cache codes.
    pub fn plain() -> Self {
        Writer { codes: false, ..Writer::new(false) }
    }

    /// From now on no cache codes are written: something will be put in here that is not written by this writer, so it
    /// cannot know what readers have numbered. They accept strings that are written out.
    pub fn stop_codes(&mut self) {
        self.codes = false;
    }

    /// How many bytes are written.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// The bytes written.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// A whole document. A scalar gets transit's quote around it.
    pub fn document(&mut self, value: &Value) {
        if is_scalar(value) {
            self.quote(|w| w.value(value, false));
        } else {
            self.value(value, false);
        }
    }

    /// The quote that a scalar document needs, around what `inner` writes.
    pub fn quote(&mut self, inner: impl FnOnce(&mut Self)) {
        self.tagged("'", inner);
    }

    /// `null`, or its form as a key.
    pub fn nil(&mut self, key: bool) {
        if key { self.token("~_", true) } else { self.out.extend_from_slice(b"null") }
    }

    /// A boolean.
    pub fn bool(&mut self, value: bool, key: bool) {
        match (value, key) {
            (true, true) => self.token("~?t", true),
            (false, true) => self.token("~?f", true),
            (true, false) => self.out.extend_from_slice(b"true"),
            (false, false) => self.out.extend_from_slice(b"false"),
        }
    }

    /// An integer; beyond 53 bits it is written as text (`~i`).
    pub fn int(&mut self, value: i64, key: bool) {
        if !key && value.unsigned_abs() < EXACT_BELOW {
            self.out.extend_from_slice(value.to_string().as_bytes());
        } else {
            self.formatted(format_args!("~i{value}"), key);
        }
    }

    /// A double. A whole one keeps its `.0`, so that it comes back as a double.
    pub fn float(&mut self, value: f64, key: bool) {
        if value.is_nan() {
            self.token("~zNaN", key);
        } else if value.is_infinite() {
            self.token(if value > 0.0 { "~zINF" } else { "~z-INF" }, key);
        } else if key {
            self.formatted(format_args!("~d{}", Double(value)), true);
        } else {
            self.out.extend_from_slice(Double(value).to_string().as_bytes());
        }
    }

    /// Text; a leading `~`, `^` or backquote is escaped.
    pub fn text(&mut self, text: &str, key: bool) {
        if text.starts_with(['~', '^', '`']) { self.prefixed("~", text, key) } else { self.token(text, key) }
    }

    /// A keyword, from its text without the colon.
    pub fn keyword(&mut self, name: &str, key: bool) {
        self.prefixed("~:", name, key);
    }

    /// A uuid.
    pub fn uuid(&mut self, id: Uuid, key: bool) {
        let mut buffer = [0; 36];
        self.prefixed("~u", id.hyphenated().encode_lower(&mut buffer), key);
    }

    /// A moment, in milliseconds since 1970. The same in both forms.
    pub fn instant(&mut self, millis: i64, key: bool) {
        self.formatted(format_args!("~m{millis}"), key);
    }

    /// Bytes, as base64.
    pub fn bytes(&mut self, bytes: &[u8], key: bool) {
        self.prefixed("~b", &BASE64.encode(bytes), key);
    }

    /// A uri, as the tag `uri` around text. Cannot be a key.
    pub fn uri(&mut self, uri: &str) {
        self.tagged("uri", |w| w.text(uri, false));
    }

    /// A token whose text is already transit's, such as `~:name`: replaced by its cache code where one is due.
    pub fn token(&mut self, text: &str, key: bool) {
        if self.codes
            && cacheable(text, key)
            && let Some(number) = self.written.number(text)
        {
            return push_code(&mut self.out, number);
        }
        self.quoted(text);
    }

    /// A token of a prefix that transit knows (`~u`, `~b`, …) and its text, which must fit it.
    pub fn prefixed(&mut self, prefix: &str, text: &str, key: bool) {
        self.formatted(format_args!("{prefix}{text}"), key);
    }

    fn formatted(&mut self, text: std::fmt::Arguments<'_>, key: bool) {
        let mut token = std::mem::take(&mut self.token);
        token.clear();
        // Writing into a String cannot fail.
        let _ = token.write_fmt(text);
        self.token(&token, key);
        self.token = token;
    }

    fn quoted(&mut self, text: &str) {
        self.out.push(b'"');
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|b| b < 0x20 || b == b'"' || b == b'\\') {
            self.out.extend_from_slice(&rest.as_bytes()[..at]);
            match rest.as_bytes()[at] {
                b'"' => self.out.extend_from_slice(b"\\\""),
                b'\\' => self.out.extend_from_slice(b"\\\\"),
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'\r' => self.out.extend_from_slice(b"\\r"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                0x8 => self.out.extend_from_slice(b"\\b"),
                0xc => self.out.extend_from_slice(b"\\f"),
                other => self.out.extend_from_slice(format!("\\u{other:04x}").as_bytes()),
            }
            rest = &rest[at + 1..];
        }
        self.out.extend_from_slice(rest.as_bytes());
        self.out.push(b'"');
    }

    /// A map. `each` writes one entry: the key, [`Writer::between`], the value. Keys must be scalars.
    pub fn map<T>(&mut self, entries: impl Iterator<Item = T>, mut each: impl FnMut(&mut Self, T)) {
        self.open_map();
        for (i, entry) in entries.enumerate() {
            self.before_key(i == 0);
            each(self, entry);
        }
        self.close();
    }

    fn open_map(&mut self) {
        self.out.extend_from_slice(if self.verbose { b"{" } else { b"[\"^ \"" });
    }

    fn before_key(&mut self, is_first: bool) {
        if !(self.verbose && is_first) {
            self.out.push(b',');
        }
    }

    /// Opens a tag; its value is next, then [`Writer::close`].
    fn open_tag(&mut self, token: &str) {
        self.out.push(if self.verbose { b'{' } else { b'[' });
        self.token(token, true);
        self.between();
    }

    /// Ends a map or a tag.
    fn close(&mut self) {
        self.out.push(if self.verbose { b'}' } else { b']' });
    }

    /// What stands between a key and its value.
    pub fn between(&mut self) {
        self.out.push(if self.verbose { b':' } else { b',' });
    }

    /// A vector. `each` writes one element.
    pub fn seq<T>(&mut self, items: impl Iterator<Item = T>, mut each: impl FnMut(&mut Self, T)) {
        self.out.push(b'[');
        for (i, item) in items.enumerate() {
            if i > 0 {
                self.out.push(b',');
            }
            each(self, item);
        }
        self.out.push(b']');
    }

    /// A tag around what `inner` writes.
    pub fn tagged(&mut self, tag: &str, inner: impl FnOnce(&mut Self)) {
        self.open_tag(&format!("~#{tag}"));
        inner(self);
        self.close();
    }

    /// Any value, inside a document.
    pub fn value(&mut self, value: &Value, key: bool) {
        match value {
            Value::Nil => self.nil(key),
            Value::Bool(b) => self.bool(*b, key),
            Value::Int(i) => self.int(*i, key),
            Value::Float(f) => self.float(*f, key),
            Value::Str(text) => self.text(text, key),
            Value::Keyword(name) => self.keyword(name, key),
            Value::Symbol(name) => self.prefixed("~$", name, key),
            Value::Uuid(id) => self.uuid(*id, key),
            Value::Instant(millis) => self.instant(*millis, key),
            Value::Uri(uri) => self.uri(uri),
            Value::BigInt(digits) => self.prefixed("~n", digits, key),
            Value::BigDecimal(digits) => self.prefixed("~f", digits, key),
            Value::Char(c) => self.formatted(format_args!("~c{c}"), key),
            Value::Bytes(bytes) => self.bytes(bytes, key),
            Value::Vec(items) => self.values(items),
            Value::List(items) => self.tagged("list", |w| w.values(items)),
            Value::Set(items) => self.tagged("set", |w| w.values(items)),
            Value::Map(entries) if entries.iter().all(|(key, _)| is_scalar(key)) => {
                self.map(entries.iter(), |w, (key, value)| {
                    w.value(key, true);
                    w.between();
                    w.value(value, false);
                });
            }
            // Keys that are no strings: keys and values in turn.
            Value::Map(entries) => self.tagged("cmap", |w| {
                w.seq(entries.iter().flat_map(|(key, value)| [key, value]), |w, v| w.value(v, false));
            }),
            Value::Tagged(tag, inner) => match (&**inner, ground_tag(tag)) {
                (Value::Str(text), Some(c)) => self.formatted(format_args!("~{c}{text}"), key),
                _ => self.tagged(tag, |w| w.value(inner, false)),
            },
        }
    }

    fn values(&mut self, items: &[Value]) {
        self.seq(items.iter(), |w, value| w.value(value, false));
    }
}

/// Whether a value is written as one token, and so can be a map key.
fn is_scalar(value: &Value) -> bool {
    match value {
        Value::Vec(_) | Value::List(_) | Value::Set(_) | Value::Map(_) | Value::Uri(_) => false,
        Value::Tagged(tag, inner) => matches!(**inner, Value::Str(_)) && ground_tag(tag).is_some(),
        _ => true,
    }
}

/// A finite double as JavaScript prints it, but always with a point or an exponent: the shortest text that reads back
/// as the same number.
struct Double(f64);

/// Texts this long may be one of two that are equally short and equally near.
const TIE_LENGTH: usize = 16;

impl std::fmt::Display for Double {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (value, size) = (self.0, self.0.abs());
        let exponent = size >= 1e16 || (size < 1e-6 && size > 0.0);
        let text = match (exponent, size.fract() > 0.0) {
            (true, _) => format!("{value:e}"),
            (false, true) => value.to_string(),
            (false, false) => format!("{value:.1}"),
        };
        if text.len() < TIE_LENGTH {
            return f.write_str(&text);
        }
        // JavaScript takes the even digit of the two, as rounding to that many digits does.
        let digits = text.split_once('.').map_or(0, |(_, rest)| rest.split('e').next().map_or(0, str::len));
        if exponent { write!(f, "{value:.digits$e}") } else { write!(f, "{value:.digits$}") }
    }
}
