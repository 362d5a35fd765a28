//! Our transit codec against itself, on generated values.

use proptest::prelude::*;
use tests::values::{self, Kinds};
use transit::{Limits, read, write, write_verbose};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(value in values::value(Kinds::All)) {
        let compact = write(&value);
        let verbose = write_verbose(&value);
        for bytes in [&compact, &verbose] {
            let again = read(bytes, &Limits::REQUEST).expect("our own form");
            prop_assert_eq!(&again, &value);
            prop_assert_eq!(&write(&again), &compact);
            prop_assert_eq!(&write_verbose(&again), &verbose);
        }
    }

    #[test]
    fn damaged_documents_do_no_harm(
        value in values::value(Kinds::All),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        end in any::<prop::sample::Index>(),
    ) {
        let mut bytes = write(&value);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read(&bytes, &Limits::REQUEST);
        let cut = end.index(bytes.len());
        let _ = read(&bytes[..cut], &Limits::REQUEST);
    }
}
