//! What a long-running process does: answers, works, or both, until it is asked to stop.

use anyhow::{Context as _, Result};
use jobs::worker::WorkerConfig;
use platform::app::App;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{output, settings::Settings, signals::Signals};

/// Takes the configured address before anything else is done, so that a taken port is told at once. With port 0 the
/// settings then have the one that was free.
///
/// # Errors
/// The address cannot be listened on.
pub(crate) async fn listen(settings: Settings) -> Result<(Settings, TcpListener)> {
    let (host, port) = (settings.config.http.host, settings.config.http.port);
    let listener = TcpListener::bind((host, port)).await;
    let listener = listener.with_context(|| format!("{host} port {port} cannot be listened on"))?;
    let bound = listener.local_addr()?.port();
    let settings = if port == bound { settings } else { settings.with_port(bound)? };
    Ok((settings, listener))
}

/// Says `ready`, then serves (with a listener) and works (with slots) until a signal comes. Then lets running
/// requests and jobs end; at a second signal, at once.
///
/// # Errors
/// One of the parts could not start or broke down; the others are stopped then.
pub(crate) async fn run(app: &App, api: Option<TcpListener>, worker: Option<WorkerConfig>) -> Result<()> {
    let mut signals = Signals::listen()?;
    let shutdown = CancellationToken::new();
    let mut parts: JoinSet<Result<()>> = JoinSet::new();
    if let Some(listener) = api {
        let (app, stop) = (app.clone(), shutdown.clone());
        parts.spawn(async move {
            let state = api::State { waker: jobs::Waker::start(&app), app };
            api::serve(state, listener, stop).await.context("the API ended")
        });
    }
    if let Some(config) = worker {
        let (app, stop) = (app.clone(), shutdown.clone());
        parts.spawn(async move { jobs::worker::run(app, config, stop).await.context("the worker ended") });
    }
    output::print("ready\n")?;
    let first = tokio::select! {
        () = signals.next() => Ok(()),
        ended = parts.join_next() => result_of(ended),
    };
    tracing::info!("stopping: running requests and jobs may end; a second signal stops at once");
    shutdown.cancel();
    let rest = async {
        let mut all = Ok(());
        while let Some(ended) = parts.join_next().await {
            all = all.and(result_of(Some(ended)));
        }
        all
    };
    let rest = tokio::select! {
        ended = rest => ended,
        () = signals.next() => {
            tracing::warn!("stopping at once; jobs that run are started again by another worker");
            Ok(())
        }
    };
    parts.abort_all();
    first.and(rest)
}

fn result_of(ended: Option<Result<Result<()>, tokio::task::JoinError>>) -> Result<()> {
    match ended {
        Some(Ok(result)) => result,
        Some(Err(error)) => Err(error).context("a part of the process broke down"),
        None => Ok(()),
    }
}
