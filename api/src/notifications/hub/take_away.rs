//! What sockets hear, and what is taken from them.

use super::Hub;
use crate::{
    notifications::{
        ending::Ending,
        frame::Frame,
        peer::Peer,
        relay,
        topic::{Item, Topic},
    },
    rpc::error::Error,
};
use domain::{
    event::Event,
    watch::{Lost, Watched},
};
use entities::ids::{FileId, ProfileId, SessionId, TeamId};
use platform::metrics::names;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

impl Hub {
    /// What the sockets of this process hear.
    pub fn watched(&self) -> Watched {
        let (mut teams, mut files, mut sessions) = (HashSet::new(), HashSet::new(), HashSet::new());
        let mut told = HashMap::new();
        for seat in self.0.sockets().values() {
            sessions.insert(seat.peer.login);
            teams.extend(seat.team.as_ref().map(|topic| (seat.peer.profile, TeamId(topic.id))));
            if let Some(topic) = &seat.file {
                files.insert((seat.peer.profile, FileId(topic.id)));
                told.extend(topic.told().map(|revn| (FileId(topic.id), revn)));
            }
        }
        Watched {
            sessions: sessions.into_iter().collect(),
            teams: teams.into_iter().collect(),
            files: files.into_iter().collect(),
            told: told.into_iter().collect(),
        }
    }

    /// Takes away what was lost.
    pub async fn take_away(&self, lost: Lost) {
        let (sessions, teams): (HashSet<SessionId>, HashSet<_>) =
            (lost.sessions.into_iter().collect(), lost.teams.into_iter().collect());
        let files: Vec<(ProfileId, FileId)> = lost.files;
        let peers: Vec<Arc<Peer>> = self.0.sockets().values().map(|seat| Arc::clone(&seat.peer)).collect();
        for peer in peers {
            if sessions.contains(&peer.login) {
                metrics::counter!(names::SOCKETS_TAKEN_AWAY, "what" => "session").increment(1);
                peer.end(Ending::SignedOut);
                continue;
            }
            self.take_team(&peer, &teams);
            if let Some((_, file)) =
                files.iter().find(|(who, file)| *who == peer.profile && self.hears_file(&peer, *file))
            {
                self.lose_file(&peer, *file, lost.gone.contains(file)).await;
            }
        }
        for file in lost.ahead {
            let topic = self.0.topics().get(&file.0).cloned();
            if let Some(topic) = topic.filter(|topic| topic.is_behind()) {
                relay::put(&self.0.tools, &topic, Item::CatchUp);
            }
        }
    }

    fn take_team(&self, peer: &Peer, teams: &HashSet<(ProfileId, TeamId)>) {
        let is_lost = |topic: &mut Arc<Topic>| teams.contains(&(peer.profile, TeamId(topic.id)));
        let lost = self.0.sockets().get_mut(&peer.id).and_then(|seat| seat.team.take_if(is_lost));
        if let Some(topic) = lost {
            metrics::counter!(names::SOCKETS_TAKEN_AWAY, "what" => "team").increment(1);
            self.leave(&topic, peer);
            peer.tell(&Arc::new(Frame::refusal(&Error::hidden())));
        }
    }

    /// A socket hears no more of a file that its person may not look at. Of one that is gone it hears that, whatever
    /// became of the message.
    async fn lose_file(&self, peer: &Peer, file: FileId, is_gone: bool) {
        let Some(topic) = self.take_file(peer, file) else { return };
        metrics::counter!(names::SOCKETS_TAKEN_AWAY, "what" => "file").increment(1);
        self.leave(&topic, peer);
        if is_gone && !topic.is_deleted() {
            let told = Event::file_deleted(file, ProfileId(Uuid::nil())).into_message();
            peer.tell(&Arc::new(Frame::of(&told, None)));
        }
        peer.tell(&Arc::new(Frame::refusal(&Error::hidden())));
        self.publish(Event::left(file, peer.session, peer.profile)).await;
    }
}
