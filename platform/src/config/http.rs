//! How the outside reaches us.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use url::Url;

use super::variables::Variables;

/// The HTTP server.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// `PENPOT_HTTP_SERVER_HOST`: the address to listen on. Default 127.0.0.1.
    pub host: IpAddr,
    /// `PENPOT_HTTP_SERVER_PORT`: the port to listen on; 0 takes a free one. Default 6060.
    pub port: u16,
    /// `PENPOT_HTTP_SERVER_MAX_BODY_SIZE`: the largest request, bytes. Default 350 MiB.
    pub body_bytes_max: u64,
    /// `PENPOT_PUBLIC_URI`: the address people use; links in mails start with it.
    pub public_uri: Url,
    /// `ATELIER_REQUEST_TIMEOUT`: a request that takes longer is given up. Default 5 minutes.
    pub request_timeout: Duration,
    /// `ATELIER_DRAIN_DELAY`: how long a process that was told to stop goes on taking calls, while `/readyz` says no
    /// and every answer closes its connection. Default 0.
    pub drain_delay: Duration,
    /// `PENPOT_ASSETS_PATH`: where a front server finds the blob directory; we then answer
    /// `x-accel-redirect` instead of bytes. Default: none, we send the bytes.
    pub assets_path: Option<String>,
    /// `ATELIER_PUBLIC_FILE_MEDIA`: pictures in files are read by everyone who knows their id, as Penpot has it.
    /// Default false: by those who may look at the file.
    pub public_file_media: bool,
    /// `ATELIER_TRUST_PROXY`: how many proxies stand before us, each of which adds whom it serves to `X-Forwarded-For`.
    /// Default 0: the header is not looked at.
    pub trusted_proxies: usize,
    /// `PENPOT_ALLOWED_ORIGINS`: who may call from other sites when the flag `cors` is on.
    pub allowed_origins: Vec<String>,
}

const PORT: u16 = 6060;
const BODY_BYTES_MAX: u64 = 350 * 1024 * 1024;
const REQUEST_TIMEOUT: Duration = Duration::from_secs(300);

impl HttpConfig {
    pub(super) fn read(vars: &mut Variables) -> HttpConfig {
        let host = vars
            .var(
                "PENPOT_HTTP_SERVER_HOST",
                "The address to listen on; 0.0.0.0 is every network of this machine.",
            )
            .parsed(IpAddr::V4(Ipv4Addr::LOCALHOST), "an IP address", IpAddr::to_string, |text| {
                if text == "localhost" { Some(IpAddr::V4(Ipv4Addr::LOCALHOST)) } else { text.parse().ok() }
            });
        let port = vars
            .var("PENPOT_HTTP_SERVER_PORT", "The port to listen on; 0 takes a free one.")
            .number(PORT, 0..=65535);
        let local = Url::parse(&format!("http://localhost:{port}")).ok();
        let uri = vars
            .var(
                "PENPOT_PUBLIC_URI",
                "The address people use in their browser; links in mails start with it.",
            )
            .optional_url(local);
        HttpConfig {
            host,
            port,
            body_bytes_max: vars
                .var("PENPOT_HTTP_SERVER_MAX_BODY_SIZE", "The largest request body, bytes.")
                .number(BODY_BYTES_MAX, 1024..=1 << 40),
            public_uri: uri.expect("the default is an address"),
            request_timeout: vars
                .var("ATELIER_REQUEST_TIMEOUT", "A request that takes longer is given up.")
                .duration(REQUEST_TIMEOUT),
            drain_delay: vars
                .var(
                    "ATELIER_DRAIN_DELAY",
                    "How long a process that was told to stop still takes calls, so that front servers can turn away.",
                )
                .duration(Duration::ZERO),
            assets_path: vars
                .var(
                    "PENPOT_ASSETS_PATH",
                    "Where a front server finds the blobs (x-accel-redirect); unset: we send them.",
                )
                .optional_text(),
            public_file_media: vars
                .var(
                    "ATELIER_PUBLIC_FILE_MEDIA",
                    "Whether everyone who knows the id of a picture may see it, as old front ends need for shared \
                     links.",
                )
                .boolean(false),
            trusted_proxies: vars
                .var(
                    "ATELIER_TRUST_PROXY",
                    "How many proxies stand before us that add to X-Forwarded-For; 0: the header is ignored.",
                )
                .number(0, 0..=16),
            allowed_origins: vars
                .var("PENPOT_ALLOWED_ORIGINS", "Other sites that may call us when the flag cors is on.")
                .words(),
        }
    }
}
