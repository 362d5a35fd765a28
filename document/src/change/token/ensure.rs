//! What all changes of tokens do first: library and status are made where they are missing.

use crate::part::PartKey;
use crate::stop::{Reach, Step, Wanted};
use crate::tokens::library::Library;
use crate::tokens::status::status;
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

/// The attribute of the file that names the file whose library it uses; absent when it is its own.
pub(super) const SOURCE: &str = "tokens-source";
/// The attribute of the file that tells what is active in it.
const STATUS: &str = "tokens-status";

/// What each of them needs.
pub(super) fn wanted() -> Vec<Wanted> {
    vec![Wanted::whole(PartKey::FILE, Reach::Itself), Wanted::whole(PartKey::TOKENS, Reach::Itself)]
}

/// Makes the library where the file uses its own and has none yet, and then the status where there is none.
pub(super) fn ensure(work: &mut Work) -> Step<()> {
    let has_source = work.parts.open(PartKey::FILE)?.is_some_and(|file| file.plain(SOURCE).is_some());
    if work.tokens()?.is_none() && !has_source {
        let library = Library::new(work.now);
        work.put_tokens(Some(library))?;
    }
    ensure_status(work)
}

/// Makes the status where there is none: what the library says is active. Clients that go by the status must find one
/// beside every library.
pub(super) fn ensure_status(work: &mut Work) -> Step<()> {
    let is_there = work.parts.open(PartKey::FILE)?.is_none_or(|file| file.plain(STATUS).is_some());
    if is_there { Ok(()) } else { take_status_over(work) }
}

/// Makes the status what the library says is active.
pub(super) fn take_status_over(work: &mut Work) -> Step<()> {
    let old = work.parts.open(PartKey::FILE)?.and_then(|file| file.plain(STATUS)).cloned();
    let new = match work.tokens()? {
        Some(library) => library.status(old.as_ref()),
        None => status(&[], &[], old.as_ref()),
    };
    store_status(work, new)
}

/// Stores which themes and sets are active, whether there are such or not.
pub(super) fn set_status(work: &mut Work, themes: &[Uuid], sets: &[Uuid]) -> Step<()> {
    let old = work.parts.open(PartKey::FILE)?.and_then(|file| file.plain(STATUS)).cloned();
    store_status(work, status(themes, sets, old.as_ref()))
}

fn store_status(work: &mut Work, status: Value) -> Step<()> {
    if let Some(file) = work.parts.edit(PartKey::FILE)? {
        file.set(STATUS, status);
    }
    Ok(())
}
