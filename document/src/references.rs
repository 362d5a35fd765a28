//! Which ids stand in a stored document.

use std::collections::HashSet;
use uuid::Uuid;

/// Characters of a uuid in its usual form.
const UUID_CHARS: usize = 36;

/// Every uuid in a document in transit, as [`transit::write`] writes it, at whatever place: in what it draws, in
/// its library, in what was deleted from it and may be restored. It is more than what refers to pictures, and never
/// less, so nothing is taken for unused because a place was not known. Reads through the bytes once and builds nothing.
pub fn uuids(transit: &[u8]) -> HashSet<Uuid> {
    let mut found = HashSet::new();
    let mut rest = transit;
    while let Some(at) = rest.windows(2).position(|pair| pair == b"~u") {
        rest = &rest[at + 2..];
        let text = rest.get(..UUID_CHARS).and_then(|bytes| std::str::from_utf8(bytes).ok());
        found.extend(text.and_then(|text| Uuid::try_parse(text).ok()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use transit::value::Value;
    use transit::{write, write_verbose};

    #[test]
    fn finds_them_as_values_and_as_keys_however_deep() {
        let ids: Vec<Uuid> = (1..=5).map(Uuid::from_u128).collect();
        let fill = Value::map([("fill-image", Value::map([("id", Value::Uuid(ids[0]))]))]);
        let shape = Value::tagged("shape", Value::map([("fills", Value::Vec(vec![fill.clone(), fill]))]));
        let data = Value::map([
            ("objects", Value::Map(vec![(Value::Uuid(ids[1]), shape.clone()), (Value::Uuid(ids[2]), shape)])),
            ("media", Value::Map(vec![(Value::Uuid(ids[3]), Value::Nil)])),
            ("set", Value::Set(vec![Value::Uuid(ids[4])])),
            ("text", Value::text("~u is no id, and neither is ~u0000")),
        ]);
        for written in [write(&data), write_verbose(&data)] {
            assert_eq!(uuids(&written), ids.iter().copied().collect());
        }
        assert!(uuids(b"").is_empty() && uuids(b"~u").is_empty() && uuids(&[b'~', b'u', 0xff]).is_empty());
    }
}
