//! What other servers of the installation show: `x-shared-key: NAME KEY`. A browser has none.

use super::error::{Error, Fault, Result};
use platform::{app::App, secrets};
use poem::Request;

/// What the exporter is called.
const EXPORTER: &str = "exporter";

/// Whether the request comes from the exporter.
///
/// # Errors
/// `shared-key-required`, whatever is wrong with the key.
pub fn check_exporter(app: &App, request: &Request) -> Result<()> {
    let shown = request.header("x-shared-key").and_then(|text| text.trim().split_once(' '));
    let own = match &app.config.exporter.shared_key {
        Some(key) => key.to_string(),
        None => app.secrets.shared_key(EXPORTER),
    };
    match shown {
        Some((name, key)) if name.eq_ignore_ascii_case(EXPORTER) && secrets::same(key.trim(), &own) => Ok(()),
        _ => Err(Error::new(Fault::Authorization, "shared-key-required")
            .hint("x-shared-key: the word exporter and its key are required")),
    }
}
