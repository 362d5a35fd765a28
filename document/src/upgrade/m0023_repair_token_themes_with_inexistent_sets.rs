//! Themes name no sets that are not there.

use super::whole::Whole;
use crate::part::{OpenPart, PartKey};
use crate::tokens::library::Library;

pub(super) fn run(whole: &mut Whole) {
    let now = whole.now;
    let Some(part) = whole.get_mut(PartKey::TOKENS) else { return };
    let Ok(mut library) = Library::read(part.value().clone(), now) else { return };
    if library.drop_missing_sets(now) {
        *part = OpenPart::new(PartKey::TOKENS, library.to_value());
    }
}
