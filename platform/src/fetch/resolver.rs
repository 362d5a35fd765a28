//! Resolves names, and refuses those that lead anywhere but the public network.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::networks::Networks;

/// The resolver of the HTTP client itself: what it gives out is what the client connects to, so a name cannot stand
/// for one address when it is checked and for another one afterwards.
#[derive(Debug)]
pub(super) struct Resolver {
    networks: Arc<Networks>,
}

/// The name leads to an address that is not public.
#[derive(Debug, thiserror::Error)]
#[error("the name does not stand for public addresses only")]
pub(super) struct NotPublic;

impl Resolver {
    pub(super) fn new(networks: Arc<Networks>) -> Resolver {
        Resolver { networks }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let networks = self.networks.clone();
        Box::pin(async move {
            // The client puts its port in place of 0.
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            check(&networks, &found)?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// One bad address refuses them all: no public service mixes them, only who tries to get in does.
pub(super) fn check(networks: &Networks, found: &[SocketAddr]) -> Result<(), NotPublic> {
    let public = found.iter().all(|address| networks.is_public(address.ip()));
    if public { Ok(()) } else { Err(NotPublic) }
}
