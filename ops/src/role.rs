//! What a long-running process does: answers, works, or both, until it is asked to stop.

use std::{io::ErrorKind, net::SocketAddr, time::Duration};

use anyhow::{Context as _, Error, Result, bail};
use jobs::worker::WorkerConfig;
use platform::{app::App, trace::Traces};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    database::Database,
    installation::close_pool,
    output,
    settings::Settings,
    shell::{grammar::Grammar, socket::Socket},
    signals::{Signals, Stop},
};

/// In a hurry, running jobs are given back within this time, or wait for the end of their lease.
const GIVE_BACK_MAX: Duration = Duration::from_secs(3);

/// Everything that a role has made ready.
pub(crate) struct Prepared {
    /// The drivers.
    pub(crate) app: App,
    /// Their database.
    pub(crate) database: Database,
    /// Where to answer, if at all.
    pub(crate) api: Option<TcpListener>,
    /// Where to show the dashboard alone.
    pub(crate) dashboard: Option<TcpListener>,
    /// Where to tell about itself, when there is no API.
    pub(crate) health: Option<TcpListener>,
    /// What to work on, if anything.
    pub(crate) worker: Option<WorkerConfig>,
    /// The sending of traces.
    pub(crate) traces: Traces,
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
    let listener = listener.with_context(|| {
        format!("{host} port {port} cannot be listened on: stop what has it, or take another one with --port")
    })?;
    let bound = listener.local_addr()?.port();
    let settings = if port == bound { settings } else { settings.with_port(bound)? };
    Ok((settings, listener))
}

/// Takes the address where a worker tells about itself. One that was not chosen and is taken is no reason to give up:
/// several workers of a machine take a free port each.
///
/// # Errors
/// The chosen address cannot be listened on; the error names who chose it.
pub(crate) async fn listen_for_health(
    chosen: Option<SocketAddr>,
    settings: &Settings,
) -> Result<TcpListener> {
    let worker = &settings.config.worker;
    let address = chosen.unwrap_or(SocketAddr::new(worker.host, worker.port));
    let port_is_set = chosen.is_some() || settings.is_set("ATELIER_WORKER_PORT");
    let name = match chosen {
        Some(_) => "--listen",
        None if port_is_set => "ATELIER_WORKER_PORT",
        None => "ATELIER_WORKER_HOST",
    };
    let failed = |error| Error::new(error).context(format!("{name}: {address} cannot be listened on"));
    match TcpListener::bind(address).await {
        Err(error) if error.kind() == ErrorKind::AddrInUse && !port_is_set => {
            let listener = TcpListener::bind((address.ip(), 0)).await.map_err(failed)?;
            let taken = listener.local_addr()?;
            let port = address.port();
            tracing::warn!(port, %taken, "the port is taken, probably by another worker: took a free one");
            Ok(listener)
        }
        bound => bound.map_err(failed),
    }
}

/// Prepares, says where everything is and `ready`, then serves and works until a signal comes. Then lets running
/// requests and jobs end; at a second signal, gives jobs back and ends at once. A signal while preparing ends that.
///
/// # Errors
/// It could not be prepared, or one of the parts broke down, the private database among them.
pub(crate) async fn run(grammar: Grammar, prepare: impl Future<Output = Result<Prepared>>) -> Result<()> {
    let mut signals = Signals::listen()?;
    let prepared = tokio::select! {
        prepared = prepare => prepared?,
        _ = signals.next() => bail!("stopped while starting"),
    };
    let Prepared { app, mut database, api, dashboard, health, worker, traces, whereabouts } = prepared;
    let role = match (&api, &worker, &dashboard) {
        (Some(_), Some(_), _) => "up",
        (Some(_), None, _) => "api",
        (None, Some(_), _) => "worker",
        _ => "dashboard",
    };
    let socket = Socket::open(&app, role)?;
    output::print(&whereabouts)?;
    let mut parts = Parts::start(&app, api, health, worker);
    if let Some(socket) = socket {
        parts.open_shell(&app, grammar, socket);
    }
    if let Some(listener) = dashboard {
        parts.show_dashboard(&app, listener);
    }
    let done = tokio::select! {
        done = parts.work(&mut signals) => done,
        died = database.died() => Err(anyhow::anyhow!(died)),
    };
    close_pool(&app).await;
    traces.flush().await;
    let closed = database.stop().await;
    done.and(closed)
}

/// What runs. Dropping it ends everything.
struct Parts {
    tasks: JoinSet<Result<()>>,
    /// Told: take nothing more, let what runs end.
    leave: CancellationToken,
    /// Told: give back what runs.
    hurry: CancellationToken,
    /// The worker has ended, and what it did is written; or there is none.
    worked: CancellationToken,
}

impl Parts {
    fn start(
        app: &App,
        api: Option<TcpListener>,
        health: Option<TcpListener>,
        worker: Option<WorkerConfig>,
    ) -> Parts {
        let (leave, worked) = (CancellationToken::new(), CancellationToken::new());
        let hurry = worker.as_ref().map(|config| config.hurry.clone()).unwrap_or_default();
        let mut tasks: JoinSet<Result<()>> = JoinSet::new();
        if let Some(listener) = api {
            let (state, stop) = (api::State::new(app.clone()), leave.clone());
            let shown = app.config.flags.has("dashboard");
            let dashboard = shown.then(|| dashboard::mount(&state, leave.clone()));
            tasks.spawn(async move {
                api::serve(state, dashboard, listener, stop).await.context("the API ended")
            });
        }
        if let Some(listener) = health {
            // Until the worker has ended: one that drains is not dead.
            let (app, leaving, stop) = (app.clone(), leave.clone(), worked.clone());
            tasks.spawn(async move {
                let served = api::serve_health(app, listener, leaving, stop).await;
                served.context("the answers about health ended")
            });
        }
        let working = worked.clone().drop_guard();
        if let Some(config) = worker {
            let (app, stop) = (app.clone(), leave.clone());
            tasks.spawn(async move {
                let ended = jobs::worker::run(app, config, stop).await.context("the worker ended");
                drop(working);
                ended
            });
        }
        Parts { tasks, leave, hurry, worked }
    }

    fn show_dashboard(&mut self, app: &App, listener: TcpListener) {
        let (state, stop) = (api::State::new(app.clone()), self.leave.clone());
        let dashboard = dashboard::mount(&state, stop.clone());
        self.tasks.spawn(async move {
            api::serve_alone(state, dashboard, listener, stop).await.context("the dashboard ended")
        });
    }

    fn open_shell(&mut self, app: &App, grammar: Grammar, socket: Socket) {
        let (app, stop) = (app.clone(), self.leave.clone());
        self.tasks
            .spawn(async move { socket.serve(app, grammar, stop).await.context("the shell's socket ended") });
    }

    async fn work(mut self, signals: &mut Signals) -> Result<()> {
        output::print("ready\n")?;
        let first = tokio::select! {
            _ = signals.next() => Ok(()),
            ended = self.tasks.join_next() => result_of(ended),
        };
        tracing::info!("stopping: running requests and jobs may end; a second signal stops at once");
        self.leave.cancel();
        let rest = async {
            let mut all = Ok(());
            while let Some(ended) = self.tasks.join_next().await {
                all = all.and(result_of(Some(ended)));
            }
            all
        };
        let rest = tokio::select! {
            ended = rest => ended,
            Stop = signals.next() => {
                signals.let_them_end_the_process();
                tracing::warn!("stopping at once: jobs that run are given back");
                self.hurry.cancel();
                let given_back = tokio::time::timeout(GIVE_BACK_MAX, self.worked.cancelled()).await;
                if given_back.is_err() {
                    tracing::warn!("some jobs could not be given back: they run again when their lease is over");
                }
                Ok(())
            }
        };
        first.and(rest)
    }
}

fn result_of(ended: Option<Result<Result<()>, tokio::task::JoinError>>) -> Result<()> {
    match ended {
        Some(Ok(result)) => result,
        Some(Err(error)) => Err(error).context("a part of the process broke down"),
        None => Ok(()),
    }
}
