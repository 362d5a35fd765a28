//! WOFF: the tables, each deflated by itself.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use bytes::Bytes;
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

use super::error::FontError;
use super::limits::FontLimits;
use super::reader::Reader;
use super::sfnt::{add, checksum, name, padded, size, table_count, version};
use super::tables::{Font, Tag};

const SIGNATURE: Tag = *b"wOFF";
const HEADER_BYTES: usize = 44;
const ENTRY_BYTES: usize = 20;
/// What deflate can make of a byte, at most.
const RATIO_MAX: usize = 1_032;

/// One line of the directory.
struct Entry {
    tag: Tag,
    start: usize,
    packed: usize,
    unpacked: usize,
}

/// What the directory says.
pub(super) fn unpacked_bytes(file: &[u8], limits: &FontLimits) -> Result<u64, FontError> {
    Ok(directory(file, limits)?.iter().map(|entry| entry.unpacked as u64).sum())
}

/// The directory is read by [`unpacked_bytes`] before.
pub(super) fn read(file: &Bytes, limits: &FontLimits) -> Result<Font, FontError> {
    let mut tables = BTreeMap::new();
    for entry in directory(file, limits)? {
        let packed = entry.start.checked_add(entry.packed).filter(|end| *end <= file.len());
        let packed = packed.map(|end| file.slice(entry.start..end));
        let packed = packed.ok_or_else(|| FontError::table(&name(entry.tag), "lies outside of the file"))?;
        let table = if entry.packed == entry.unpacked { packed } else { inflate(&packed, &entry)? };
        add(&mut tables, entry.tag, table)?;
    }
    Ok(Font { tables })
}

fn directory(file: &[u8], limits: &FontLimits) -> Result<Vec<Entry>, FontError> {
    let mut reader = Reader::new(file, "the directory of tables");
    let _signature: Tag = reader.bytes()?;
    let flavor: Tag = reader.bytes()?;
    if flavor == *b"ttcf" {
        return Err(FontError::Collection);
    }
    let length = reader.u32()? as usize;
    if length != file.len() {
        return Err(FontError::broken(format!("it should have {length} bytes, and has {}", file.len())));
    }
    let count = usize::from(reader.u16()?);
    table_count(count, limits)?;
    // What stands between concerns who made it.
    reader.bytes::<30>()?;
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        let tag = reader.bytes()?;
        let [start, packed, unpacked] = [reader.u32()?, reader.u32()?, reader.u32()?].map(|n| n as usize);
        reader.u32()?;
        if packed > unpacked {
            return Err(FontError::table(&name(tag), "is larger packed than unpacked"));
        }
        entries.push(Entry { tag, start, packed, unpacked });
    }
    Ok(entries)
}

fn inflate(packed: &[u8], entry: &Entry) -> Result<Bytes, FontError> {
    let mut table = Vec::with_capacity(entry.unpacked.min(packed.len().saturating_mul(RATIO_MAX)));
    let read = ZlibDecoder::new(packed).take(entry.unpacked as u64 + 1).read_to_end(&mut table);
    match read {
        Ok(_) if table.len() == entry.unpacked => Ok(table.into()),
        Ok(_) => Err(FontError::table(&name(entry.tag), "has another length than it says")),
        Err(_) => Err(FontError::table(&name(entry.tag), "its compressed data is damaged")),
    }
}

/// The font as a file.
pub(super) fn write(font: &Font) -> Vec<u8> {
    let mut start = HEADER_BYTES + ENTRY_BYTES * font.tables.len();
    let (mut directory, mut content) = (Vec::with_capacity(start), vec![]);
    for (tag, table) in &font.tables {
        let packed = deflate(table);
        let packed = packed.as_deref().filter(|packed| packed.len() < table.len()).unwrap_or(table);
        directory.extend_from_slice(tag);
        for number in [start, packed.len(), table.len()] {
            directory.extend_from_slice(&(number as u32).to_be_bytes());
        }
        directory.extend_from_slice(&checksum(*tag, table).to_be_bytes());
        content.extend_from_slice(packed);
        content.resize(padded(content.len()), 0);
        start += padded(packed.len());
    }
    let mut file = Vec::with_capacity(start);
    file.extend_from_slice(&SIGNATURE);
    file.extend_from_slice(&version(font));
    file.extend_from_slice(&(start as u32).to_be_bytes());
    file.extend_from_slice(&(font.tables.len() as u16).to_be_bytes());
    file.extend_from_slice(&[0; 2]);
    file.extend_from_slice(&(size(font) as u32).to_be_bytes());
    // The version of the file, and neither metadata nor private data.
    file.extend_from_slice(&[0, 1, 0, 0]);
    file.extend_from_slice(&[0; 20]);
    file.append(&mut directory);
    file.append(&mut content);
    file
}

/// None when memory cannot be written to, which it can.
fn deflate(table: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(table.len() / 2), Compression::default());
    encoder.write_all(table).ok()?;
    encoder.finish().ok()
}
