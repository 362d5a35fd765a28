//! Which addresses belong to the public network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Everything that IANA keeps for other ends than public hosts, and what clouds answer to their guests only.
const NOT_PUBLIC_V4: &[Ipv4Net] = &[
    v4([0, 0, 0, 0], 8),        // this network; 0.0.0.0 reaches ourselves
    v4([10, 0, 0, 0], 8),       // private
    v4([100, 64, 0, 0], 10),    // shared by carriers; metadata in some clouds
    v4([127, 0, 0, 0], 8),      // loopback
    v4([168, 63, 129, 16], 32), // a public number, but the host of a guest in Azure
    v4([169, 254, 0, 0], 16),   // link-local; 169.254.169.254 hands out credentials in most clouds
    v4([172, 16, 0, 0], 12),    // private
    v4([192, 0, 0, 0], 24),     // protocol assignments; metadata in some clouds
    v4([192, 0, 2, 0], 24),     // documentation
    v4([192, 88, 99, 0], 24),   // relays into 6to4, withdrawn
    v4([192, 168, 0, 0], 16),   // private
    v4([198, 18, 0, 0], 15),    // benchmarks
    v4([198, 51, 100, 0], 24),  // documentation
    v4([203, 0, 113, 0], 24),   // documentation
    v4([224, 0, 0, 0], 4),      // multicast
    v4([240, 0, 0, 0], 4),      // reserved, broadcast
];

/// All that is given out. What lies outside is blocked without naming it: loopback, fc00::/7 with fd00:ec2::254,
/// fe80::/10, fec0::/10, ff00::/8, v4-compatible, 64:ff9b:1::/48, and what may be thought of next.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);

/// Parts of the global range that are none of the public network, or lead to an IPv4 address behind it.
const NOT_PUBLIC_V6: &[Ipv6Net] = &[
    v6([0x2001, 0, 0, 0], 23),     // protocol assignments: Teredo, benchmarks, ORCHID
    v6([0x2001, 0xdb8, 0, 0], 32), // documentation
    v6([0x2002, 0, 0, 0], 16),     // 6to4
    v6([0x3fff, 0, 0, 0], 20),     // documentation
];

/// Stands for IPv4 addresses where only IPv6 is spoken. Judged by what it stands for: blocking it whole would cut such
/// machines off from most of the network.
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0], 96);

/// Tells public addresses from others.
#[derive(Debug)]
pub(super) struct Networks {
    blocked: Vec<IpNet>,
}

impl Networks {
    /// Blocks these besides everything that is not public.
    pub(super) fn new(blocked: Vec<IpNet>) -> Networks {
        Networks { blocked }
    }

    /// Whether anybody outside could reach the same host under this address.
    pub(super) fn is_public(&self, address: IpAddr) -> bool {
        if self.blocked.iter().any(|network| network.contains(&address)) {
            return false;
        }
        match address {
            IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|network| network.contains(&address)),
            IpAddr::V6(address) => match embedded(address) {
                Some(inner) => self.is_public(inner.into()),
                None => {
                    let reserved = NOT_PUBLIC_V6.iter().any(|network| network.contains(&address));
                    GLOBAL_V6.contains(&address) && !reserved
                }
            },
        }
    }
}

/// A network as settings name it: `198.18.0.0/15`, `2001:db8::/32`, or one address. `None`: it is none.
pub fn parse_network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse().ok().map(|address: IpAddr| address.into()))
}

/// The IPv4 address that packets to this one end at.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let low = || Ipv4Addr::from_bits((address.to_bits() & u128::from(u32::MAX)) as u32);
    address.to_ipv4_mapped().or_else(|| NAT64.contains(&address).then(low))
}

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

/// From the upper half; the lower one is zero in all of the above.
const fn v6(upper: [u16; 4], prefix: u8) -> Ipv6Net {
    let [a, b, c, d] = upper;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), prefix)
}
