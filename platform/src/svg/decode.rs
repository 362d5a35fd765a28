//! Bytes to text and back: UTF-8, UTF-16 with a mark, and encodings of one byte a character.

use std::borrow::Cow;

use super::error::SvgError;
use super::xml::is_white;

/// How far into the file an encoding may be declared.
const DECLARATION_BYTES: usize = 256;

/// Encodings of the Encoding standard in which a byte is a character and the first 128 are those of ASCII. All that
/// counts here is ASCII, so their other characters need not be known.
const SINGLE_BYTE: [&str; 9] = [
    "iso-8859-",
    "iso8859-",
    "windows-125",
    "windows-874",
    "latin1",
    "koi8-",
    "ibm866",
    "macintosh",
    "x-mac-",
];

/// How a file was written, so that it can be written that way again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// With a mark or without.
    Utf8 { marked: bool },
    /// With a mark.
    Utf16 { little: bool },
    /// A byte a character.
    SingleByte,
}

/// A file as text.
pub(super) struct Text<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) encoding: Encoding,
    /// Whether the encoding that the file declares is the one that it has, or none.
    pub(super) is_declared: bool,
}

pub(super) fn decode(bytes: &[u8]) -> Result<Text<'_>, SvgError> {
    match bytes {
        [0x1f, 0x8b, ..] => Err(SvgError::Compressed),
        [0xef, 0xbb, 0xbf, rest @ ..] => {
            let is_declared = declared(rest)?.is_none_or(|label| is_utf8(&label));
            Ok(Text { text: utf8(rest)?, encoding: Encoding::Utf8 { marked: true }, is_declared })
        }
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes, true),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes, false),
        _ => unmarked(bytes),
    }
}

/// The bytes of a text as the file had them.
pub(super) fn encode(text: String, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 { marked: false } => text.into_bytes(),
        Encoding::Utf8 { marked: true } => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        Encoding::Utf16 { little: true } => marked(&text).flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16 { little: false } => marked(&text).flat_map(u16::to_be_bytes).collect(),
        // What was put in is ASCII, and all else was a byte.
        Encoding::SingleByte => text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect(),
    }
}

fn unmarked(bytes: &[u8]) -> Result<Text<'_>, SvgError> {
    let label = declared(bytes)?;
    if label.as_ref().is_some_and(|label| SINGLE_BYTE.iter().any(|name| label.starts_with(name))) {
        let text = bytes.iter().map(|byte| char::from(*byte)).collect();
        return Ok(Text { text, encoding: Encoding::SingleByte, is_declared: true });
    }
    let is_declared = label.is_none_or(|label| is_utf8(&label));
    Ok(Text { text: utf8(bytes)?, encoding: Encoding::Utf8 { marked: false }, is_declared })
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, SvgError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| SvgError::Malformed {
        what: "its text is neither UTF-8, UTF-16 with a byte order mark nor of a declared one-byte encoding",
        at: error.valid_up_to(),
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, little: bool) -> Result<Text<'static>, SvgError> {
    let broken = || SvgError::Malformed { what: "its UTF-16 is broken", at: 0 };
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(broken());
    }
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    let text = text.map_err(|_| broken())?;
    let is_declared = declared(text.as_bytes())?.is_none_or(|label| label.starts_with("utf-16"));
    Ok(Text { text: Cow::Owned(text), encoding: Encoding::Utf16 { little }, is_declared })
}

fn marked(text: &str) -> impl Iterator<Item = u16> + '_ {
    std::iter::once(0xfeff).chain(text.encode_utf16())
}

fn is_utf8(label: &str) -> bool {
    label == "utf-8" || label == "utf8"
}

/// The encoding that the XML declaration names, in small letters.
///
/// # Errors
/// `Malformed` for a declaration that ends too late, or does not say plainly which encoding it means: others may read
/// another one.
fn declared(bytes: &[u8]) -> Result<Option<String>, SvgError> {
    let is_there = bytes.strip_prefix(b"<?xml").and_then(<[u8]>::first).is_some_and(|next| is_white(*next));
    if !is_there {
        return Ok(None);
    }
    let wrong = SvgError::Malformed { what: "a declaration that is none", at: 0 };
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION_BYTES)]).to_ascii_lowercase();
    let Some((declaration, _)) = head.split_once("?>") else { return Err(wrong) };
    let Some((_, after)) = declaration.split_once("encoding") else { return Ok(None) };
    let label = |after: &str| {
        let value = after.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        value[1..].split_once(quote).map(|(label, _)| label.to_owned())
    };
    if after.contains("encoding") {
        return Err(wrong);
    }
    label(after).map(Some).ok_or(wrong)
}
