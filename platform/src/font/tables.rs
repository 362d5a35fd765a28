//! The tables of one font.

use std::collections::BTreeMap;

use bytes::Bytes;

/// The name of a table: four ASCII characters.
pub(super) type Tag = [u8; 4];

/// What glyphs are drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlines {
    /// Quadratic curves: TrueType.
    TrueType,
    /// Cubic curves: PostScript, in a table `CFF ` or `CFF2`.
    PostScript,
}

/// A font that was read and checked. Cheap to clone: its tables are shared.
#[derive(Clone, Debug)]
pub struct Font {
    pub(super) tables: BTreeMap<Tag, Bytes>,
}

impl Font {
    /// What its glyphs are drawn with.
    pub fn outlines(&self) -> Outlines {
        if self.tables.contains_key(b"glyf") { Outlines::TrueType } else { Outlines::PostScript }
    }

    /// Whether it is many fonts in one, between which one can choose.
    pub fn is_variable(&self) -> bool {
        self.tables.contains_key(b"fvar")
    }

    /// A table; empty when there is none.
    pub(super) fn table(&self, tag: &Tag) -> &[u8] {
        self.tables.get(tag).map_or(&[], |table| table)
    }
}
