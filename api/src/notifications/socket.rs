//! One socket, from its first message to its last.

use super::{
    ending::Ending,
    frame::Frame,
    hub::Hub,
    limits::{PING_EVERY, SAID_AT_ONCE_MAX, SAID_PER_SECOND_MAX, SEND_MAX, SILENCE_MAX},
    peer::{Peer, Queue},
    said::{self, Said},
    wire::{Heard, Wire},
};
use crate::rpc::error::{Error, Result};
use domain::event::Event;
use entities::ids::FileId;
use platform::metrics::names;
use poem::Upgraded;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

/// A socket's place among those of this process; it is given up with this.
pub struct Place {
    /// All of them.
    pub hub: Hub,
    /// This one.
    pub peer: Arc<Peer>,
}

impl Place {
    /// Gives it up. Those who have the same file open hear that it is gone, unless its tab has another by now.
    async fn leave(&self, why: Ending) {
        let open = self.hub.close(&self.peer);
        if let Some(file) = open.filter(|_| why != Ending::Replaced) {
            self.hub.publish(self.gone(file)).await;
        }
    }

    fn gone(&self, file: FileId) -> Event {
        Event::disconnected(file, self.peer.session, self.peer.profile)
    }
}

/// Of one that never began, or that failed.
impl Drop for Place {
    fn drop(&mut self) {
        if let Some(file) = self.hub.close(&self.peer) {
            let (hub, gone) = (self.hub.clone(), self.gone(file));
            tokio::spawn(async move { hub.publish(gone).await });
        }
    }
}

/// Serves it to its end.
pub async fn serve(place: Place, mut queue: Queue, stream: Upgraded) {
    let mut wire = Wire::new(stream, SEND_MAX).await;
    let why = converse(&place, &mut queue, &mut wire).await;
    metrics::counter!(names::SOCKETS_CLOSED, "reason" => why.label()).increment(1);
    // Before the client hears of it, who may be back at once.
    Box::pin(place.leave(why)).await;
    drop(queue);
    wire.close(why).await;
}

async fn converse(place: &Place, queue: &mut Queue, wire: &mut Wire<Upgraded>) -> Ending {
    let Place { hub, peer } = place;
    let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard_at = Instant::now();
    let mut budget = Budget::new(heard_at);
    loop {
        let done = tokio::select! {
            why = peer.ended() => Err(why),
            heard = hear(wire, &budget) => {
                heard_at = Instant::now();
                match heard {
                    Heard::Text(text) => {
                        budget.spend(heard_at);
                        answer(hub, peer, text.as_str()).await
                    }
                    Heard::Life => Ok(()),
                    Heard::End(why) => Err(why),
                }
            }
            frame = queue.recv() => match frame {
                Some(frame) => tokio::select! {
                    why = peer.ended() => Err(why),
                    said = say(peer, wire, &frame) => said,
                },
                None => Err(Ending::Failed),
            },
            _ = ping.tick() => match heard_at.elapsed() > SILENCE_MAX {
                true => Err(Ending::Silent),
                false => wire.ping().await,
            },
        };
        if let Err(why) = done {
            return why;
        }
    }
}

/// What comes next, when the client may say something again.
async fn hear(wire: &mut Wire<Upgraded>, budget: &Budget) -> Heard {
    let pause = budget.pause(Instant::now());
    if !pause.is_zero() {
        sleep(pause).await;
    }
    wire.hear().await
}

async fn say(peer: &Peer, wire: &mut Wire<Upgraded>, frame: &Frame) -> Result<(), Ending> {
    wire.say(frame).await?;
    peer.taken(frame);
    metrics::counter!(names::SOCKETS_MESSAGES, "op" => "send").increment(1);
    Ok(())
}

/// Does what a client asks for. What it may not have is told; what failed here ends the socket, because its client
/// would not ask again.
async fn answer(hub: &Hub, peer: &Arc<Peer>, text: &str) -> Result<(), Ending> {
    metrics::counter!(names::SOCKETS_MESSAGES, "op" => "recv").increment(1);
    // Apart: what it takes to ask the database is not held by sockets that say nothing.
    let Err(error) = Box::pin(act(hub, peer, text)).await else { return Ok(()) };
    let error = error.or_unavailable();
    if error.fault().is_ours() {
        tracing::warn!(code = error.code(), reason = %error.chain(), "a socket fails");
        return Err(Ending::Failed);
    }
    tracing::debug!(code = error.code(), reason = %error.chain(), "a socket is refused something");
    peer.tell(&Arc::new(Frame::refusal(&error)));
    Ok(())
}

async fn act(hub: &Hub, peer: &Arc<Peer>, text: &str) -> Result<(), Error> {
    match said::read(text)? {
        Said::KeepAlive => {}
        Said::Team(team) => hub.subscribe_team(peer, team).await?,
        Said::File(file, version) => hub.subscribe_file(peer, file, version).await?,
        Said::NoFile(file) => hub.unsubscribe_file(peer, file).await,
        // One that comes late is nobody's fault.
        Said::Pointer(file, said) => {
            if hub.hears_file(peer, file) {
                hub.publish(Event::pointed(file, peer.session, peer.profile, said)).await;
            }
        }
        Said::Broadcast(said) => hub.publish(Event::broadcast(peer.session, peer.profile, said)).await,
    }
    Ok(())
}

/// How much a client may say before it is heard later.
struct Budget {
    left: f64,
    at: Instant,
}

impl Budget {
    fn new(now: Instant) -> Budget {
        Budget { left: f64::from(SAID_AT_ONCE_MAX), at: now }
    }

    fn spend(&mut self, now: Instant) {
        let earned = now.duration_since(self.at).as_secs_f64() * f64::from(SAID_PER_SECOND_MAX);
        self.at = now;
        self.left = (self.left + earned).min(f64::from(SAID_AT_ONCE_MAX)) - 1.0;
    }

    /// How long it has to wait.
    fn pause(&self, now: Instant) -> Duration {
        let missing = (1.0 - self.left).max(0.0) / f64::from(SAID_PER_SECOND_MAX);
        Duration::from_secs_f64(missing).saturating_sub(now.duration_since(self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_much_is_heard_later() {
        let now = Instant::now();
        let mut budget = Budget::new(now);
        for _ in 0..SAID_AT_ONCE_MAX {
            assert_eq!(budget.pause(now), Duration::ZERO);
            budget.spend(now);
        }
        let pause = budget.pause(now);
        assert!(pause > Duration::ZERO && pause <= Duration::from_secs(1) / SAID_PER_SECOND_MAX);
        assert_eq!(budget.pause(now + pause), Duration::ZERO);
        budget.spend(now + Duration::from_secs(3600));
        assert!(budget.left < f64::from(SAID_AT_ONCE_MAX), "rest is saved up to a limit");
    }
}
