//! Listening, and stopping without cutting anybody off.

mod body;
mod connection;
mod limits;
mod linger;
mod paced;
mod server;
mod socket;
#[cfg(test)]
mod tests;
mod unread;

use crate::{Mount, State, http::request_id, routes};
use limits::Limits;
use platform::app::App;
use poem::EndpointExt as _;
use server::{Server, Stages};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long running requests have to end when the server stops.
const GRACE: Duration = Duration::from_secs(20);

/// Serves on an open listener until `shutdown`. Then `/readyz` says no and every answer closes its connection, for
/// `ATELIER_DRAIN_DELAY`; then it takes no more connections, lets running requests end for at most 20 s, and returns.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve(
    state: State,
    mount: Option<Mount>,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    if let Err(error) = state.app.uploads.remove_leftovers().await {
        tracing::warn!(%error, "old uploads could not be removed");
    }
    let closing = CancellationToken::new();
    let stages = Stages { draining: state.draining.clone(), closing: closing.clone(), grace: GRACE };
    let server = Server::new("atelier", listener, stages, Limits::of(&state.app.config))?;
    let stop = async {
        shutdown.cancelled().await;
        state.draining.cancel();
        tokio::time::sleep(state.app.config.http.drain_delay).await;
        closing.cancel();
    };
    tokio::join!(server.run(crate::app(&state, mount)), stop);
    Ok(())
}

/// Serves what is mounted beside the API, without the API, until `shutdown`; besides it the process answers about its
/// own health.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve_alone(
    state: State,
    mount: Mount,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let routes = routes::health(&state.app, shutdown.clone()).nest(mount.path, mount.endpoint);
    let stages = Stages { draining: shutdown.clone(), closing: shutdown, grace: GRACE };
    let server = Server::new("mount", listener, stages, Limits::of(&state.app.config))?;
    server.run(routes.around(request_id::give)).await;
    Ok(())
}

/// Answers `/livez`, `/readyz` and `/metrics` of a process that has no API, until `stop`. From `draining` on `/readyz`
/// is 503.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve_health(
    app: App,
    listener: TcpListener,
    draining: CancellationToken,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let stages = Stages { draining: stop.clone(), closing: stop, grace: Duration::ZERO };
    let server = Server::new("health", listener, stages, Limits::of(&app.config))?;
    server.run(routes::health(&app, draining).around(request_id::give)).await;
    Ok(())
}
