//! What is active of the tokens is said in the file, beside the library. A file that says it already knows better than
//! its library.

use super::whole::Whole;
use crate::part::PartKey;
use crate::tokens::library::Library;

const STATUS: &str = "tokens-status";

pub(super) fn run(whole: &mut Whole) {
    let Some(tokens) = whole.get(PartKey::TOKENS) else { return };
    let Ok(library) = Library::read(tokens.value().clone(), whole.now) else { return };
    if let Some(file) = whole.get_mut(PartKey::FILE)
        && file.plain(STATUS).is_none()
    {
        file.set(STATUS, library.status(None));
    }
}
