//! Files and their documents.

mod stored;
