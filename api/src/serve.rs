//! Listening, and stopping without cutting anybody off.

use crate::{Beside, State, http::request_id, routes, turn_away::Door};
use platform::app::App;
use poem::{EndpointExt as _, Server, listener::TcpAcceptor};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A connection without traffic for this long is closed.
const IDLE_MAX: Duration = Duration::from_secs(300);
/// How long running requests have to end when the server stops.
const GRACE: Duration = Duration::from_secs(20);
/// Who was let in last says within this time what it wants. From then on a connection that says nothing is closed.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Serves on an open listener until `shutdown`. Then `/readyz` says no and every answer closes its connection, for
/// `ATELIER_DRAIN_DELAY`; then it takes no more connections, lets running requests end for at most 20 s, and returns.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve(
    state: State,
    beside: Option<Beside>,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    if let Err(error) = state.app.uploads.remove_leftovers().await {
        tracing::warn!(%error, "old uploads could not be removed");
    }
    let closing = CancellationToken::new();
    let acceptor = Door::new(listener, closing.clone())?;
    let (leaving, delay) = (state.leaving.clone(), state.app.config.http.drain_delay);
    let leave = async move {
        shutdown.cancelled().await;
        leaving.cancel();
        tokio::time::sleep(delay).await;
        closing.cancel();
        tokio::time::sleep(LAST_WORDS).await;
    };
    Server::new_with_acceptor(acceptor)
        .name("atelier")
        .idle_timeout(IDLE_MAX)
        .run_with_graceful_shutdown(crate::app(&state, beside), leave, Some(GRACE))
        .await
}

/// Serves what else stands beside the API, without the API, until `shutdown`; besides it the process answers about its
/// own health.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve_alone(
    state: State,
    beside: Beside,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let acceptor = TcpAcceptor::from_tokio(listener)?;
    let routes = routes::health(&state.app, shutdown.clone()).nest(beside.path, beside.endpoint);
    Server::new_with_acceptor(acceptor)
        .name("beside")
        .idle_timeout(IDLE_MAX)
        .run_with_graceful_shutdown(routes.around(request_id::give), shutdown.cancelled_owned(), Some(GRACE))
        .await
}

/// Answers `/livez`, `/readyz` and `/metrics` of a process that has no API, until `stop`. From `leaving` on `/readyz`
/// is 503.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve_health(
    app: App,
    listener: TcpListener,
    leaving: CancellationToken,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let acceptor = TcpAcceptor::from_tokio(listener)?;
    Server::new_with_acceptor(acceptor)
        .name("health")
        .idle_timeout(IDLE_MAX)
        .run_with_graceful_shutdown(
            routes::health(&app, leaving),
            stop.cancelled_owned(),
            Some(Duration::ZERO),
        )
        .await
}
