//! Numbers out of bytes that may end too early.

use super::error::FontError;

/// Reads from the front.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Reader<'a> {
    /// `what` is named when it ends too early.
    pub(super) fn new(bytes: &'a [u8], what: &'static str) -> Reader<'a> {
        Reader { rest: bytes, what }
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], FontError> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else {
            return Err(FontError::broken(format!("{} ends too early", self.what)));
        };
        self.rest = rest;
        Ok(*bytes)
    }

    pub(super) fn u8(&mut self) -> Result<u8, FontError> {
        Ok(self.bytes::<1>()?[0])
    }

    pub(super) fn u16(&mut self) -> Result<u16, FontError> {
        Ok(u16::from_be_bytes(self.bytes()?))
    }

    pub(super) fn u32(&mut self) -> Result<u32, FontError> {
        Ok(u32::from_be_bytes(self.bytes()?))
    }

    /// A number of WOFF 2: seven bits a byte, the first of them first.
    pub(super) fn base_128(&mut self) -> Result<u32, FontError> {
        let mut number: u32 = 0;
        for place in 0..5 {
            let byte = self.u8()?;
            if (place == 0 && byte == 0x80) || number > u32::MAX >> 7 {
                break;
            }
            number = (number << 7) | u32::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(FontError::broken(format!("{} has a number that is none", self.what)))
    }
}

/// The number at a place of a table.
pub(super) fn u16_at(table: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(table.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// The same, of four bytes.
pub(super) fn u32_at(table: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(table.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
