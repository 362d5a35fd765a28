//! What ends sockets: looking, again and again, whether they may still hear what they hear, in one question to the
//! database for all of this process; and the stop of the process.

use super::{
    hub::{Hub, WeakHub},
    limits::{LOOK_EVERY, LOOK_PAUSE},
};
use domain::{session::Ages, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Looks for as long as the hub is there.
pub async fn watch(hub: WeakHub) {
    let mut fails = false;
    let mut next = Instant::now() + LOOK_EVERY;
    loop {
        // Not kept meanwhile: a server that is gone is not waited for.
        sleep(LOOK_PAUSE.min(next.saturating_duration_since(Instant::now()))).await;
        let Some(hub) = hub.upgrade() else { return };
        let left = next.saturating_duration_since(Instant::now()).min(LOOK_PAUSE);
        let is_asked = timeout(left, hub.should_look()).await.is_ok();
        if !is_asked && Instant::now() < next {
            continue;
        }
        next = Instant::now() + LOOK_EVERY;
        if hub.is_empty() {
            continue;
        }
        match look(&hub).await {
            Ok(()) => fails = false,
            Err(error) if !fails => {
                // Nothing can be taken away either while the database is away.
                tracing::warn!(%error, "it cannot be looked what sockets may hear");
                fails = true;
            }
            Err(_) => {}
        }
    }
}

/// Ends every socket once the process is about to stop.
pub async fn stop(hub: WeakHub, draining: CancellationToken) {
    draining.cancelled().await;
    if let Some(hub) = hub.upgrade() {
        hub.stop();
    }
}

async fn look(hub: &Hub) -> domain::Result<()> {
    let app = hub.app();
    let lost = watch::look(&app.db, &hub.watched(), app.now(), Ages::of(&app.config.auth)).await?;
    hub.take_away(lost).await;
    Ok(())
}
