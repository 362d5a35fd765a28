//! Calls to addresses that users give: a few bytes go out, and of the answer its status counts.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response};
use url::Url;

use super::resolver::NotPublic;

/// Calls under way at a time, the others wait, and their time begins after that.
pub(super) const CALLS_AT_ONCE_MAX: usize = 128;
/// Bytes of an answer that are read, for people: the rest is left unread.
const EXCERPT_BYTES_MAX: usize = 1024;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// Where: http or https, without a user name.
    pub url: &'a str,
    /// None asks for nothing but a head.
    pub body: Option<Vec<u8>>,
    /// Headers, by lower-case names.
    pub headers: Vec<(&'static str, String)>,
    /// The answer must be there within this time, what is read of its body included.
    pub time_max: Duration,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// How the body begins, as far as it is text that can be shown: one line, at most 1024 bytes of it were read.
    pub excerpt: String,
}

/// Why there is no answer. What was asked may have been done all the same, unless the address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// It is no address that can be asked.
    #[error("the address cannot be used")]
    InvalidAddress,
    /// It leads into a network that is not public.
    #[error("the address is not a public one")]
    NotPublic,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The certificate, or what else belongs to TLS, is not right.
    #[error("no trusted encrypted connection")]
    Tls,
    /// No connection, or one that broke off.
    #[error("no connection, or it broke off")]
    Connection,
}

/// Asks through a client that may ask this address.
pub(super) async fn ask(client: &Client, url: Url, outgoing: Outgoing<'_>) -> Result<Reply, CallError> {
    let mut headers = HeaderMap::new();
    for (name, value) in outgoing.headers {
        let value = HeaderValue::from_str(&value).expect("our own headers are plain text");
        headers.insert(HeaderName::from_static(name), value);
    }
    let method = if outgoing.body.is_some() { Method::POST } else { Method::HEAD };
    let request = client.request(method, url).headers(headers).body(outgoing.body.unwrap_or_default());
    let response = request.send().await.map_err(|error| of_request(&error))?;
    Ok(Reply { status: response.status().as_u16(), excerpt: excerpt(response).await })
}

/// What is wrong with the body does not matter: the status was there.
async fn excerpt(mut response: Response) -> String {
    let mut bytes = vec![];
    while bytes.len() < EXCERPT_BYTES_MAX
        && let Ok(Some(piece)) = response.chunk().await
    {
        bytes.extend_from_slice(&piece[..piece.len().min(EXCERPT_BYTES_MAX - bytes.len())]);
    }
    let text = String::from_utf8_lossy(&bytes);
    let words: Vec<String> = text.split_whitespace().map(shown).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn shown(word: &str) -> String {
    word.chars().filter(|c| !c.is_control()).collect()
}

fn of_request(error: &reqwest::Error) -> CallError {
    let mut cause = error.source();
    while let Some(found) = cause {
        let inner = innermost(found);
        if inner.is::<NotPublic>() {
            return CallError::NotPublic;
        }
        if inner.is::<rustls::Error>() {
            return CallError::Tls;
        }
        cause = found.source();
    }
    if error.is_timeout() { CallError::Timeout } else { CallError::Connection }
}

/// Errors of the system hide the one inside them from those who walk along the causes.
fn innermost<'a>(mut error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    while let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        error = inner;
    }
    error
}
