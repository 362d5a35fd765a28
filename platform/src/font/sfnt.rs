//! Plain packing, TTF and OTF: a directory, then the tables.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::error::FontError;
use super::limits::FontLimits;
use super::reader::Reader;
use super::tables::{Font, Outlines, Tag};

const HEADER_BYTES: usize = 12;
const ENTRY_BYTES: usize = 16;
/// The sum over a whole font, its seal included.
const SUM: u32 = 0xB1B0_AFBA;

/// The tables are parts of the file: nothing is copied.
pub(super) fn read(file: &Bytes, limits: &FontLimits) -> Result<Font, FontError> {
    let mut directory = Reader::new(file, "the directory of tables");
    directory.u32()?;
    let count = usize::from(directory.u16()?);
    directory.bytes::<6>()?;
    table_count(count, limits)?;
    let (mut tables, mut bytes) = (BTreeMap::new(), 0);
    for _ in 0..count {
        let tag: Tag = directory.bytes()?;
        directory.u32()?;
        let (start, length) = (directory.u32()? as usize, directory.u32()? as usize);
        let end = start.checked_add(length).filter(|end| *end <= file.len());
        let end = end.ok_or_else(|| FontError::table(&name(tag), "lies outside of the file"))?;
        bytes += length as u64;
        add(&mut tables, tag, file.slice(start..end))?;
    }
    // Tables may share bytes, and a small file could so become a large one.
    if bytes > limits.unpacked_bytes_max {
        return Err(FontError::TooLarge { bytes_max: limits.unpacked_bytes_max });
    }
    Ok(Font { tables })
}

/// How many bytes the tables of a file are said to have together: they may share some. What is cut off is not counted.
pub(super) fn unpacked_bytes(file: &[u8]) -> u64 {
    let count = file.get(4..6).map_or(0, |count| u16::from_be_bytes([count[0], count[1]]));
    let entries = file.get(12..).unwrap_or_default().chunks_exact(16).take(usize::from(count));
    entries.map(|entry| u64::from(u32::from_be_bytes([entry[12], entry[13], entry[14], entry[15]]))).sum()
}

/// Refuses a font of no tables, or of very many.
pub(super) fn table_count(count: usize, limits: &FontLimits) -> Result<(), FontError> {
    match count {
        0 => Err(FontError::broken("it has no tables")),
        count if count > limits.tables_max => {
            Err(FontError::broken(format!("it has {count} tables, more than {}", limits.tables_max)))
        }
        _ => Ok(()),
    }
}

/// One more table.
pub(super) fn add(tables: &mut BTreeMap<Tag, Bytes>, tag: Tag, table: Bytes) -> Result<(), FontError> {
    match tables.insert(tag, table) {
        None => Ok(()),
        Some(_) => Err(FontError::table(&name(tag), "comes twice")),
    }
}

/// The name of a table, for people.
pub(super) fn name(tag: Tag) -> String {
    tag.escape_ascii().to_string()
}

/// The font as a file.
pub(super) fn write(font: &Font) -> Vec<u8> {
    let mut file = header(font);
    file.reserve(font.tables.values().map(|table| padded(table.len())).sum());
    for table in font.tables.values() {
        file.extend_from_slice(table);
        file.resize(padded(file.len()), 0);
    }
    file
}

/// What the first bytes of a plain file say of its outlines.
pub(super) fn version(font: &Font) -> Tag {
    match font.outlines() {
        Outlines::TrueType => [0, 1, 0, 0],
        Outlines::PostScript => *b"OTTO",
    }
}

/// Bytes of the whole file.
pub(super) fn size(font: &Font) -> usize {
    let tables: usize = font.tables.values().map(|table| padded(table.len())).sum();
    HEADER_BYTES + ENTRY_BYTES * font.tables.len() + tables
}

/// The font with the sum over all of it in its table `head`, as the format wants it.
pub(super) fn sealed(mut font: Font) -> Result<Font, FontError> {
    let seal = seal(&font);
    let mut head = font.table(b"head").to_vec();
    let place = head.get_mut(8..12).ok_or_else(|| FontError::table("head", "too short"))?;
    place.copy_from_slice(&seal.to_be_bytes());
    font.tables.insert(*b"head", head.into());
    Ok(font)
}

/// What makes the sum over the font right.
fn seal(font: &Font) -> u32 {
    let tables = font.tables.iter().map(|(tag, table)| checksum(*tag, table));
    SUM.wrapping_sub(tables.fold(sum(&header(font)), u32::wrapping_add))
}

/// The sum over a table; of `head` without the seal.
pub(super) fn checksum(tag: Tag, table: &[u8]) -> u32 {
    if tag == *b"head" && table.len() >= 12 {
        return sum(&table[..8]).wrapping_add(sum(&table[12..]));
    }
    sum(table)
}

/// The length of a table with what fills it up to whole words.
pub(super) fn padded(length: usize) -> usize {
    length.next_multiple_of(4)
}

/// The head of the file and the directory, in the order of names.
fn header(font: &Font) -> Vec<u8> {
    let count = u16::try_from(font.tables.len()).unwrap_or(u16::MAX);
    let selector = count.checked_ilog2().unwrap_or(0) as u16;
    let range = (1 << selector) * ENTRY_BYTES as u16;
    let mut header = Vec::with_capacity(HEADER_BYTES + ENTRY_BYTES * font.tables.len());
    header.extend_from_slice(&version(font));
    for number in [count, range, selector, (count * ENTRY_BYTES as u16).saturating_sub(range)] {
        header.extend_from_slice(&number.to_be_bytes());
    }
    let mut start = header.capacity();
    for (tag, table) in &font.tables {
        header.extend_from_slice(tag);
        for number in [checksum(*tag, table), start as u32, table.len() as u32] {
            header.extend_from_slice(&number.to_be_bytes());
        }
        start += padded(table.len());
    }
    header
}

/// Of four bytes each, the last ones filled up.
fn sum(bytes: &[u8]) -> u32 {
    let mut words = bytes.chunks_exact(4);
    let whole = words.by_ref().map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]));
    let whole = whole.fold(0, u32::wrapping_add);
    let rest = words.remainder().iter().zip([24, 16, 8]).map(|(byte, shift)| u32::from(*byte) << shift);
    rest.fold(whole, u32::wrapping_add)
}
