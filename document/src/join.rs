//! Parts into the document that clients read, piece by piece: bytes are joined, and no more is kept than was not taken
//! yet.

mod emitter;
mod form;
mod json_form;

pub use form::{Form, JoinError};
pub use json_form::readable;

use crate::part::{Container, Kind, OpenPart, Part, PartKey};
use emitter::Emitter;
use std::collections::{BTreeMap, BTreeSet};
use transit::value::Value;
use uuid::Uuid;

/// A document under way.
#[derive(Debug)]
pub struct Join {
    out: Emitter,
    /// The map whose entries come.
    section: Option<Kind>,
    /// The page or component that is open; whether its shapes are.
    open: Option<(Container, bool)>,
    /// The maps that have to be there, with the entries that are no parts.
    maps: BTreeMap<Kind, Value>,
    done: BTreeSet<Kind>,
    /// A page alone.
    is_page: bool,
}

impl Join {
    /// Starts with a file.
    ///
    /// # Errors
    /// [`JoinError`] of the part.
    pub fn file(form: Form, id: Uuid, file: &Part) -> Result<Join, JoinError> {
        let mut open = read(file)?;
        let mut maps = BTreeMap::from([(Kind::Page, Value::Map(Vec::new()))]);
        for kind in [Kind::Page, Kind::Component, Kind::Color, Kind::Typography, Kind::Media] {
            let entries = kind.map().and_then(|name| open.value_mut().take(name));
            maps.extend(entries.map(|entries| (kind, entries)));
        }
        let mut out = Emitter::new(form);
        out.begin(open.value());
        out.key("id");
        out.id(id);
        if let Some(pages) = &open.columns.children {
            out.key("pages");
            out.ids(pages);
        }
        out.entries(open.value());
        Ok(Join { out, section: None, open: None, maps, done: BTreeSet::new(), is_page: false })
    }

    /// Starts with a page that is read alone: only its shapes may follow.
    ///
    /// # Errors
    /// [`JoinError`] of the part.
    pub fn page(form: Form, page: &Part) -> Result<Join, JoinError> {
        let out = Emitter::new(form);
        let (maps, done) = (BTreeMap::new(), BTreeSet::new());
        let mut join = Join { out, section: None, open: None, maps, done, is_page: true };
        if page.key.kind != Kind::Page {
            return Err(JoinError::Misplaced(page.key));
        }
        join.open_container(page)?;
        Ok(join)
    }

    /// Appends a part. Pages come first, each followed by its shapes; then components, each followed by what is kept of
    /// it; then colours, typographies, pictures and tokens, kind by kind. Nothing else counts.
    ///
    /// # Errors
    /// [`JoinError`] of the part; the document is of no use then.
    pub fn push(&mut self, part: &Part) -> Result<(), JoinError> {
        let key = part.key;
        if part.raw.is_none() {
            return Err(JoinError::NotLoaded(key));
        }
        if key.kind == Kind::Shape {
            return self.push_shape(part);
        }
        if self.is_page || key.kind == Kind::File || key.container != Container::File {
            return Err(JoinError::Misplaced(key));
        }
        if key.kind != Kind::Tokens {
            self.open_section(key)?;
            self.out.key_id(key.id);
            return match key.kind {
                Kind::Page | Kind::Component => self.open_container(part),
                _ => self.out.piece(part),
            };
        }
        if !self.done.insert(Kind::Tokens) {
            return Err(JoinError::Misplaced(key));
        }
        self.close_section();
        self.out.key("tokens-lib");
        self.out.piece(part)
    }

    /// What was joined since this was last asked.
    pub fn take(&mut self) -> Vec<u8> {
        self.out.take()
    }

    /// How many bytes wait to be taken.
    pub fn waiting(&self) -> usize {
        self.out.waiting()
    }

    /// The end: what was joined since [`Join::take`].
    pub fn finish(mut self) -> Vec<u8> {
        if self.is_page {
            self.close_container();
            return self.out.take();
        }
        self.close_section();
        for (kind, rest) in std::mem::take(&mut self.maps) {
            self.out.key(kind.map().unwrap_or_default());
            self.out.begin(&rest);
            self.out.entries(&rest);
            self.out.end();
        }
        self.out.end();
        self.out.take()
    }

    fn push_shape(&mut self, part: &Part) -> Result<(), JoinError> {
        match self.open {
            Some((container, true)) if container == part.key.container => {
                self.out.key_id(part.key.id);
                match container {
                    Container::Page(_) => self.out.object(part),
                    _ => self.out.piece(part),
                }
            }
            _ => Err(JoinError::Misplaced(part.key)),
        }
    }

    /// Goes to the map that a part is an entry of.
    fn open_section(&mut self, key: PartKey) -> Result<(), JoinError> {
        self.close_container();
        if self.section == Some(key.kind) {
            return Ok(());
        }
        if self.done.contains(&key.kind) {
            return Err(JoinError::Misplaced(key));
        }
        self.close_section();
        let rest = self.maps.remove(&key.kind).unwrap_or(Value::Map(Vec::new()));
        self.out.key(key.kind.map().unwrap_or_default());
        self.out.begin(&rest);
        self.out.entries(&rest);
        self.section = Some(key.kind);
        self.done.insert(key.kind);
        Ok(())
    }

    fn close_section(&mut self) {
        self.close_container();
        if self.section.take().is_some() {
            self.out.end();
        }
    }

    /// Writes a page or a component, open for the shapes that follow.
    fn open_container(&mut self, part: &Part) -> Result<(), JoinError> {
        let is_page = part.key.kind == Kind::Page;
        if !is_page && !names_objects(part) {
            return self.out.piece(part);
        }
        let mut open = read(part)?;
        let objects = open.value_mut().take("objects");
        self.out.begin(open.value());
        self.out.key("id");
        self.out.id(part.key.id);
        self.out.entries(open.value());
        let container =
            if is_page { Container::Page(part.key.id) } else { Container::Component(part.key.id) };
        let has_shapes = is_page || objects.is_some();
        if has_shapes {
            let rest = objects.unwrap_or(Value::Map(Vec::new()));
            self.out.key("objects");
            if is_page {
                self.out.begin_objects(&rest);
            } else {
                self.out.begin(&rest);
                self.out.entries(&rest);
            }
        }
        self.open = Some((container, has_shapes));
        Ok(())
    }

    fn close_container(&mut self) {
        if let Some((_, has_shapes)) = self.open.take() {
            if has_shapes {
                self.out.end();
            }
            self.out.end();
        }
    }
}

/// Whether a component may have saved shapes, seen without decoding it.
fn names_objects(part: &Part) -> bool {
    let raw = part.raw.as_deref().unwrap_or_default();
    raw.windows(b"~:objects".len()).any(|bytes| bytes == b"~:objects")
}

fn read(part: &Part) -> Result<OpenPart, JoinError> {
    let open = OpenPart::read(part).map_err(|error| JoinError::Unreadable(part.key, error))?;
    open.ok_or(JoinError::NotLoaded(part.key))
}
