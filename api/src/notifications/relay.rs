//! What becomes of the messages of one topic, one after the other: each is read once and written once, as clients read
//! it, and put into the queues of those who hear the topic.
//!
//! Changes of a file are told in the order of their revisions, whatever order their messages come in: processes commit
//! one after the other, and publish when they get to it. A message that is ahead of the next revision, or that has no
//! room for its changes, is only a hint; what is missing stands in the log of changes, because it was committed before.

use super::{
    ending::Ending,
    frame::Frame,
    limits::{HEARD, HEARD_AT_ONCE_BYTES},
    tools::Tools,
    topic::{Item, Known, Topic},
};
use bytes::Bytes;
use domain::{
    event::{Event, PRESENT, Present, SOCKET},
    file::missed::missed,
};
use entities::ids::{FileId, ProfileId, TeamId};
use platform::metrics::names;
use std::sync::Arc;
use transit::value::Value;

/// Tells what waits in a topic, until nothing does.
pub async fn work(tools: Arc<Tools>, topic: Arc<Topic>) {
    let relay = Relay { tools, topic };
    while let Some(item) = relay.topic.take() {
        let told = match item {
            Item::Heard(bytes) => relay.heard(bytes).await,
            Item::CatchUp => relay.catch_up().await,
        };
        if let Err(error) = told {
            tracing::warn!(%error, topic = %relay.topic.id, "messages cannot be told, their sockets are closed");
            relay.topic.end(Ending::Missed);
        }
    }
}

struct Relay {
    tools: Arc<Tools>,
    topic: Arc<Topic>,
}

/// A panic must not leave sockets open that hear nothing.
impl Drop for Relay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.topic.end(Ending::Failed);
        }
    }
}

/// Why something could not be told, for the log.
type Failed = Box<dyn std::error::Error + Send + Sync>;

/// More changes were missed than can be told.
const TOO_MANY: &str = "too many changes were missed";

impl Relay {
    async fn heard(&self, bytes: Bytes) -> Result<(), Failed> {
        let Some(message) = self.read(bytes).await? else {
            metrics::counter!(names::SOCKETS_UNREADABLE).increment(1);
            tracing::debug!(topic = %self.topic.id, "a message of the bus cannot be read");
            return Ok(());
        };
        let kind = message.get("type").and_then(Value::as_keyword).unwrap_or_default().to_owned();
        match kind.as_str() {
            "file-change" => self.file_change(message).await,
            "library-change" => self.library_change(message).await,
            "file-restored" => {
                // Of the former state of the file all is told first.
                self.catch_up().await?;
                self.tell(message, None).await
            }
            "join-file" => self.joined(message).await,
            PRESENT => {
                self.present(&message);
                Ok(())
            }
            "file-deleted" | "team-membership-change" | "team-role-change" => {
                if kind == "file-deleted" {
                    self.topic.set_deleted();
                }
                self.tell(message, None).await?;
                self.tools.look.notify_one();
                Ok(())
            }
            _ => self.tell(message, None).await,
        }
    }

    /// A message that is a map; none when it is anything else.
    async fn read(&self, bytes: Bytes) -> Result<Option<Value>, Failed> {
        let is_small = bytes.len() <= HEARD_AT_ONCE_BYTES;
        let read = move || transit::read(&bytes, &HEARD).ok().filter(Value::is_map);
        if is_small { Ok(read()) } else { Ok(self.tools.app.cpu.run(read).await?) }
    }

    async fn file_change(&self, message: Value) -> Result<(), Failed> {
        let revn = message.get("revn").and_then(Value::as_int);
        match (revn, self.topic.told()) {
            (Some(revn), Some(told)) if revn <= told => Ok(()),
            (Some(revn), Some(told)) if revn == told + 1 && message.some("changes").is_some() => {
                self.topic.set_told(revn);
                self.tell(message, Some(revn)).await
            }
            (Some(_), Some(_)) => self.catch_up().await,
            // No revision, or nobody has it open as a file.
            _ => self.tell(message, None).await,
        }
    }

    /// Tells what the log of changes has and was not told yet.
    async fn catch_up(&self) -> Result<(), Failed> {
        let Some(told) = self.topic.told() else { return Ok(()) };
        let file = FileId(self.topic.id);
        let missed = missed(&self.tools.app.db, file, told).await?.ok_or(TOO_MANY)?;
        for batch in missed.batches {
            let revn = batch.revn;
            self.tell_event(batch.told(file), Some(revn)).await?;
            self.topic.set_told(revn);
        }
        self.topic.set_told(missed.head);
        Ok(())
    }

    /// As changes of files; but not every revision of a library is told, so that a gap may be none.
    async fn library_change(&self, message: Value) -> Result<(), Failed> {
        let file = message.get("file-id").and_then(Value::as_uuid);
        let revn = message.get("revn").and_then(Value::as_int);
        let (Some(file), Some(revn)) = (file, revn) else { return self.tell(message, None).await };
        let has_changes = message.some("changes").is_some();
        let known = self.topic.library(file).unwrap_or(Known { first: revn, last: revn - 1 });
        if revn < known.first && has_changes {
            // Of before this process began to follow it.
            return self.tell(message, None).await;
        }
        if revn <= known.last {
            return Ok(());
        }
        if revn == known.last + 1 && has_changes {
            self.topic.set_library(file, Known { last: revn, ..known });
            return self.tell(message, None).await;
        }
        let (library, team) = (FileId(file), TeamId(self.topic.id));
        let missed = missed(&self.tools.app.db, library, known.last).await?.ok_or(TOO_MANY)?;
        for batch in missed.batches {
            if let Some(event) = batch.told_to_users(library, team)? {
                self.tell_event(event, None).await?;
            }
        }
        self.topic.set_library(file, Known { last: missed.head.max(revn), ..known });
        Ok(())
    }

    /// Somebody has opened the file: all others here are told, and tell that they are there.
    async fn joined(&self, mut message: Value) -> Result<(), Failed> {
        let socket = message.take(SOCKET).and_then(|socket| socket.as_uuid());
        let session = message.get("session-id").and_then(Value::as_uuid);
        let profile = message.get("profile-id").and_then(Value::as_uuid);
        self.tell(message, None).await?;
        let Some(session) = session else { return Ok(()) };
        // A tab whose line broke is back before anybody noticed: its former socket is nobody's.
        for former in self.topic.of_session(session) {
            if Some(former.id) != socket && Some(former.profile.0) == profile {
                former.end(Ending::Replaced);
            }
        }
        let others = self.topic.others(session);
        if !others.is_empty() {
            let event = Event::present(FileId(self.topic.id), session, &others);
            self.tools.app.bus.publish(&event.topic(), event.encoded()).await;
        }
        Ok(())
    }

    /// Those of another process, or of this one, tell a newcomer that they are there.
    fn present(&self, message: &Value) {
        let to = message.get("to").and_then(Value::as_uuid);
        let newcomers = to.map(|session| self.topic.of_session(session)).unwrap_or_default();
        if newcomers.is_empty() {
            return;
        }
        let present = message.get("present").and_then(Value::items).unwrap_or_default();
        for who in present.iter().filter_map(present_of) {
            let message = Event::presence(FileId(self.topic.id), &who).into_message();
            let frame = Arc::new(Frame::of(&message, None));
            newcomers.iter().for_each(|peer| peer.tell(&frame));
        }
    }

    async fn tell_event(&self, event: Event, revn: Option<i64>) -> Result<(), Failed> {
        match self.read(event.whole().into()).await? {
            Some(message) => self.tell(message, revn).await,
            None => Ok(()),
        }
    }

    /// Writes a message, and tells those who hear it.
    async fn tell(&self, mut message: Value, revn: Option<i64>) -> Result<(), Failed> {
        let from = message.get("session-id").and_then(Value::as_uuid);
        if !self.topic.has_others(from) {
            return Ok(());
        }
        // Clients look for it; others than us who publish here leave it to us.
        message.put("topic", Value::Uuid(self.topic.id));
        let is_large = message.get("changes").and_then(Value::items).is_some_and(|all| all.len() > 64);
        let write = move || Frame::of(&message, revn);
        let frame = match is_large {
            true => self.tools.app.cpu.run(write).await?,
            false => write(),
        };
        self.topic.tell(&Arc::new(frame));
        Ok(())
    }
}

fn present_of(value: &Value) -> Option<Present> {
    let id = |name| value.get(name).and_then(Value::as_uuid);
    let version = value.get("version").and_then(Value::as_str).map(str::to_owned);
    Some(Present { session: id("session-id")?, profile: ProfileId(id("profile-id")?), version })
}

/// What is put behind the others in a topic is told.
pub fn put(tools: &Arc<Tools>, topic: &Arc<Topic>, item: Item) {
    if topic.put(item) {
        tokio::spawn(work(Arc::clone(tools), Arc::clone(topic)));
    }
}
