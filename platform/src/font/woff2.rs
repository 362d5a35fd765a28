//! WOFF 2: read by a library, within what its directory says.

use bytes::Bytes;

use super::error::FontError;
use super::limits::FontLimits;
use super::reader::Reader;
use super::sfnt::{self, table_count};
use super::tables::{Font, Tag};

/// The numbers of these tables among those that have one.
const GLYF: u8 = 10;
const LOCA: u8 = 11;
/// The number that says that a name follows.
const NAMED: u8 = 63;

/// What the directory says: of the tables as they are packed, or as they will be, whichever is more.
pub(super) fn unpacked_bytes(file: &[u8], limits: &FontLimits) -> Result<u64, FontError> {
    let mut reader = Reader::new(file, "the directory of tables");
    let _signature: Tag = reader.bytes()?;
    let flavor: Tag = reader.bytes()?;
    if flavor == *b"ttcf" {
        return Err(FontError::Collection);
    }
    reader.u32()?;
    let count = usize::from(reader.u16()?);
    table_count(count, limits)?;
    reader.bytes::<34>()?;
    let (mut packed, mut unpacked) = (0, 0);
    for _ in 0..count {
        let (flags, mut is_outlines) = (reader.u8()?, false);
        match flags & NAMED {
            NAMED => is_outlines = matches!(&reader.bytes()?, b"glyf" | b"loca"),
            GLYF | LOCA => is_outlines = true,
            _ => {}
        }
        let length = u64::from(reader.base_128()?);
        // Outlines are in their other form when it says nothing, all others when it does.
        let is_transformed = (flags >> 6 == 0) == is_outlines;
        packed += if is_transformed { u64::from(reader.base_128()?) } else { length };
        unpacked += length;
    }
    Ok(packed.max(unpacked))
}

/// Not before [`unpacked_bytes`] was asked.
pub(super) fn read(file: &Bytes, limits: &FontLimits) -> Result<Font, FontError> {
    let plain = wuff::decompress_woff2(file);
    let plain = plain.map_err(|_| FontError::broken("its compressed data is damaged"))?;
    sfnt::read(&plain.into(), limits)
}
