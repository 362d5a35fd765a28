//! Downloads from addresses that users give, and calls to them, but to nothing in our own network.
//!
//! Whoever can make us ask any address could reach through us what only we can reach: metadata services of clouds,
//! databases, administration pages. So every address is looked at, those of redirects too, where the connection is
//! made and not before.

mod call;
mod error;
mod hosts;
mod networks;
mod resolver;

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Client, Response, StatusCode, redirect};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::timeout;
use url::{Host, Url};

pub use call::{CallError, Outgoing, Reply};
pub use error::FetchError;
pub use hosts::{AllowedHost, NotAHost};
pub use networks::parse_network;

use crate::uploads::Uploads;
use networks::Networks;
use resolver::Resolver;

/// The longest address, bytes: what browsers and servers take everywhere.
pub const URL_BYTES_MAX: usize = 2048;
/// Redirects followed in one download: to https, to a host, to a path.
pub const REDIRECTS_MAX: usize = 3;
/// Downloads under way at a time, the others wait: each holds a connection, a file, and perhaps a thread for names.
pub const AT_ONCE_MAX: usize = 32;
/// A server that takes longer to accept a connection is not there.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);
/// Until the header of the last answer is there, redirects and waiting for a place included: somebody waits for it.
const HEAD_TIME_MAX: Duration = Duration::from_secs(30);
/// For the body: a picture of 30 MiB over 4 Mbit/s, and little enough that slow servers cannot hold all places long.
const BODY_TIME_MAX: Duration = Duration::from_secs(60);
/// Longer media types do not exist: RFC 6838.
const MTYPE_BYTES_MAX: usize = 127;
/// What an answer without a usable type is, by RFC 9110.
const MTYPE_UNKNOWN: &str = "application/octet-stream";

/// Where downloads may go and how long they may take. The default allows the public network only.
#[derive(Clone, Debug)]
pub struct FetchSettings {
    /// Hosts that may be asked whatever their addresses are.
    pub allowed_hosts: Vec<AllowedHost>,
    /// Networks that may not be asked besides those that are not public.
    pub blocked_networks: Vec<IpNet>,
    /// The longest wait for the header of the last answer, redirects included. Default 30 s.
    pub head_time_max: Duration,
    /// The longest wait for the body after that. Default 60 s.
    pub body_time_max: Duration,
}

impl Default for FetchSettings {
    fn default() -> FetchSettings {
        FetchSettings {
            allowed_hosts: vec![],
            blocked_networks: vec![],
            head_time_max: HEAD_TIME_MAX,
            body_time_max: BODY_TIME_MAX,
        }
    }
}

/// Downloads. Cheap to clone; clones share the clients and the limit of [`AT_ONCE_MAX`].
#[derive(Clone, Debug)]
pub struct Fetcher {
    inner: Arc<Inner>,
}

/// The clients are made when first needed: reading the certificates takes time and memory, and a machine without any
/// should start all the same.
#[derive(Debug)]
struct Inner {
    allowed_hosts: Vec<AllowedHost>,
    networks: Arc<Networks>,
    head_time_max: Duration,
    body_time_max: Duration,
    places: Semaphore,
    /// Calls have their own: downloads take longer.
    calls: Semaphore,
    /// Connects to public addresses only.
    guarded: OnceCell<Client>,
    /// Connects to any, for allowed hosts: a resolver sees no port, so it cannot tell them from others.
    unguarded: OnceCell<Client>,
}

/// What was downloaded.
#[derive(Debug)]
pub struct Fetched {
    /// The bytes, to be read from the start; removed when it is dropped.
    pub file: NamedTempFile,
    /// How many bytes there are.
    pub size: u64,
    /// The media type as the other side says, lower case, without parameters; `application/octet-stream` when it
    /// says nothing sensible.
    pub mtype: String,
}

/// Server and port of an address, as it is asked; none when it cannot be.
pub fn host_and_port(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

impl Fetcher {
    /// Opens nothing yet.
    pub fn new(settings: FetchSettings) -> Fetcher {
        let inner = Inner {
            allowed_hosts: settings.allowed_hosts,
            networks: Arc::new(Networks::new(settings.blocked_networks)),
            head_time_max: settings.head_time_max,
            body_time_max: settings.body_time_max,
            places: Semaphore::new(AT_ONCE_MAX),
            calls: Semaphore::new(call::CALLS_AT_ONCE_MAX),
            guarded: OnceCell::new(),
            unguarded: OnceCell::new(),
        };
        Fetcher { inner: Arc::new(inner) }
    }

    /// Downloads what is at `url` (http or https, at most [`URL_BYTES_MAX`] bytes, without a user name) into a new
    /// file of `uploads`. At most [`REDIRECTS_MAX`] redirects are followed. `check` says whether a media type (lower
    /// case, without parameters) is wanted; it is asked before the body is read. Takes at most the two times of
    /// [`FetchSettings`].
    ///
    /// # Errors
    /// See [`FetchError`]. Nothing is kept.
    pub async fn get(
        &self,
        url: &str,
        uploads: &Uploads,
        check: impl Fn(&str) -> bool,
        bytes_max: u64,
    ) -> Result<Fetched, FetchError> {
        let late = |_| FetchError::failed("no answer in time");
        let head = async {
            let place = self.inner.places.acquire().await.expect("it is never closed");
            Ok::<_, FetchError>((place, self.head(url).await?))
        };
        let (_place, response) = timeout(self.inner.head_time_max, head).await.map_err(late)??;
        let size = size(response.headers()).ok_or(FetchError::UnknownSize)?;
        let mtype = mtype(response.headers());
        if !check(&mtype) {
            return Err(FetchError::NotAllowedType { mtype });
        }
        if size > bytes_max {
            return Err(FetchError::TooLarge { bytes_max });
        }
        let file = timeout(self.inner.body_time_max, save(response, size, uploads)).await.map_err(late)??;
        Ok(Fetched { file, size, mtype })
    }

    /// Asks once: no redirect is followed, nothing is tried again.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn call(&self, outgoing: Outgoing<'_>) -> Result<Reply, CallError> {
        let time_max = outgoing.time_max;
        // Nobody who is asked is to blame for that.
        let _place = self.inner.calls.acquire().await.expect("it is never closed");
        let asked = async {
            let url = parse(outgoing.url).map_err(|_| CallError::InvalidAddress)?;
            let client = self.client(&url).await.map_err(|error| match error {
                FetchError::Blocked { .. } => CallError::NotPublic,
                _ => CallError::Connection,
            })?;
            call::ask(client, url, outgoing).await
        };
        timeout(time_max, asked).await.map_err(|_| CallError::Timeout)?
    }

    /// The first answer that is no redirect, when it is a good one.
    async fn head(&self, url: &str) -> Result<Response, FetchError> {
        let mut url = parse(url)?;
        for _ in 0..=REDIRECTS_MAX {
            let client = self.client(&url).await?;
            let response = client.get(url.clone()).header(ACCEPT_ENCODING, "identity").send().await?;
            match response.status() {
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => url = next(&url, response.headers())?,
                status if status.is_success() => return plain(response),
                status => return Err(FetchError::failed(format!("the answer is {}", status.as_u16()))),
            }
        }
        Err(FetchError::failed(format!("more than {REDIRECTS_MAX} redirects")))
    }

    /// The client that may ask this address.
    async fn client(&self, url: &Url) -> Result<&Client, FetchError> {
        let inner = &self.inner;
        if inner.allowed_hosts.iter().any(|host| host.is_of(url)) {
            return inner.unguarded.get_or_try_init(|| connect(None)).await;
        }
        // The client asks no resolver for these.
        let public = match url.host() {
            Some(Host::Ipv4(address)) => inner.networks.is_public(address.into()),
            Some(Host::Ipv6(address)) => inner.networks.is_public(address.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        };
        if !public {
            return Err(FetchError::not_public());
        }
        let networks = inner.networks.clone();
        inner.guarded.get_or_try_init(|| connect(Some(Resolver::new(networks)))).await
    }
}

/// A client that does nothing by itself: no redirects, proxies, cookies, retries, unpacking or kept connections.
async fn connect(resolver: Option<Resolver>) -> Result<Client, FetchError> {
    let made = tokio::task::spawn_blocking(move || {
        // Refused when another provider is installed already, which then serves just as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .user_agent("atelier")
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            // One framing to reason about, and the only one in which a length is always binding.
            .http1_only()
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT_TIME_MAX);
        match resolver {
            Some(resolver) => builder.dns_resolver(resolver).build(),
            None => builder.build(),
        }
    });
    Ok(made.await.map_err(std::io::Error::other)??)
}

/// An address that is fit for being asked, as far as its text tells.
fn parse(text: &str) -> Result<Url, FetchError> {
    if text.len() > URL_BYTES_MAX {
        return Err(FetchError::too_long());
    }
    fit(Url::parse(text).map_err(|_| FetchError::failed("the address is malformed"))?)
}

/// Where a redirect leads.
fn next(from: &Url, headers: &HeaderMap) -> Result<Url, FetchError> {
    let nowhere = || FetchError::failed("a redirect leads nowhere");
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok()).ok_or_else(nowhere)?;
    fit(from.join(location).map_err(|_| nowhere())?)
}

fn fit(url: Url) -> Result<Url, FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::blocked("it starts with neither http nor https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::blocked("it holds a user name or a password"));
    }
    // Once more: resolving and escaping make addresses longer.
    if url.as_str().len() > URL_BYTES_MAX {
        return Err(FetchError::too_long());
    }
    Ok(url)
}

/// Refuses packed bodies, which would be neither what the type says nor as long as they seem.
fn plain(response: Response) -> Result<Response, FetchError> {
    let encoding = text(response.headers(), CONTENT_ENCODING).unwrap_or("identity");
    if encoding.trim().eq_ignore_ascii_case("identity") {
        Ok(response)
    } else {
        Err(FetchError::failed("the answer is packed although that was not asked for"))
    }
}

fn size(headers: &HeaderMap) -> Option<u64> {
    let digits = text(headers, CONTENT_LENGTH)?.trim();
    // The parser of numbers takes a sign.
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn mtype(headers: &HeaderMap) -> String {
    let whole = text(headers, CONTENT_TYPE).unwrap_or_default();
    let mtype = whole.split(';').next().unwrap_or_default().trim();
    let token = |part: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !part.is_empty() && part.bytes().all(plain)
    };
    let sensible = mtype.len() <= MTYPE_BYTES_MAX
        && mtype.split_once('/').is_some_and(|(kind, name)| token(kind) && token(name));
    if sensible { mtype.to_ascii_lowercase() } else { MTYPE_UNKNOWN.to_owned() }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Writes the body to a file, `size` bytes and no other number. That is at most what is allowed.
async fn save(mut response: Response, size: u64, uploads: &Uploads) -> Result<NamedTempFile, FetchError> {
    let file = uploads.file().await?;
    // A handle of its own, so that the one that is given away stands at the start.
    let mut writer = tokio::fs::File::from_std(file.reopen()?);
    let mut written = 0;
    while let Some(bytes) = response.chunk().await? {
        written += bytes.len() as u64;
        if written > size {
            return Err(FetchError::failed("more bytes came than were announced"));
        }
        writer.write_all(&bytes).await?;
    }
    if written < size {
        return Err(FetchError::failed("fewer bytes came than were announced"));
    }
    writer.flush().await?;
    Ok(file)
}

#[cfg(test)]
mod tests;
