//! The server that draws exports.

use super::secret::Secret;
use super::variables::Variables;

/// How the exporter is known.
#[derive(Clone, Debug)]
pub struct ExporterConfig {
    /// `PENPOT_EXPORTER_SHARED_KEY`: what it shows us. Made of the secret key when left out, as it makes it itself.
    pub shared_key: Option<Secret>,
}

impl ExporterConfig {
    pub(super) fn read(vars: &mut Variables) -> ExporterConfig {
        let shared_key = vars
            .var(
                "PENPOT_EXPORTER_SHARED_KEY",
                "What the exporter shows us, and is told likewise; unset: made of the secret key.",
            )
            .optional_secret();
        ExporterConfig { shared_key }
    }
}
