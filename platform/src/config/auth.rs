//! Who gets in.

use std::path::PathBuf;
use std::time::Duration;

use super::flags::Flags;
use super::secret::Secret;
use super::variables::Variables;

/// Sessions, tokens and registration.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// `PENPOT_AUTH_TOKEN_COOKIE_NAME`. Default auth-token.
    pub cookie_name: String,
    /// `PENPOT_AUTH_TOKEN_COOKIE_MAX_AGE`: how long a session lives unused. Default 7 days.
    pub cookie_max_age: Duration,
    /// `ATELIER_SESSION_AGE_MAX`: how long a session lives however much it is used. Default 30 days.
    pub session_age_max: Duration,
    /// `PENPOT_SECRET_KEY`: sessions and tokens are made from it. Without it they end with the process.
    pub secret_key: Option<Secret>,
    /// `PENPOT_EMAIL_VERIFY_THRESHOLD`: the pause before another verification mail. Default 15 minutes.
    pub email_verify_threshold: Duration,
    /// `PENPOT_REGISTRATION_DOMAIN_WHITELIST`: the mail domains that may register, lower case; empty: all.
    pub domain_whitelist: Vec<String>,
    /// `PENPOT_EMAIL_DOMAIN_WHITELIST`: a file with more of them; `None` when the flag email-whitelist is off.
    pub whitelist_file: Option<PathBuf>,
    /// `PENPOT_EMAIL_DOMAIN_BLACKLIST`: a file with mail domains that may not register; `None` when the flag
    /// email-blacklist is off.
    pub blacklist_file: Option<PathBuf>,
}

const COOKIE_MAX_AGE: Duration = Duration::from_secs(7 * 24 * 3600);
const SESSION_AGE_MAX: Duration = Duration::from_secs(30 * 24 * 3600);
const EMAIL_VERIFY_THRESHOLD: Duration = Duration::from_secs(15 * 60);

impl AuthConfig {
    pub(super) fn read(vars: &mut Variables, flags: &Flags) -> AuthConfig {
        let cookie_name =
            vars.var("PENPOT_AUTH_TOKEN_COOKIE_NAME", "The name of the session cookie.").parsed(
                "auth-token".to_owned(),
                "1 to 64 letters, digits, dashes or underscores",
                String::clone,
                |text| is_name(text).then(|| text.to_owned()),
            );
        let domains = vars
            .var("PENPOT_REGISTRATION_DOMAIN_WHITELIST", "The mail domains that may register; unset: all.")
            .words();
        let whitelist_file = list(vars, flags, "email-whitelist", WHITELIST);
        let blacklist_file = list(vars, flags, "email-blacklist", BLACKLIST);
        AuthConfig {
            cookie_name,
            cookie_max_age: vars
                .var("PENPOT_AUTH_TOKEN_COOKIE_MAX_AGE", "How long a session lives without being used.")
                .duration(COOKIE_MAX_AGE),
            session_age_max: vars
                .var("ATELIER_SESSION_AGE_MAX", "How long a session lives however much it is used.")
                .duration(SESSION_AGE_MAX),
            secret_key: vars
                .var("PENPOT_SECRET_KEY", "Sessions and tokens are made from it; changing it ends them all.")
                .optional_secret(),
            email_verify_threshold: vars
                .var(
                    "PENPOT_EMAIL_VERIFY_THRESHOLD",
                    "The pause before another verification mail to one address.",
                )
                .duration(EMAIL_VERIFY_THRESHOLD),
            domain_whitelist: domains.into_iter().map(|domain| domain.to_lowercase()).collect(),
            whitelist_file,
            blacklist_file,
        }
    }
}

/// The name of a variable and what it means.
type Named = (&'static str, &'static str);

const WHITELIST: Named = (
    "PENPOT_EMAIL_DOMAIN_WHITELIST",
    "A file with mail domains that may register, one a line, when the flag email-whitelist is on.",
);
const BLACKLIST: Named = (
    "PENPOT_EMAIL_DOMAIN_BLACKLIST",
    "A file with mail domains that may not register, one a line, when the flag email-blacklist is on.",
);

/// The file of a list whose flag is on: a list that is asked for and not there would let everybody in.
fn list(vars: &mut Variables, flags: &Flags, flag: &str, (name, meaning): Named) -> Option<PathBuf> {
    let file = vars.var(name, meaning).optional_path();
    if !flags.has(flag) {
        return None;
    }
    if file.is_none() {
        let should = format!("the path of a file, because PENPOT_FLAGS has enable-{flag}");
        vars.refuse(name, &should, None);
    }
    file
}

/// Safe in a cookie and in a Redis channel.
pub(super) fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (1..=64).contains(&text.len()) && text.chars().all(allowed)
}
