//! What browsers look at before they draw with a font. One that they refuse shows nothing but a line in their console,
//! so whoever uploads it is told.

use super::error::FontError;
use super::reader::{u16_at, u32_at};
use super::tables::Outlines;
use super::tables::{Font, Tag};

/// Without one of these no browser takes a font, and the bytes that each has at least.
const NEEDED: [(&Tag, usize); 8] = [
    (b"OS/2", 68),
    (b"cmap", 4),
    (b"head", 54),
    (b"hhea", 36),
    (b"hmtx", 4),
    (b"maxp", 6),
    (b"name", 6),
    (b"post", 32),
];

/// Units of the square that glyphs are drawn in.
const UNITS_MIN: u16 = 16;
const UNITS_MAX: u16 = 16_384;
const HEAD_MAGIC: u32 = 0x5F0F_3CF5;

/// # Errors
/// [`FontError::Unusable`], [`FontError::Broken`].
pub(super) fn check(font: &Font) -> Result<(), FontError> {
    for (tag, bytes_min) in NEEDED {
        let name = tag.escape_ascii().to_string();
        match font.tables.get(tag) {
            None => return Err(FontError::Unusable(format!("it has no table {name}"))),
            Some(table) if table.len() < bytes_min => return Err(FontError::table(&name, "too short")),
            Some(_) => {}
        }
    }
    let head = font.table(b"head");
    if u32_at(head, 12) != Some(HEAD_MAGIC) {
        return Err(FontError::table("head", "its mark is missing"));
    }
    let units = u16_at(head, 18).unwrap_or(0);
    if !(UNITS_MIN..=UNITS_MAX).contains(&units) {
        let why = format!("its em has {units} units, and should have {UNITS_MIN} to {UNITS_MAX}");
        return Err(FontError::Unusable(why));
    }
    let glyphs = usize::from(u16_at(font.table(b"maxp"), 4).unwrap_or(0));
    if glyphs == 0 {
        return Err(FontError::Unusable("it has no glyphs".to_owned()));
    }
    metrics(font, glyphs)?;
    characters(font.table(b"cmap"))?;
    outlines(font, glyphs)
}

/// A width and a bearing for each glyph; the last widths may be one.
fn metrics(font: &Font, glyphs: usize) -> Result<(), FontError> {
    let widths = usize::from(u16_at(font.table(b"hhea"), 34).unwrap_or(0));
    if widths == 0 || widths > glyphs {
        return Err(FontError::table("hhea", "another number of widths than glyphs"));
    }
    if font.table(b"hmtx").len() < 4 * widths + 2 * (glyphs - widths) {
        return Err(FontError::table("hmtx", "too short for its glyphs"));
    }
    Ok(())
}

/// Which glyph is which character: the parts have to be there.
fn characters(cmap: &[u8]) -> Result<(), FontError> {
    let parts = usize::from(u16_at(cmap, 2).unwrap_or(0));
    if parts == 0 {
        return Err(FontError::Unusable("no character has a glyph: its table cmap is empty".to_owned()));
    }
    for part in 0..parts {
        let at = u32_at(cmap, 4 + 8 * part + 4).map(|at| at as usize);
        if at.is_none_or(|at| u16_at(cmap, at).is_none()) {
            return Err(FontError::table("cmap", "a part lies outside of it"));
        }
    }
    Ok(())
}

fn outlines(font: &Font, glyphs: usize) -> Result<(), FontError> {
    let has = |tag: &Tag| font.tables.contains_key(tag);
    if font.outlines() == Outlines::PostScript {
        return match has(b"CFF ") || has(b"CFF2") {
            true => Ok(()),
            false => Err(FontError::Unusable("it has no outlines: no table glyf, CFF or CFF2".to_owned())),
        };
    }
    if !has(b"loca") {
        return Err(FontError::Unusable("it has no table loca".to_owned()));
    }
    let (glyf, loca) = (font.table(b"glyf"), font.table(b"loca"));
    let is_long = u16_at(font.table(b"head"), 50) == Some(1);
    let mut before = 0;
    for glyph in 0..=glyphs {
        let start = match is_long {
            true => u32_at(loca, 4 * glyph).map(|at| at as usize),
            false => u16_at(loca, 2 * glyph).map(|at| 2 * usize::from(at)),
        };
        match start {
            None => return Err(FontError::table("loca", "too short for its glyphs")),
            Some(start) if start < before || start > glyf.len() => {
                return Err(FontError::table("loca", &format!("glyph {glyph} lies outside of the outlines")));
            }
            Some(start) => before = start,
        }
    }
    Ok(())
}
