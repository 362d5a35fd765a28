//! Hosts that an operator allows although their addresses are not public.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use url::{Host, Url};

/// One host, on one port or on all. Names are compared as a whole and without regard to case; what they stand for is
/// not looked at, so an allowed address allows no name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    host: Host,
    port: Option<u16>,
}

/// The text names no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("should be a host name or an IP address, with or without a port")]
pub struct NotAHost;

impl AllowedHost {
    /// Whether the address leads to this host and port.
    pub(super) fn is_of(&self, url: &Url) -> bool {
        let port = self.port.is_none_or(|port| url.port_or_known_default() == Some(port));
        port && url.host().is_some_and(|host| host.to_owned() == self.host)
    }
}

impl FromStr for AllowedHost {
    type Err = NotAHost;

    /// Reads `name`, `name:80`, `10.0.0.1`, `10.0.0.1:80`, `fd00::1`, `[fd00::1]` or `[fd00::1]:80`.
    fn from_str(text: &str) -> Result<AllowedHost, NotAHost> {
        if let Ok(address) = text.parse::<Ipv6Addr>() {
            return Ok(AllowedHost { host: Host::Ipv6(address), port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !text.ends_with(']') => {
                // The parser of numbers takes a sign, which is no part of a port.
                let digits = port.bytes().all(|byte| byte.is_ascii_digit());
                (host, Some(port.parse().ok().filter(|_| digits).ok_or(NotAHost)?))
            }
            _ => (text, None),
        };
        let host = Host::parse(host).map_err(|_| NotAHost)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        match &host {
            // Such as *.internal, which would silently allow nothing.
            Host::Domain(name) if !name.bytes().all(plain) => Err(NotAHost),
            _ => Ok(AllowedHost { host, port }),
        }
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => self.host.fmt(f),
        }
    }
}
