//! A failure's one line in the log, and its count.

use super::error::Error;
use platform::metrics::names;

/// Tells of a call that failed, where that is answered.
pub fn report(method: &str, error: &Error) {
    let (code, status) = (error.code(), error.fault().status().as_u16());
    let ours = error.fault().is_ours();
    let fault = if ours { "server" } else { "caller" };
    metrics::counter!(names::RPC_ERRORS, "code" => code, "fault" => fault).increment(1);
    if ours {
        tracing::error!(method, code, status, reason = %error.chain(), "call failed");
    } else {
        tracing::debug!(method, code, status, reason = %error.chain(), "call refused");
    }
}
