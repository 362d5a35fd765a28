//! Wake-ups: NOTIFY after the commit, never in it, and at most one in 10 ms.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{
    PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use tokio::sync::mpsc;

use crate::{
    channel::{CHANNEL, Message, notify},
    connection::{Link, within},
    engine::Engine,
};

const GAP: Duration = Duration::from_millis(10);
const RECONNECT_MAX: Duration = Duration::from_secs(5);

/// Tells the workers of every process that jobs were committed. Cheap to clone; its connection closes with the last
/// clone. A wake-up that is lost costs at most one poll of a worker, never a job.
///
/// NOTIFY inside the transaction that enqueues would take a lock over the whole server until its commit is on disk,
/// and so would put all enqueuers in a row.
#[derive(Debug, Clone)]
pub struct Waker {
    calls: mpsc::Sender<()>,
    scheduled: Arc<AtomicBool>,
}

impl Waker {
    /// Starts its task on the present runtime, with a connection of its own to where `pool` connects.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(pool: &PgPool) -> Waker {
        let (calls, received) = mpsc::channel(1);
        let scheduled = Arc::new(AtomicBool::new(false));
        let link = Link::new("waker", &pool.connect_options(), false);
        tokio::spawn(send(link, received, scheduled.clone()));
        Waker { calls, scheduled }
    }

    /// Call after the commit of a job that is ready at once. Never blocks.
    pub fn wake(&self) {
        // Full: a call is waiting already, and it will be sent after this one's commit.
        let _ = self.calls.try_send(());
    }

    /// Call after the commit of a job for later, so that workers learn the new moment.
    pub fn wake_scheduled(&self) {
        self.scheduled.store(true, Ordering::Release);
        self.wake();
    }
}

async fn send(mut link: Link, mut calls: mpsc::Receiver<()>, scheduled: Arc<AtomicBool>) {
    while calls.recv().await.is_some() {
        let scheduled = scheduled.swap(false, Ordering::AcqRel);
        let message = if scheduled { Message::Scheduled } else { Message::Ready };
        let sent = within(Duration::from_secs(5), async { notify(link.open().await?, message).await }).await;
        // The error is logged there; the workers' poll covers this call.
        let _ = link.settle(sent).await;
        tokio::time::sleep(GAP).await;
    }
}

/// One listener per worker process: every message, and every new connection, wakes the claimer.
pub(crate) async fn listener(engine: Arc<Engine>) {
    let mut wait = GAP;
    while !engine.draining() {
        let failed = match listen(&engine, &mut wait).await {
            Ok(never) => match never {},
            Err(error) => error,
        };
        tracing::warn!(error = %failed, wait_ms = wait.as_millis(), "queue: not listening");
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(RECONNECT_MAX);
    }
}

async fn listen(engine: &Engine, wait: &mut Duration) -> sqlx::Result<std::convert::Infallible> {
    // A pool of one of its own: the listener must not sit on a connection of the program's pool.
    let options = engine.options.as_ref().clone().application_name("atelier-queue listener");
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    *wait = GAP;
    heard(engine, None);
    loop {
        let message = listener.try_recv().await?;
        heard(engine, message.map(|message| Message::of(message.payload())));
    }
}

/// Acts on a message. `None`: the connection is new, and anything may have been said before.
fn heard(engine: &Engine, message: Option<Message>) {
    let is = |one: Message| message.is_none_or(|message| message == one);
    if is(Message::Control) {
        engine.controls_changed();
    }
    if is(Message::Cancel) {
        engine.cancels.notify_one();
    }
    if is(Message::Scheduled) {
        engine.due.notify_one();
    }
    engine.wake_claimer();
}
