//! One listener and its connections. Who comes late finds it closed, and nobody finds it closing.
//!
//! A front server that keeps connections may send a call just when we close one that rests. It cannot know whether
//! that call ran, so it may not send it again. Hence connections end with an answer that says so, and are closed at
//! rest only when the front server has had time to do it itself.

use super::{
    connection::{self, Shared},
    limits::Limits,
    linger::Linger,
    unread::Unread,
};
use poem::{Endpoint, Response, web::LocalAddr};
use std::{
    io::{self, ErrorKind},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinSet, time};
use tokio_util::sync::CancellationToken;

/// Who was let in last says within this time what it wants. From then on a connection that says nothing is closed.
const FIRST_WORDS_MAX: Duration = Duration::from_millis(200);
/// When the system has no more connections to give, it is asked again after this time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How a server stops, step by step.
pub struct Stages {
    /// From here on each connection ends with its next answer.
    pub draining: CancellationToken,
    /// From here on nobody is let in, and connections at rest are closed.
    pub closing: CancellationToken,
    /// What runs then may end within this time.
    pub grace: Duration,
}

/// Serves one listener.
pub struct Server {
    name: &'static str,
    listener: TcpListener,
    address: LocalAddr,
    stages: Stages,
    limits: Limits,
}

impl Server {
    /// On an open listener; its name is for the log.
    ///
    /// # Errors
    /// The listener has no address.
    pub fn new(
        name: &'static str,
        listener: TcpListener,
        stages: Stages,
        limits: Limits,
    ) -> io::Result<Server> {
        let address = LocalAddr(listener.local_addr()?.into());
        Ok(Server { name, listener, address, stages, limits })
    }

    /// Answers everybody until it has stopped.
    pub async fn run<E: Endpoint<Output = Response> + 'static>(self, endpoint: E) {
        let Server { name, listener, address, stages, limits } = self;
        let Stages { draining, closing, grace } = stages;
        tracing::info!(name, %address, "listening");
        let ending = CancellationToken::new();
        let shared = Arc::new(Shared {
            endpoint,
            address,
            draining,
            ending: ending.clone(),
            limits,
            linger: Arc::new(Linger::new(limits)),
            unread: Unread::new(&limits),
        });
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                // Whoever stands there first, the closing after them: a connection that the system has taken and we
                // have not would be cut off.
                biased;
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        connections.spawn(connection::serve(Arc::clone(&shared), stream, peer));
                    }
                    // One that went away while it waited is nobody's fault.
                    Err(error) if is_of_one(&error) => {}
                    Err(error) => {
                        tracing::error!(name, %error, "no connection can be taken");
                        time::sleep(ACCEPT_PAUSE).await;
                    }
                },
                Some(_) = connections.join_next() => {}
                () = closing.cancelled() => break,
            }
        }
        drop(listener);
        time::sleep(FIRST_WORDS_MAX.min(grace)).await;
        ending.cancel();
        let ended = async { while connections.join_next().await.is_some() {} };
        if time::timeout(grace, ended).await.is_err() {
            tracing::warn!(name, left = connections.len(), "requests that did not end in time are cut off");
        }
        tracing::info!(name, "stopped");
    }
}

/// Whether it is about the connection that was to be taken, not about taking any.
fn is_of_one(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}
