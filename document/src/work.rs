//! One batch under way.

use crate::fault::Fault;
use crate::part::{Container, Kind, OpenPart, PartKey};
use crate::stop::Step;
use crate::tokens::library::Library;
use crate::working_set::WorkingSet;
use std::collections::BTreeSet;
use transit::value::Value;
use uuid::Uuid;

/// The parts as the changes so far left them, and what has to be done when all are applied.
#[derive(Debug)]
pub(crate) struct Work {
    /// The parts.
    pub(crate) parts: WorkingSet,
    /// The moment of the batch, in milliseconds.
    pub(crate) now: i64,
    /// Shapes whose last `set` made a difference that a component's copies have to follow.
    pub(crate) marks: BTreeSet<PartKey>,
    /// What was touched, to be looked at when the batch is through.
    pub(crate) touched: Vec<Touched>,
    /// The library of tokens once it was read: it is written when the batch is through.
    tokens: Option<Tokens>,
}

/// The library of tokens, read.
#[derive(Debug)]
struct Tokens {
    library: Library,
    is_changed: bool,
}

/// A change that may make a component newer than its copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Touched {
    /// The modified shape; none when children were reordered.
    pub(crate) shape: Option<PartKey>,
    /// The component that the change named.
    pub(crate) component: Option<Uuid>,
}

/// What a shape is inside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Parent,
    Frame,
}

impl Work {
    pub(crate) fn new(parts: WorkingSet, now: i64) -> Work {
        Work { parts, now, marks: BTreeSet::new(), touched: Vec::new(), tokens: None }
    }

    /// The moment of the batch, as a value.
    pub(crate) fn stamp(&self) -> Value {
        Value::Instant(self.now)
    }

    /// The container that a change names, if it exists.
    pub(crate) fn existing(&self, container: Option<Container>) -> Step<Option<Container>> {
        let Some(container) = container else { return Ok(None) };
        Ok(self.parts.find(container.owner())?.map(|_| container))
    }

    /// Makes the map of the file that parts of a kind are entries of, where there is none yet. The file keeps it empty:
    /// it tells a map without entries from no map.
    pub(crate) fn ensure_map(&mut self, kind: Kind) -> Step<()> {
        let Some(name) = kind.map() else { return Ok(()) };
        let is_there = self.parts.open(PartKey::FILE)?.is_some_and(|file| file.plain(name).is_some());
        if !is_there && let Some(file) = self.parts.edit(PartKey::FILE)? {
            file.set(name, Value::Map(Vec::new()));
        }
        Ok(())
    }

    /// The library of tokens; none where the file has none of its own.
    pub(crate) fn tokens(&mut self) -> Step<Option<&Library>> {
        if self.tokens.is_none()
            && let Some(part) = self.parts.open(PartKey::TOKENS)?
        {
            let library = Library::read(part.value().clone(), self.now);
            let library = library.map_err(|fault| fault.under("tokens-lib").under("data"))?;
            self.tokens = Some(Tokens { library, is_changed: false });
        }
        Ok(self.tokens.as_ref().map(|tokens| &tokens.library))
    }

    /// Changes the library of tokens, if there is one. `change` tells whether it made a difference.
    pub(crate) fn change_tokens(
        &mut self,
        change: impl FnOnce(&mut Library) -> Result<bool, Fault>,
    ) -> Step<()> {
        self.tokens()?;
        if let Some(tokens) = &mut self.tokens {
            tokens.is_changed |= change(&mut tokens.library)?;
        }
        Ok(())
    }

    /// Replaces the library of tokens, or takes it away.
    pub(crate) fn put_tokens(&mut self, library: Option<Library>) -> Step<()> {
        if library.is_none() && self.parts.find(PartKey::TOKENS)?.is_some() {
            self.parts.remove(PartKey::TOKENS);
        }
        self.tokens = library.map(|library| Tokens { library, is_changed: true });
        Ok(())
    }

    /// Puts the library of tokens back among the parts.
    pub(crate) fn settle_tokens(&mut self) {
        if let Some(Tokens { library, is_changed: true }) = self.tokens.take() {
            self.parts.put(OpenPart::new(PartKey::TOKENS, library.to_value()));
        }
    }

    /// The children of a shape, or the pages of the file, to change them; none when there is no such part. One that had
    /// none holds none.
    pub(crate) fn children_mut(&mut self, key: PartKey) -> Step<Option<&mut Vec<Uuid>>> {
        let Some(columns) = self.parts.find(key)? else { return Ok(None) };
        if columns.children.is_none()
            && let Some(part) = self.parts.edit(key)?
        {
            // What stands there is no list of ids: it goes, so that the attribute stays in one place.
            part.set(if key.kind == Kind::File { "pages" } else { "shapes" }, Value::Vec(Vec::new()));
        }
        let columns = self.parts.edit_columns(key)?;
        Ok(columns.map(|columns| columns.children.get_or_insert_default()))
    }

    /// Stores an id that has a column.
    pub(crate) fn set_id(&mut self, key: PartKey, link: Link, id: Uuid) -> Step<()> {
        let Some(columns) = self.parts.find(key)? else { return Ok(()) };
        let (name, now) = match link {
            Link::Parent => ("parent-id", columns.parent),
            Link::Frame => ("frame-id", columns.frame),
        };
        if now.is_none()
            && let Some(shape) = self.parts.edit(key)?
        {
            shape.set(name, Value::Uuid(id));
        } else if now != Some(id)
            && let Some(columns) = self.parts.edit_columns(key)?
        {
            match link {
                Link::Parent => columns.parent = Some(id),
                Link::Frame => columns.frame = Some(id),
            }
        }
        Ok(())
    }

    /// Empties a container, whatever is stored in it.
    pub(crate) fn renew(&mut self, container: Container) {
        self.parts.renew(container);
        self.marks.retain(|key| key.container != container);
    }

    /// Takes a shape away.
    pub(crate) fn remove_shape(&mut self, key: PartKey) {
        self.parts.remove(key);
        self.marks.remove(&key);
    }
}
