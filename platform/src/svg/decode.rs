//! Bytes to text: UTF-8, UTF-16 with a mark, or declared Latin-1.

use std::borrow::Cow;

use super::error::SvgError;

/// How far into the file an encoding may be declared.
const DECLARATION_BYTES: usize = 256;

pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, SvgError> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ if declares_latin1(bytes) => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, SvgError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| unreadable())
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'static, str>, SvgError> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.map(Cow::Owned).map_err(|_| unreadable())
}

fn declares_latin1(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION_BYTES)]).to_ascii_lowercase();
    let declaration = head.split_once("?>").map_or("", |(declaration, _)| declaration);
    declaration.trim_start().starts_with("<?xml")
        && ["iso-8859-1", "latin1", "windows-1252"].iter().any(|name| declaration.contains(name))
}

fn unreadable() -> SvgError {
    SvgError::Malformed("the text encoding is not UTF-8".to_owned())
}
