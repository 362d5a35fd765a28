//! Methods for other servers of the installation, each with a key in place of a flag.

pub mod upload_tempfile;

use crate::rpc::{
    catalog::{Catalog, MethodList},
    method::Entry,
};
use std::sync::OnceLock;
use upload_tempfile::UploadTempfile;

/// All of them.
pub static ALL: &[Entry] =
    &[Entry::of::<UploadTempfile>("exporter", "Keep a file for whoever had it made, for an hour.")];

/// [`ALL`], served under a path of their own.
pub struct Management;

impl MethodList for Management {
    const BASE: &'static str = "/api/management/methods";

    fn catalog() -> &'static Catalog {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(|| Catalog::build(ALL))
    }
}
