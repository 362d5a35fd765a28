//! What sockets ask to hear, and whether they may.

use super::{Hub, Of};
use crate::{notifications::peer::Peer, rpc::error::Result};
use domain::{
    event::{Event, Present},
    permission,
};
use entities::ids::{FileId, TeamId};
use std::sync::Arc;

impl Hub {
    /// A socket hears of a team from here on, and no more of another.
    ///
    /// # Errors
    /// `object-not-found` when its person may not look at the team; those of [`Hub::hear_own`] and of the database.
    pub async fn subscribe_team(&self, peer: &Arc<Peer>, team: TeamId) -> Result<()> {
        let _permit = self.0.subscribing.acquire().await;
        permission::team_viewer(&self.app().db, peer.profile, team).await?;
        let topic = self.join(Of::Other(team.0), peer, i64::MIN, None).await?;
        let former =
            self.0.sockets().get_mut(&peer.id).and_then(|seat| seat.team.replace(Arc::clone(&topic)));
        if let Some(former) = former.filter(|former| !Arc::ptr_eq(former, &topic)) {
            self.leave(&former, peer);
        }
        Ok(())
    }

    /// A socket hears of a file from here on, every change after this moment, and no more of another. Others who have
    /// it open hear of it.
    ///
    /// # Errors
    /// `object-not-found` when its person may not look at the file; those of [`Hub::hear_own`] and of the database.
    pub async fn subscribe_file(
        &self,
        peer: &Arc<Peer>,
        file: FileId,
        version: Option<String>,
    ) -> Result<()> {
        let permit = self.0.subscribing.acquire().await;
        let held = permission::file_viewer(&self.app().db, peer.profile, file).await?;
        let topic = self.join(Of::File(file), peer, held.revn, version.clone()).await?;
        drop(permit);
        let (former, open) = match self.0.sockets().get_mut(&peer.id) {
            Some(seat) => {
                let open = seat.open();
                seat.owed = None;
                (seat.file.replace(Arc::clone(&topic)), open)
            }
            None => return Ok(()),
        };
        if let Some(former) = former.filter(|former| !Arc::ptr_eq(former, &topic)) {
            self.leave(&former, peer);
        }
        if let Some(open) = open.filter(|open| *open != file) {
            self.publish(Event::left(open, peer.session, peer.profile)).await;
        }
        let who = Present { session: peer.session, profile: peer.profile, version };
        self.publish(Event::joined(file, &who, peer.id)).await;
        Ok(())
    }

    /// A socket hears no more of a file, if it did.
    pub async fn unsubscribe_file(&self, peer: &Peer, file: FileId) {
        if let Some(topic) = self.take_file(peer, file) {
            self.leave(&topic, peer);
            self.publish(Event::left(file, peer.session, peer.profile)).await;
        }
    }

    /// Whether a socket hears of a file.
    pub fn hears_file(&self, peer: &Peer, file: FileId) -> bool {
        let sockets = self.0.sockets();
        let seat = sockets.get(&peer.id);
        seat.and_then(|seat| seat.file.as_ref()).is_some_and(|topic| topic.id == file.0)
    }
}
