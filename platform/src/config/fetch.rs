//! Where downloads from addresses that users give may go.

use std::str::FromStr;

use ipnet::IpNet;

use super::variables::{Variables, words};
use crate::fetch::{AllowedHost, parse_network};

/// Downloads from addresses that users give.
#[derive(Clone, Debug)]
pub struct FetchConfig {
    /// `PENPOT_SSRF_ALLOWED_HOSTS`: hosts of our own network that users may download from. Default none.
    pub allowed_hosts: Vec<AllowedHost>,
    /// `PENPOT_SSRF_EXTRA_BLOCKED_CIDRS`: public networks that users may not download from. Default none.
    pub blocked_networks: Vec<IpNet>,
}

impl FetchConfig {
    pub(super) fn read(vars: &mut Variables) -> FetchConfig {
        FetchConfig {
            allowed_hosts: vars
                .var(
                    "PENPOT_SSRF_ALLOWED_HOSTS",
                    "Hosts that may be downloaded from although they are in our own network.",
                )
                .parsed(
                    vec![],
                    "host names or IP addresses, each with or without a port, such as files.internal:8080; \
                     no wildcards",
                    |hosts| show(hosts),
                    |text| words(text).iter().map(|word| AllowedHost::from_str(word).ok()).collect(),
                ),
            blocked_networks: vars
                .var(
                    "PENPOT_SSRF_EXTRA_BLOCKED_CIDRS",
                    "Networks that are never downloaded from, besides those that are not public.",
                )
                .parsed(
                    vec![],
                    "networks such as 198.18.0.0/15 or 2001:db8::/32",
                    |networks| show(networks),
                    |text| words(text).iter().map(|word| parse_network(word)).collect(),
                ),
        }
    }
}

fn show<T: ToString>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
}
