//! Where a picture ends, found by walking its structure without decoding.

use super::Format;

/// The offset just after the picture; `None` when it is cut off or not of that format.
pub(super) fn end(bytes: &[u8], format: Format) -> Option<usize> {
    match format {
        Format::Jpeg => jpeg(bytes),
        Format::Png => png(bytes),
        Format::Webp => webp(bytes),
        Format::Gif => gif(bytes),
    }
}

/// After the last end marker that follows the first scan; thumbnails inside metadata do not count.
fn jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0xda => break,
            0x01 | 0xd0..=0xd7 => at += 2,
            _ => at += 2 + usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?])),
        }
    }
    let scans = bytes.get(at..)?;
    let last = scans.windows(2).rposition(|pair| pair == [0xff, 0xd9])?;
    Some(at + last + 2)
}

/// After the IEND chunk.
fn png(bytes: &[u8]) -> Option<usize> {
    let mut at = 8_usize;
    loop {
        let length = bytes.get(at..at + 4)?;
        let length = u32::from_be_bytes(length.try_into().ok()?) as usize;
        let end = at.checked_add(12)?.checked_add(length)?;
        let kind = bytes.get(at + 4..at + 8)?;
        if end > bytes.len() {
            return None;
        }
        if kind == b"IEND" {
            return Some(end);
        }
        at = end;
    }
}

/// After the RIFF container, which says its own length.
fn webp(bytes: &[u8]) -> Option<usize> {
    let length = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
    let end = length.checked_add(8)?;
    (end <= bytes.len()).then_some(end)
}

/// After the trailer block, walking extensions and frames.
fn gif(bytes: &[u8]) -> Option<usize> {
    let mut at = 13 + colour_table(*bytes.get(10)?);
    loop {
        match *bytes.get(at)? {
            0x3b => return Some(at + 1),
            0x21 => at = sub_blocks(bytes, at + 2)?,
            0x2c => at = sub_blocks(bytes, at + 11 + colour_table(*bytes.get(at + 9)?))?,
            _ => return None,
        }
    }
}

fn colour_table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 0x07) + 1) }
}

fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}
