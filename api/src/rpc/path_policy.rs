//! Which methods a path offers, and by which HTTP method.

use super::{
    catalog::{Catalog, CompiledMethod},
    error::{Error, Fault, Result},
    method::Entry,
};
use poem::http::Method as Verb;

/// Which methods a path offers. All paths share one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathPolicy {
    /// Every method.
    All,
    /// Those that only read.
    Reads,
    /// Those that change something.
    Changes,
}

/// The method of this name.
///
/// # Errors
/// `method-not-found`, also when the path offers only the other kind.
pub fn find<'a>(catalog: &'a Catalog, policy: PathPolicy, name: &str) -> Result<&'a CompiledMethod> {
    let offered = |method: &&CompiledMethod| match policy {
        PathPolicy::All => true,
        PathPolicy::Reads => method.entry.reads(),
        PathPolicy::Changes => !method.entry.reads(),
    };
    catalog.by_name.get(name).filter(offered).ok_or_else(|| Error::new(Fault::NotFound, "method-not-found"))
}

/// Whether the method answers this HTTP method: POST always, GET and HEAD when it only reads.
///
/// # Errors
/// `method-not-allowed`.
pub fn allowed(entry: &Entry, verb: &Verb) -> Result<()> {
    let reads = entry.reads() && (verb == Verb::GET || verb == Verb::HEAD);
    if verb == Verb::POST || reads {
        return Ok(());
    }
    Err(Error::new(Fault::MethodNotAllowed, "method-not-allowed"))
}

/// The HTTP methods that a method answers, as in the header `Allow`.
pub fn verbs(catalog: &Catalog, name: &str) -> &'static str {
    let reads = catalog.by_name.get(name).is_some_and(|method| method.entry.reads());
    if reads { "GET, HEAD, POST" } else { "POST" }
}
