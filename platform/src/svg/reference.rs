//! Addresses: what may stay of what a picture refers to.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::edits::Removed;

/// What becomes of an address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It stays as it is.
    Keep,
    /// It goes.
    Drop,
    /// It is replaced: a drawing in data that was cleaned, and what went from it.
    Instead(String, Removed),
}

/// Cleans a drawing within the drawing; none when it is none.
pub(super) type Nested<'n> = &'n dyn Fn(&[u8]) -> Option<(Option<Vec<u8>>, Removed)>;

/// Who refers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Referrer {
    /// A style: pictures and fonts as data.
    Style,
    /// An element that shows a picture: pictures as data.
    Picture,
    /// A link: it leads somewhere when somebody follows it.
    Link,
    /// Anything else: the same document only.
    Other,
}

/// Bytes that are looked at to know what data is.
const HEAD_BYTES: usize = 64;

/// What becomes of an address.
pub(super) fn judge(address: &str, referrer: Referrer, nested: Nested<'_>) -> Verdict {
    let address = stripped(address);
    if address.is_empty() || address.starts_with('#') {
        return Verdict::Keep;
    }
    match referrer {
        Referrer::Link if has_scheme(&address, &["http:", "https:", "mailto:"]) => Verdict::Keep,
        Referrer::Style | Referrer::Picture if has_scheme(&address, &["data:"]) => {
            data(&address["data:".len()..], referrer, nested)
        }
        _ => Verdict::Drop,
    }
}

/// As parsers of addresses read it: without control characters and blanks around it, line breaks and tabs in it.
fn stripped(address: &str) -> String {
    let trimmed = address.trim_matches(|c: char| c <= ' ');
    trimmed.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect()
}

fn has_scheme(address: &str, schemes: &[&str]) -> bool {
    let starts =
        |scheme: &&str| address.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
    schemes.iter().any(starts)
}

fn data(rest: &str, referrer: Referrer, nested: Nested<'_>) -> Verdict {
    let (rest, fragment) =
        rest.split_once('#').map_or((rest, None), |(rest, fragment)| (rest, Some(fragment)));
    let Some((label, body)) = rest.split_once(',') else { return Verdict::Drop };
    let label = label.to_ascii_lowercase();
    let is_base64 =
        label.trim_end().strip_suffix("base64").is_some_and(|label| label.trim_end().ends_with(';'));
    let mtype = label.split(';').next().unwrap_or_default().trim();
    let head = decode(body, is_base64, HEAD_BYTES);
    let is_markup = head.trim_ascii_start().first() == Some(&b'<') || head.starts_with(b"\xef\xbb\xbf");
    if is_markup || mtype == "image/svg+xml" {
        if !is_read_alike(&label) {
            return Verdict::Drop;
        }
        return drawing(&decode(body, is_base64, usize::MAX), fragment, nested);
    }
    let is_right = mtype.starts_with("image/")
        || is_picture(&head)
        || referrer == Referrer::Style && (is_font(&head) || is_font_type(mtype));
    if is_right { Verdict::Keep } else { Verdict::Drop }
}

/// Whether a label leaves the bytes of a drawing what they are to us: an encoding that it names counts before the one
/// that the drawing declares, and escapes in it may be read or not.
fn is_read_alike(label: &str) -> bool {
    let is_right = |parameter: &str| {
        let Some((name, value)) = parameter.split_once('=') else { return true };
        let value = value.trim().trim_matches(['"', '\'']).trim();
        name.trim() != "charset" || matches!(value, "utf-8" | "utf8" | "us-ascii")
    };
    !label.contains(['%', '\\']) && label.split(';').skip(1).all(is_right)
}

/// A drawing in data: cleaned as the one that it is in.
fn drawing(bytes: &[u8], fragment: Option<&str>, nested: Nested<'_>) -> Verdict {
    let (cleaned, removed) = match nested(bytes) {
        None => return Verdict::Drop,
        Some((None, _)) => return Verdict::Keep,
        Some((Some(cleaned), removed)) => (cleaned, removed),
    };
    let mut address = "data:image/svg+xml;base64,".to_owned();
    base64::engine::general_purpose::STANDARD.encode_string(cleaned, &mut address);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if let Some(fragment) = fragment.filter(|fragment| fragment.chars().all(is_plain)) {
        address.push('#');
        address.push_str(fragment);
    }
    Verdict::Instead(address, removed)
}

/// The bytes of data, at least so many when there are so many.
fn decode(body: &str, is_base64: bool, bytes_max: usize) -> Vec<u8> {
    // A byte is written as three characters at most, and a blank between them is rare.
    let characters_max = bytes_max.saturating_mul(4);
    let mut bytes = Vec::with_capacity(body.len().min(characters_max));
    let mut rest = body.as_bytes().iter();
    while let Some(&byte) = rest.next() {
        if bytes.len() >= characters_max {
            break;
        }
        let digits = rest.as_slice().first_chunk::<2>().filter(|_| byte == b'%');
        let escaped = digits.and_then(|pair| std::str::from_utf8(pair).ok());
        let escaped = escaped.filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match escaped.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest.nth(1);
            }
            None => bytes.push(byte),
        }
    }
    if !is_base64 {
        return bytes;
    }
    bytes.retain(|byte| !byte.is_ascii_whitespace());
    if bytes_max != usize::MAX {
        bytes.truncate(bytes.len() / 4 * 4);
    }
    FORGIVING.decode(bytes).unwrap_or_default()
}

/// What browsers read.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Whether bytes begin as those of a picture do that browsers draw, whatever it is called.
fn is_picture(head: &[u8]) -> bool {
    const BEGIN: [&[u8]; 8] =
        [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"\0\0\x01\0", b"\0\0\x02\0", b"II*\0", b"MM\0*"];
    BEGIN.iter().any(|begin| head.starts_with(begin))
        || head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP")
        || head.get(4..8) == Some(b"ftyp")
}

/// Whether bytes begin as those of a font do.
fn is_font(head: &[u8]) -> bool {
    const BEGIN: [&[u8]; 6] = [b"\0\x01\0\0", b"OTTO", b"true", b"ttcf", b"wOFF", b"wOF2"];
    BEGIN.iter().any(|begin| head.starts_with(begin))
}

fn is_font_type(mtype: &str) -> bool {
    const BEGIN: [&str; 4] =
        ["font/", "application/font", "application/x-font", "application/vnd.ms-fontobject"];
    BEGIN.iter().any(|begin| mtype.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(address: &str, referrer: Referrer) -> Verdict {
        judge(address, referrer, &|_| Some((None, Removed::default())))
    }

    #[test]
    fn what_stays_is_the_same_document_or_data() {
        for (address, referrer) in [
            ("#a", Referrer::Other),
            (" \n#a ", Referrer::Other),
            ("", Referrer::Other),
            ("https://example.com/", Referrer::Link),
            ("MAILTO:a@example.com", Referrer::Link),
            ("data:image/png;base64,iVBORw0KGgo=", Referrer::Picture),
            ("data:;base64,iVBORw0KGgo=", Referrer::Picture),
            ("DATA:application/octet-stream;base64, iVBO Rw0K%47go", Referrer::Picture),
            ("data:image/svg+xml,%3Csvg/%3E", Referrer::Picture),
            ("data:font/woff2;base64,d09GMg==", Referrer::Style),
            ("data:text/plain;base64,d09GMg==", Referrer::Style),
        ] {
            assert_eq!(verdict(address, referrer), Verdict::Keep, "{address}");
        }
        for (address, referrer) in [
            ("a.svg#a", Referrer::Other),
            ("//example.com/a", Referrer::Style),
            ("https://example.com/", Referrer::Picture),
            ("java\nscript:alert(1)", Referrer::Link),
            ("data:text/html,a", Referrer::Link),
            ("data:text/html,a", Referrer::Picture),
            ("data:image/png;base64,iVBORw0KGgo=", Referrer::Other),
            ("data:font/woff2;base64,d09GMg==", Referrer::Picture),
            ("data:image/png", Referrer::Picture),
        ] {
            assert_eq!(verdict(address, referrer), Verdict::Drop, "{address}");
        }
    }

    #[test]
    fn drawings_in_other_encodings_go() {
        for label in ["utf-8", "UTF8", "\"utf-8\"", "us-ascii;base64"] {
            let address = format!("data:image/svg+xml;charset={label},");
            assert_eq!(verdict(&address, Referrer::Picture), Verdict::Keep, "{label}");
        }
        for label in
            ["charset=utf-16le", ";Charset = 'UTF-7'", "x=y;charset=utf-8;charset=shift_jis", "char%73et=x"]
        {
            let address = format!("data:image/svg+xml;{label},%3Csvg/%3E");
            assert_eq!(verdict(&address, Referrer::Picture), Verdict::Drop, "{label}");
        }
    }

    #[test]
    fn a_drawing_is_known_by_its_bytes_too() {
        let never = |_: &[u8]| None;
        assert_eq!(judge("data:image/png,%20%3Csvg/%3E", Referrer::Picture, &never), Verdict::Drop);
        assert_eq!(judge("data:image/png;base64,PHN2Zy8+", Referrer::Picture, &never), Verdict::Drop);
    }
}
