//! Reports to servers that the operator named, wherever they are. Addresses that users give go through
//! [`crate::fetch`] instead.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};
use reqwest::{Client, redirect};
use tokio::sync::OnceCell;
use url::Url;

/// A server that takes longer to accept a connection is not there.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);

/// Sends. Cheap to clone; clones share the client, which is made when first needed.
#[derive(Clone, Debug, Default)]
pub struct Outbound {
    client: Arc<OnceCell<Client>>,
}

/// Why nothing is known to have arrived. It may have all the same.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// No connection, no answer, or none in time.
    #[error("the server cannot be asked")]
    Http(#[source] reqwest::Error),
    /// A header cannot be sent.
    #[error("a header cannot be sent")]
    Header(#[from] InvalidHeaderValue),
    /// The client cannot be made.
    #[error("the client cannot be made")]
    Client(#[source] std::io::Error),
}

impl Outbound {
    /// Posts a body, and gives the status of the answer; what else it says is not read. Redirects are not followed:
    /// what arrives elsewhere has not arrived. Takes at most `time_max`.
    ///
    /// # Errors
    /// See [`OutboundError`].
    pub async fn post(
        &self,
        url: &Url,
        mtype: &'static str,
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
        time_max: Duration,
    ) -> Result<u16, OutboundError> {
        let mut map = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(mtype))]);
        for (name, value) in headers {
            let mut value = HeaderValue::from_str(value)?;
            value.set_sensitive(true);
            map.insert(HeaderName::from_static(name), value);
        }
        let client = self.client.get_or_try_init(client).await?;
        let sent = client.post(url.clone()).headers(map).body(body).timeout(time_max).send().await;
        Ok(sent.map_err(|error| OutboundError::Http(error.without_url()))?.status().as_u16())
    }
}

/// A client that asks servers which the operator named. Takes a while: it reads the certificates of this machine.
///
/// # Errors
/// See [`OutboundError::Client`].
pub(crate) async fn client() -> Result<Client, OutboundError> {
    // Reading the certificates takes time.
    let made = tokio::task::spawn_blocking(|| {
        // Refused when another provider is installed already, which then serves just as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::builder()
            .user_agent("atelier")
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT_TIME_MAX)
            .build()
    });
    let made = made.await.map_err(|error| OutboundError::Client(std::io::Error::other(error)))?;
    made.map_err(OutboundError::Http)
}
