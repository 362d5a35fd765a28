//! Ids for what comes without one, made of its names: the same names give the same id, in every process.

use uuid::{Builder, Uuid};

/// FNV-1a of 128 bits.
const START: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
/// Between names: no text has it.
const END: u8 = 0xff;

/// The id of these names, in this order.
pub(crate) fn id(names: &[&str]) -> Uuid {
    let bytes = names.iter().flat_map(|name| name.bytes().chain([END]));
    let hash = bytes.fold(START, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    Builder::from_custom_bytes(hash.to_be_bytes()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_an_id_and_others_another() {
        assert_eq!(id(&["set", "a"]), id(&["set", "a"]));
        assert!(id(&["a", "b"]) != id(&["ab"]) && id(&["a", "b"]) != id(&["b", "a"]) && !id(&[]).is_nil());
        assert_eq!(id(&["a"]).get_version_num(), 8);
    }
}
