//! Where a request comes from.

use poem::{Addr, Request};
use std::net::{IpAddr, Ipv6Addr};

/// The header that proxies add whom they serve to.
const FORWARDED: &str = "x-forwarded-for";

/// The address of whoever calls: the other end of the connection, or, behind `proxies` proxies that are trusted, whom
/// the outermost of them serves. What comes from further out is only what somebody says. None for connections without
/// an address.
pub fn of(request: &Request, proxies: usize) -> Option<IpAddr> {
    let peer = match &request.remote_addr().0 {
        Addr::SocketAddr(address) => Some(address.ip()),
        _ => None,
    };
    if proxies == 0 {
        return peer.map(|peer| peer.to_canonical());
    }
    let lines = request.headers().get_all(FORWARDED).into_iter().filter_map(|line| line.to_str().ok());
    forwarded(lines, proxies).or(peer).map(|address| address.to_canonical())
}

/// The entry that the outermost trusted proxy wrote; none when there are fewer, or when it is no address.
fn forwarded<'a>(lines: impl Iterator<Item = &'a str>, proxies: usize) -> Option<IpAddr> {
    let entries: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let entry = *entries.get(entries.len().checked_sub(proxies)?)?;
    let with_port = || entry.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    entry.trim_matches(['[', ']']).parse().ok().or_else(with_port)
}

/// What counts as one client: an IPv4 address, or the network of 64 bits that an IPv6 customer has at least.
pub fn client_key(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            Ipv6Addr::from(network).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry_of(line: &str, proxies: usize) -> Option<String> {
        forwarded(line.split('\n'), proxies).map(|address| address.to_string())
    }

    #[test]
    fn only_what_a_trusted_proxy_wrote_counts() {
        assert_eq!(entry_of("6.6.6.6, 1.2.3.4", 1).as_deref(), Some("1.2.3.4"));
        assert_eq!(entry_of("6.6.6.6, 1.2.3.4, 10.0.0.1", 2).as_deref(), Some("1.2.3.4"));
        assert_eq!(entry_of("6.6.6.6\n1.2.3.4:443", 1).as_deref(), Some("1.2.3.4"));
        assert_eq!(entry_of("[2001:db8::1]:80", 1).as_deref(), Some("2001:db8::1"));
        assert_eq!(entry_of("[2001:db8::1]", 1).as_deref(), Some("2001:db8::1"));
        assert_eq!(entry_of("1.2.3.4", 2), None);
        assert_eq!(entry_of("unknown", 1), None);
    }

    #[test]
    fn the_header_is_not_looked_at_unless_asked_for() {
        let request = Request::builder().header(FORWARDED, "1.2.3.4").finish();
        assert_eq!(of(&request, 0), None);
        assert_eq!(of(&request, 1), Some(IpAddr::from([1, 2, 3, 4])));
    }

    #[test]
    fn a_network_is_one_client() {
        let client_key = |text: &str| client_key(text.parse().expect("an address"));
        assert_eq!(client_key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(client_key("1.2.3.4"), "1.2.3.4");
    }
}
