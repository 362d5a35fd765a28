//! Telling how much this installation is used.

use url::Url;

use super::flags::Flags;
use super::variables::Variables;

/// Counts that are sent, when somebody wants that.
#[derive(Clone, Debug)]
pub struct TelemetryConfig {
    /// `PENPOT_TELEMETRY_URI`, when it is set and sending is wanted: by the flag `telemetry` or
    /// `PENPOT_TELEMETRY_ENABLED`, of which the latter wins. There is no default address.
    pub uri: Option<Url>,
}

impl TelemetryConfig {
    pub(super) fn read(vars: &mut Variables, flags: &Flags) -> TelemetryConfig {
        let wanted = vars
            .var(
                "PENPOT_TELEMETRY_ENABLED",
                "Send counts; when it is not set, the flag telemetry says whether.",
            )
            .boolean(flags.has("telemetry"));
        let uri = vars
            .var("PENPOT_TELEMETRY_URI", "Where counts are sent to when that is wanted; unset: nowhere.")
            .optional_plain_url();
        TelemetryConfig { uri: uri.filter(|_| wanted) }
    }
}
