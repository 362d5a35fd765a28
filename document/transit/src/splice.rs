//! Joining pieces of code-free transit: bytes are put side by side, nothing is decoded.
//!
//! A piece is what [`crate::write_plain`] writes, without the quote around a lone scalar. Because no piece uses cache
//! codes, it may stand anywhere in a document that does not either.

use uuid::Uuid;

/// How a map starts; its entries follow, each with a comma before it.
pub const MAP: &[u8] = b"[\"^ \"";
/// How a map starts that has other keys than scalars; its entries follow, separated by commas.
const COMPLEX_MAP: &[u8] = b"[\"~#cmap\",[";

/// Starts an entry of a map under a keyword. The name must be plain text without anything to escape.
pub fn keyword_key(out: &mut Vec<u8>, name: &str) {
    out.extend_from_slice(b",\"~:");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\",");
}

/// Starts an entry of a map under a uuid.
pub fn uuid_key(out: &mut Vec<u8>, id: Uuid) {
    out.push(b',');
    uuid(out, id);
    out.push(b',');
}

/// A uuid.
pub fn uuid(out: &mut Vec<u8>, id: Uuid) {
    let mut buffer = Uuid::encode_buffer();
    out.extend_from_slice(b"\"~u");
    out.extend_from_slice(id.as_hyphenated().encode_lower(&mut buffer).as_bytes());
    out.push(b'"');
}

/// A vector of uuids.
pub fn uuids(out: &mut Vec<u8>, ids: &[Uuid]) {
    out.push(b'[');
    for (i, id) in ids.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        uuid(out, *id);
    }
    out.push(b']');
}

/// A map that is a piece, with the entries that `more` writes in front of its own. A piece that is no map is left
/// alone.
pub fn map(out: &mut Vec<u8>, piece: &[u8], more: impl FnOnce(&mut Vec<u8>)) {
    if let Some(rest) = piece.strip_prefix(MAP) {
        out.extend_from_slice(MAP);
        more(out);
        out.extend_from_slice(rest);
    } else if let Some(rest) = piece.strip_prefix(COMPLEX_MAP) {
        let start = out.len() + COMPLEX_MAP.len();
        out.extend_from_slice(COMPLEX_MAP);
        more(out);
        // An entry starts with a comma, and here the first must not.
        if out.get(start) == Some(&b',') {
            out.remove(start);
            out.push(b',');
        }
        out.extend_from_slice(rest);
    } else {
        out.extend_from_slice(piece);
    }
}

/// A piece as text inside another document.
pub fn text(out: &mut Vec<u8>, piece: &[u8]) {
    out.push(b'"');
    // Pieces are UTF-8 and hold no control characters, so only these two have to be escaped.
    for part in piece.split_inclusive(|byte| matches!(byte, b'"' | b'\\')) {
        match part.split_last() {
            Some((last @ (b'"' | b'\\'), before)) => {
                out.extend_from_slice(before);
                out.extend_from_slice(&[b'\\', *last]);
            }
            _ => out.extend_from_slice(part),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;
    use crate::{Limits, read, write_plain};

    fn joined(piece: &Value) -> Value {
        let mut out = Vec::new();
        map(&mut out, &write_plain(piece), |out| {
            keyword_key(out, "id");
            uuid(out, Uuid::from_u128(1));
            uuid_key(out, Uuid::from_u128(2));
            uuids(out, &[Uuid::from_u128(3), Uuid::from_u128(4)]);
        });
        read(&out, &Limits::STORED).expect("legal transit")
    }

    #[test]
    fn entries_go_before_those_of_any_map() {
        let ids = Value::Vec(vec![Value::Uuid(Uuid::from_u128(3)), Value::Uuid(Uuid::from_u128(4))]);
        let more =
            [(Value::keyword("id"), Value::Uuid(Uuid::from_u128(1))), (Value::Uuid(Uuid::from_u128(2)), ids)];
        for own in [
            vec![],
            vec![(Value::keyword("name"), Value::text("~a\"^\\"))],
            vec![(Value::Vec(vec![Value::Int(1)]), Value::Bool(true)), (Value::keyword("name"), Value::Nil)],
        ] {
            let all = Value::Map(more.iter().cloned().chain(own.clone()).collect());
            assert!(joined(&Value::Map(own)).same(&all), "{all:?}");
        }
    }

    #[test]
    fn a_piece_becomes_text_and_comes_back() {
        let value = Value::map([("name", Value::text("~quo\"te \\ ^ \n é 😀"))]);
        let piece = write_plain(&value);
        let mut out = Vec::new();
        text(&mut out, &piece);
        let Ok(Value::Str(inner)) = read(&out, &Limits::STORED) else { panic!("no text") };
        assert_eq!((inner.as_bytes(), read(inner.as_bytes(), &Limits::STORED)), (&*piece, Ok(value)));
    }
}
