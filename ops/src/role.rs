//! What a long-running process does: answers, works, or both, until it is asked to stop.

use anyhow::{Context as _, Result, bail};
use jobs::worker::WorkerConfig;
use platform::app::App;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    database::Database,
    installation::close_pool,
    output,
    settings::Settings,
    signals::{Signals, Stop},
};

/// Everything that a role has made ready.
pub(crate) struct Prepared {
    /// The drivers.
    pub(crate) app: App,
    /// Their database.
    pub(crate) database: Database,
    /// Where to answer, if at all.
    pub(crate) api: Option<TcpListener>,
    /// What to work on, if anything.
    pub(crate) worker: Option<WorkerConfig>,
    /// Where everything is, for people.
    pub(crate) whereabouts: String,
}

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

/// Prepares, says where everything is and `ready`, then serves and works until a signal comes. Then lets running
/// requests and jobs end; at a second signal, at once. A signal while preparing ends that.
///
/// # Errors
/// It could not be prepared, or one of the parts broke down, the private database among them.
pub(crate) async fn run(prepare: impl Future<Output = Result<Prepared>>) -> Result<()> {
    let mut signals = Signals::listen()?;
    let prepared = tokio::select! {
        prepared = prepare => prepared?,
        _ = signals.next() => bail!("stopped while starting"),
    };
    let Prepared { app, mut database, api, worker, whereabouts } = prepared;
    output::print(&whereabouts)?;
    let done = tokio::select! {
        done = work(&app, api, worker, &mut signals) => done,
        died = database.died() => Err(anyhow::anyhow!(died)),
    };
    close_pool(&app).await;
    let closed = database.stop().await;
    done.and(closed)
}

async fn work(
    app: &App,
    api: Option<TcpListener>,
    worker: Option<WorkerConfig>,
    signals: &mut Signals,
) -> Result<()> {
    let shutdown = CancellationToken::new();
    let mut parts: JoinSet<Result<()>> = JoinSet::new();
    if let Some(listener) = api {
        let (app, stop) = (app.clone(), shutdown.clone());
        parts.spawn(async move {
            api::serve(api::State::new(app), listener, stop).await.context("the API ended")
        });
    }
    if let Some(config) = worker {
        let (app, stop) = (app.clone(), shutdown.clone());
        parts.spawn(async move { jobs::worker::run(app, config, stop).await.context("the worker ended") });
    }
    output::print("ready\n")?;
    let first = tokio::select! {
        _ = signals.next() => Ok(()),
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
        Stop = signals.next() => {
            tracing::warn!("stopping at once; jobs that run are started again by another worker");
            signals.let_them_end_the_process();
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
