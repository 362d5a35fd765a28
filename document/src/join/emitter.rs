//! Maps that are open at the end, in each form.

use super::form::{Form, JoinError};
use super::json_form;
use crate::part::{OpenPart, Part};
use transit::value::{Value, camel};
use transit::{Writer, splice, write_plain};
use uuid::Uuid;

/// How a map starts that has other keys than scalars.
const COMPLEX_MAP: &[u8] = b"[\"~#cmap\",[";
/// The same in verbose transit.
const COMPLEX_VERBOSE_MAP: &[u8] = b"{\"~#cmap\":[";
/// How shapes start that are text each.
const OBJECTS_MAP: &[u8] = b"[\"~#penpot/objects-map/v2\",";

/// Writes maps, entry by entry.
#[derive(Debug)]
pub(super) struct Emitter {
    form: Form,
    out: Vec<u8>,
    open: Vec<Level>,
}

/// A map that is open.
#[derive(Debug)]
struct Level {
    /// What ends it.
    end: &'static [u8],
    /// What stands between a key and its value.
    between: u8,
    /// Whether a comma comes before the next entry.
    comma: bool,
}

impl Emitter {
    pub(super) fn new(form: Form) -> Emitter {
        Emitter { form, out: Vec::new(), open: Vec::new() }
    }

    /// Opens a map that these entries will be among.
    pub(super) fn begin(&mut self, entries: &Value) {
        let is_complex = entries.entries().iter().any(|(key, _)| !is_simple(key));
        let (start, end, between): (&[u8], &[u8], u8) = match self.form {
            Form::Verbose if is_complex => (COMPLEX_VERBOSE_MAP, b"]}", b','),
            Form::Json | Form::Verbose => (b"{", b"}", b':'),
            _ if is_complex => (COMPLEX_MAP, b"]]", b','),
            _ => (splice::MAP, b"]", b','),
        };
        self.out.extend_from_slice(start);
        self.open.push(Level { end, between, comma: start == splice::MAP });
    }

    /// Opens the shapes of a page, with those entries that are none.
    pub(super) fn begin_objects(&mut self, rest: &Value) {
        let is_tagged = self.form == Form::ObjectsMap;
        if is_tagged {
            self.out.extend_from_slice(OBJECTS_MAP);
        }
        self.begin(rest);
        if let Some(level) = self.open.last_mut().filter(|_| is_tagged) {
            level.end = if level.comma { b"]]" } else { b"]]]" };
        }
        self.entries(rest);
    }

    /// Closes the map that was opened last.
    pub(super) fn end(&mut self) {
        if let Some(level) = self.open.pop() {
            self.out.extend_from_slice(level.end);
        }
    }

    /// Starts an entry under a keyword.
    pub(super) fn key(&mut self, name: &str) {
        self.comma();
        let text = match self.form {
            Form::Json => format!("\"{}\"", camel(name)),
            _ => format!("\"~:{name}\""),
        };
        self.out.extend_from_slice(text.as_bytes());
        self.between();
    }

    /// Starts an entry under a uuid.
    pub(super) fn key_id(&mut self, id: Uuid) {
        self.comma();
        self.id(id);
        self.between();
    }

    /// A uuid.
    pub(super) fn id(&mut self, id: Uuid) {
        match self.form {
            Form::Json => self.out.extend_from_slice(format!("\"{id}\"").as_bytes()),
            _ => splice::uuid(&mut self.out, id),
        }
    }

    /// A vector of uuids.
    pub(super) fn ids(&mut self, ids: &[Uuid]) {
        match self.form {
            Form::Json => {
                let ids = Value::Vec(ids.iter().copied().map(Value::Uuid).collect());
                self.out.extend(json_form::write(ids));
            }
            _ => splice::uuids(&mut self.out, ids),
        }
    }

    /// The entries of a map.
    pub(super) fn entries(&mut self, map: &Value) {
        if self.form == Form::Verbose {
            return self.verbose_entries(map);
        }
        let (bytes, starts, ends): (_, [&[u8]; 2], [&[u8]; 2]) = match self.form {
            Form::Json => (json_form::write(map.clone()), [b"{"; 2], [b"}"; 2]),
            _ => (write_plain(map), [splice::MAP, COMPLEX_MAP], [b"]", b"]]"]),
        };
        for (start, end) in starts.into_iter().zip(ends) {
            let inner = bytes.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
            let Some(inner) = inner else { continue };
            let inner = inner.strip_prefix(b",").unwrap_or(inner);
            if !inner.is_empty() {
                self.comma();
                self.out.extend_from_slice(inner);
            }
            return;
        }
    }

    fn verbose_entries(&mut self, map: &Value) {
        for (key, value) in map.entries() {
            self.comma();
            let is_word = self.open.last().is_none_or(|level| level.between == b':');
            self.verbose(key, is_word);
            self.between();
            self.verbose(value, false);
        }
    }

    fn verbose(&mut self, value: &Value, is_key: bool) {
        let mut writer = Writer::new(true);
        writer.value(value, is_key);
        self.out.extend(writer.finish());
    }

    /// A whole part.
    pub(super) fn piece(&mut self, part: &Part) -> Result<(), JoinError> {
        if !matches!(self.form, Form::Json | Form::Verbose) {
            part.splice(&mut self.out);
            return Ok(());
        }
        let open = OpenPart::read(part).map_err(|error| JoinError::Unreadable(part.key, error))?;
        let value = open.ok_or(JoinError::NotLoaded(part.key))?.to_value();
        match self.form {
            Form::Verbose => self.verbose(&value, false),
            _ => self.out.extend(json_form::write(value)),
        }
        Ok(())
    }

    /// A shape of a page.
    pub(super) fn object(&mut self, part: &Part) -> Result<(), JoinError> {
        if self.form != Form::ObjectsMap {
            return self.piece(part);
        }
        let mut piece = Vec::new();
        part.splice(&mut piece);
        splice::text(&mut self.out, &piece);
        Ok(())
    }

    /// What was written and not taken.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// How much of it there is.
    pub(super) fn waiting(&self) -> usize {
        self.out.len()
    }

    fn between(&mut self) {
        self.out.push(self.open.last().map_or(b',', |level| level.between));
    }

    fn comma(&mut self) {
        if let Some(level) = self.open.last_mut() {
            if level.comma {
                self.out.push(b',');
            }
            level.comma = true;
        }
    }
}

/// Whether a key is surely written as one token.
fn is_simple(key: &Value) -> bool {
    matches!(key, Value::Keyword(_) | Value::Str(_) | Value::Uuid(_) | Value::Int(_) | Value::Nil)
}
