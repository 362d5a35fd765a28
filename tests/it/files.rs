//! Files and their documents.

mod libraries;
mod stored;
