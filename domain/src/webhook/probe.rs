//! Asking the server behind an address whether it is there, before it becomes a webhook.

use super::delivery::{code_of, code_of_status, is_good, user_agent};
use crate::error::{Error, Result};
use platform::fetch::{Fetcher, Outgoing};
use std::time::Duration;

/// The answer must be there within this time: somebody waits for it.
const TIME_MAX: Duration = Duration::from_secs(3);

/// Asks for the head of what is there.
///
/// # Errors
/// `webhook-validation`; its hint is a code that says why, such as `unexpected-status:404`.
pub async fn probe(fetcher: &Fetcher, uri: &str) -> Result<()> {
    let headers = vec![("user-agent", user_agent())];
    let asked = fetcher.call(Outgoing { url: uri, body: None, headers, time_max: TIME_MAX }).await;
    let code = match asked {
        Ok(reply) if is_good(reply.status) => return Ok(()),
        Ok(reply) => code_of_status(reply.status),
        Err(error) => code_of(error),
    };
    Err(Error::validation("webhook-validation").hint(code))
}
