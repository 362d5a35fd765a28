//! Whose addresses may be used here: lists of mail domains that an operator keeps.

use crate::error::{Error, Result};
use platform::app::App;
use std::io;
use std::path::Path;
use tokio::io::AsyncReadExt as _;

/// The largest file of domains that is read.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Refuses an address, clean already, of a domain that may not be used: one that is on the black list or below a domain
/// of it, or, when there is a white list, one that is not on that. The files are read each time, so that an operator
/// who changes them need not start anything again.
///
/// # Errors
/// `email-domain-is-not-allowed`. A list that cannot be read lets nobody in.
pub(crate) async fn check(app: &App, email: &str) -> Result<()> {
    let auth = &app.config.auth;
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    if let Some(file) = &auth.blacklist_file
        && has(&read(file).await?, |entry| is_within(domain, entry))
    {
        return Err(refused());
    }
    if auth.domain_whitelist.is_empty() && auth.whitelist_file.is_none() {
        return Ok(());
    }
    if auth.domain_whitelist.iter().any(|entry| entry == domain) {
        return Ok(());
    }
    match &auth.whitelist_file {
        Some(file) if has(&read(file).await?, |entry| entry == domain) => Ok(()),
        _ => Err(refused()),
    }
}

/// Whether a line of a list says so. Lines are domains in any case; `#` begins a comment.
fn has(list: &str, says: impl Fn(&str) -> bool) -> bool {
    let entries = list.lines().map(|line| line.split('#').next().unwrap_or_default().trim().to_lowercase());
    entries.filter(|entry| !entry.is_empty()).any(|entry| says(&entry))
}

/// Whether a domain is another one or lies below it.
fn is_within(domain: &str, whole: &str) -> bool {
    domain.strip_suffix(whole).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

async fn read(file: &Path) -> Result<String> {
    let unreadable = |error: io::Error| {
        let message = format!("the list of mail domains {} cannot be read: {error}", file.display());
        Error::platform(io::Error::new(error.kind(), message))
    };
    let opened = tokio::fs::File::open(file).await.map_err(unreadable)?;
    let mut text = String::new();
    let read = opened.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).await.map_err(unreadable)?;
    if read as u64 > FILE_BYTES_MAX {
        return Err(unreadable(io::Error::other("it has more than 16 MiB")));
    }
    Ok(text)
}

fn refused() -> Error {
    Error::restriction("email-domain-is-not-allowed").hint("addresses of this domain may not be used here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_and_what_lies_below_it() {
        let list = "# throwaway\n\nMailinator.com # the best known\n  trash.net\n#example.com\n";
        for (domain, expected) in [
            ("mailinator.com", true),
            ("a.b.mailinator.com", true),
            ("notmailinator.com", false),
            ("trash.net", true),
            ("net", false),
            ("example.com", false),
        ] {
            assert_eq!(has(list, |entry| is_within(domain, entry)), expected, "{domain}");
        }
        assert!(!has(list, |entry| entry == "a.trash.net"), "exactly");
    }
}
