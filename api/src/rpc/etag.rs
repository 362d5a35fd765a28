//! Conditional reads: the tag of an answer, and whether the caller already has it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use blake2::{Blake2b256, Digest};

/// The weak tag of a key: weak, because JSON and transit carry the same answer under one tag.
pub fn weak(key: &str) -> String {
    format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(Blake2b256::digest(key.as_bytes())))
}

/// Whether `If-None-Match` names the tag: one of a list, strong or weak, or `*`.
pub fn matches(if_none_match: &str, tag: &str) -> bool {
    let bare = |t: &str| t.trim().trim_start_matches("W/").to_owned();
    if_none_match.trim() == "*" || if_none_match.split(',').any(|one| bare(one) == bare(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_compare_weakly() {
        let tag = weak("key");
        assert!(tag.starts_with("W/\"") && tag.len() == 47, "{tag}");
        assert!(matches(&tag, &tag));
        assert!(matches(&format!("\"x\", {}", &tag[2..]), &tag));
        assert!(matches("*", &tag));
        assert!(!matches("\"x\"", &tag));
        assert!(!matches("", &tag));
    }
}
