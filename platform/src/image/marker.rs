//! Where a picture ends, found by walking its structure without decoding.

use std::io::{BufRead, Result, Seek, SeekFrom};

use super::format::Format;

/// The offset just after the picture; `None` when it is cut off or not of that format.
pub(super) fn end(source: &mut (impl BufRead + Seek), format: Format) -> Result<Option<u64>> {
    let length = source.seek(SeekFrom::End(0))?;
    source.rewind()?;
    let mut walk = Walk { source, at: 0 };
    let end = match format {
        Format::Jpeg => walk.jpeg(),
        Format::Png => walk.png(),
        Format::Webp => walk.webp(),
        Format::Gif => walk.gif(),
    };
    match end {
        Ok(end) => Ok(end.filter(|end| *end <= length)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads forward; stepping beyond the end is noticed at the next read.
struct Walk<'s, S> {
    source: &'s mut S,
    at: u64,
}

impl<S: BufRead + Seek> Walk<'_, S> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes)?;
        self.at += N as u64;
        Ok(bytes)
    }

    fn skip(&mut self, bytes: u64) -> Result<()> {
        self.at += bytes;
        self.source.seek_relative(i64::try_from(bytes).unwrap_or(i64::MAX))
    }

    /// After the last end marker that follows the first scan; thumbnails inside metadata do not count.
    fn jpeg(&mut self) -> Result<Option<u64>> {
        self.skip(2)?;
        let mut mark = self.take::<2>()?;
        loop {
            match mark {
                [0xff, 0xff] => {
                    mark = [0xff, self.take::<1>()?[0]];
                    continue;
                }
                [0xff, 0xda] => return self.last_end_marker(),
                [0xff, 0x01 | 0xd0..=0xd7] => {}
                [0xff, _] => {
                    let length = u16::from_be_bytes(self.take()?);
                    let Some(rest) = length.checked_sub(2) else { return Ok(None) };
                    self.skip(rest.into())?;
                }
                _ => return Ok(None),
            }
            mark = self.take::<2>()?;
        }
    }

    fn last_end_marker(&mut self) -> Result<Option<u64>> {
        let (mut last, mut after_ff) = (None, false);
        loop {
            let piece = self.source.fill_buf()?;
            if piece.is_empty() {
                return Ok(last);
            }
            for (place, byte) in piece.iter().enumerate() {
                if after_ff && *byte == 0xd9 {
                    last = Some(self.at + place as u64 + 1);
                }
                after_ff = *byte == 0xff;
            }
            let length = piece.len();
            self.source.consume(length);
            self.at += length as u64;
        }
    }

    /// After the IEND chunk.
    fn png(&mut self) -> Result<Option<u64>> {
        self.skip(8)?;
        loop {
            let length = u32::from_be_bytes(self.take()?);
            let kind = self.take::<4>()?;
            // The check sum follows.
            self.skip(u64::from(length) + 4)?;
            if &kind == b"IEND" {
                return Ok(Some(self.at));
            }
        }
    }

    /// After the RIFF container, which says its own length.
    fn webp(&mut self) -> Result<Option<u64>> {
        self.skip(4)?;
        let length = u32::from_le_bytes(self.take()?);
        Ok(Some(u64::from(length) + 8))
    }

    /// After the trailer block, walking extensions and frames.
    fn gif(&mut self) -> Result<Option<u64>> {
        self.skip(10)?;
        let [flags, _, _] = self.take()?;
        self.skip(colour_table(flags))?;
        loop {
            match self.take()? {
                [0x3b] => return Ok(Some(self.at)),
                [0x21] => self.skip(1)?,
                [0x2c] => {
                    self.skip(8)?;
                    let [flags] = self.take()?;
                    self.skip(colour_table(flags) + 1)?;
                }
                _ => return Ok(None),
            }
            self.sub_blocks()?;
        }
    }

    fn sub_blocks(&mut self) -> Result<()> {
        loop {
            let [length] = self.take()?;
            if length == 0 {
                return Ok(());
            }
            self.skip(length.into())?;
        }
    }
}

fn colour_table(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 0x07) + 1) }
}
