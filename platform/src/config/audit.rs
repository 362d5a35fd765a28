//! The audit log.

use std::time::Duration;

use url::Url;

use super::flags::Flags;
use super::secret::Secret;
use super::variables::Variables;

/// Events.
#[derive(Clone, Debug)]
pub struct AuditConfig {
    /// `ATELIER_AUDIT_LOG_MAX_AGE`: events are dropped when they are older. Default 90 days.
    pub age_max: Duration,
    /// Where they are copied to, with the flag `audit-log-archive`.
    pub archive: Option<ArchiveConfig>,
    /// The flag `audit-log-gc`: events are dropped as soon as the archive has them.
    pub drop_archived: bool,
}

/// Another server that keeps events.
#[derive(Clone, Debug)]
pub struct ArchiveConfig {
    /// `PENPOT_AUDIT_LOG_ARCHIVE_URI`: where they are posted.
    pub uri: Url,
    /// `PENPOT_NEXUS_SHARED_KEY`: what we show there. Made of the secret key when left out.
    pub shared_key: Option<Secret>,
}

const AGE_MAX: Duration = Duration::from_secs(90 * 24 * 3600);
const URI: &str = "PENPOT_AUDIT_LOG_ARCHIVE_URI";

impl AuditConfig {
    pub(super) fn read(vars: &mut Variables, flags: &Flags) -> AuditConfig {
        let age_max =
            vars.var("ATELIER_AUDIT_LOG_MAX_AGE", "Events that are older are dropped.").duration(AGE_MAX);
        let uri = vars
            .var(URI, "Where events are copied to, with the flag audit-log-archive.")
            .optional_plain_url();
        let shared_key = vars
            .var(
                "PENPOT_NEXUS_SHARED_KEY",
                "What the archive of events knows us by; unset: made of the secret key.",
            )
            .optional_secret();
        let wanted = flags.has("audit-log-archive");
        if wanted && uri.is_none() {
            vars.refuse(URI, "an address, because PENPOT_FLAGS has enable-audit-log-archive", None);
        }
        let archive = uri.filter(|_| wanted).map(|uri| ArchiveConfig { uri, shared_key });
        AuditConfig { age_max, archive, drop_archived: flags.has("audit-log-gc") }
    }
}
