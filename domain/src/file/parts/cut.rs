//! Documents of which not everything is shown.

use crate::error::{Error, Result};
use document::part::{Kind, OpenPart, Part, PartKey};
use std::collections::BTreeSet;
use transit::value::Value;
use uuid::Uuid;

/// What viewers are shown of the file as a whole, besides its maps and the order of its pages.
const OF_FILE: [&str; 1] = ["options"];

/// What is shown of a document.
#[derive(Clone, Debug)]
pub struct Cut {
    /// Parts of these kinds, in the order of a document; none: all of it.
    kinds: Option<&'static [Kind]>,
    /// These pages; none: every page.
    pages: Option<BTreeSet<Uuid>>,
    /// The shapes that are kept of deleted components.
    kept_shapes: bool,
}

impl Cut {
    /// Everything is shown.
    pub const NOTHING: Cut = Cut { kinds: None, pages: None, kept_shapes: true };

    /// What viewers read of a file: its pages and its components. By a link only its pages, and no shape that lies on
    /// none of them.
    pub fn viewed(pages: Option<&[Uuid]>) -> Cut {
        let (kinds, kept_shapes) = (Some(&[Kind::Page, Kind::Component][..]), pages.is_none());
        Cut { kinds, pages: pages.map(|pages| pages.iter().copied().collect()), kept_shapes }
    }

    /// What viewers who come by a link read of a library: what its parts are called and look like, and no page.
    pub fn library() -> Cut {
        let kinds = Some(&[Kind::Component, Kind::Color, Kind::Typography][..]);
        Cut { kinds, pages: Some(BTreeSet::new()), kept_shapes: false }
    }

    /// Whether nothing comes any more after a part of this kind has come.
    pub(super) fn is_over(&self, kind: Kind) -> bool {
        let last = self.kinds.and_then(<[Kind]>::last);
        last.is_some_and(|last| kind.code() > last.code())
    }

    /// Whether a part that lies in the file itself is shown.
    pub(super) fn shows(&self, key: PartKey) -> bool {
        let of_kind = self.kinds.is_none_or(|kinds| kinds.contains(&key.kind));
        of_kind && (key.kind != Kind::Page || self.pages.as_ref().is_none_or(|pages| pages.contains(&key.id)))
    }

    /// Whether the shapes in a part that is shown are.
    pub(super) fn shows_shapes_of(&self, kind: Kind) -> bool {
        kind != Kind::Component || self.kept_shapes
    }

    /// The file as a whole, as it is shown.
    ///
    /// # Errors
    /// [`Error::Platform`] when it cannot be read.
    pub(super) fn file(&self, part: Part) -> Result<Part> {
        let Some(kinds) = self.kinds else { return Ok(part) };
        let Some(open) = OpenPart::read(&part).map_err(Error::platform)? else { return Ok(part) };
        let kept = OF_FILE.iter().filter_map(|name| Some((Value::keyword(name), open.plain(name)?.clone())));
        // What else stands in a map are entries that are no parts.
        let maps = kinds.iter().filter_map(|kind| kind.map()).filter(|name| open.plain(name).is_some());
        let maps = maps.map(|name| (Value::keyword(name), Value::Map(Vec::new())));
        let mut shown = OpenPart::new(part.key, Value::Map(kept.chain(maps).collect()));
        shown.columns = open.columns.clone();
        if let (Some(pages), Some(order)) = (&self.pages, &mut shown.columns.children) {
            order.retain(|page| pages.contains(page));
        }
        Ok(shown.to_part())
    }

    /// Another part that is shown, as it is shown.
    ///
    /// # Errors
    /// [`Error::Platform`] when it cannot be read.
    pub(super) fn part(&self, part: Part) -> Result<Part> {
        if self.shows_shapes_of(part.key.kind) { Ok(part) } else { without(part, "objects") }
    }
}

/// A part without an attribute, which is looked for in its bytes first: few have it.
pub(super) fn without(part: Part, attribute: &str) -> Result<Part> {
    let raw = part.raw.as_deref().unwrap_or_default();
    let name = format!("\"~:{attribute}\"");
    if !raw.windows(name.len()).any(|bytes| bytes == name.as_bytes()) {
        return Ok(part);
    }
    let Some(mut open) = OpenPart::read(&part).map_err(Error::platform)? else { return Ok(part) };
    open.set(attribute, Value::Nil);
    Ok(open.to_part())
}
