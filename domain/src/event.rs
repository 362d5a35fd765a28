//! What others hear: every message of the bus, its topic and its shape, made by what happened.
//!
//! Rules return events; whoever commits publishes them, and not before. Clients of Penpot know these shapes.

use crate::role::Role;
use chrono::{DateTime, Utc};
use entities::ids::{FileId, ProfileId, TeamId};
use platform::bus::MESSAGE_BYTES_MAX;
use std::sync::Arc;
use transit::splice;
use transit::value::Value;
use uuid::Uuid;

/// The message that only processes hear.
pub const PRESENT: &str = "present";
/// The field that only processes see.
pub const SOCKET: &str = "socket-id";

/// Changes of more bytes are not in their message: what stands around them has room beside this.
const CHANGES_BYTES_MAX: usize = MESSAGE_BYTES_MAX - 4096;

/// A message to whoever listens to a topic: a person, a team or a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    topic: Uuid,
    message: Value,
    /// The changes that it tells: transit without cache codes, kept as they are because they may be many.
    changes: Option<Arc<[u8]>>,
}

/// A batch of changes that was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changes {
    /// To this file.
    pub file: FileId,
    /// Whose they are.
    pub by: ProfileId,
    /// The session they come from: it does not hear of them.
    pub session: Uuid,
    /// The revision that they made.
    pub revn: i64,
}

/// Somebody who has a file open, in one of their tabs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The tab, as its client calls it.
    pub session: Uuid,
    /// Whose it is.
    pub profile: ProfileId,
    /// Its version of the web app.
    pub version: Option<String>,
}

impl Event {
    /// To a member: what they are in a team is another.
    pub fn role_changed(team: TeamId, member: ProfileId, role: Role) -> Event {
        let fields = [("team-id", Value::Uuid(team.0)), ("role", Value::keyword(role.as_str()))];
        Event::new(member.0, "team-role-change", fields)
    }

    /// To somebody who was a member until now.
    pub fn member_removed(team: TeamId, team_name: &str, member: ProfileId) -> Event {
        let fields = [
            ("change", Value::keyword("removed")),
            ("team-id", Value::Uuid(team.0)),
            ("team-name", Value::text(team_name)),
        ];
        Event::new(member.0, "team-membership-change", fields)
    }

    /// To those who have the file open.
    pub fn file_deleted(file: FileId, by: ProfileId) -> Event {
        let fields = [("file-id", Value::Uuid(file.0)), ("profile-id", Value::Uuid(by.0))];
        Event::new(file.0, "file-deleted", fields)
    }

    /// To those who have the file open: it is what a snapshot shows, and has another version mark. `session` is the one
    /// that did it, as its client calls it.
    pub fn file_restored(file: FileId, session: Option<Uuid>, vern: i32) -> Event {
        let fields = [
            ("session-id", session.map_or(Value::Nil, Value::Uuid)),
            ("file-id", Value::Uuid(file.0)),
            ("vern", Value::Int(vern.into())),
        ];
        Event::new(file.0, "file-restored", fields)
    }

    /// To those who have the file open: all that was changed, as a vector in transit without cache codes.
    pub fn file_changed(of: Changes, vern: i32, changes: Arc<[u8]>) -> Event {
        let fields = of.fields().into_iter().chain([("vern", Value::Int(vern.into()))]);
        Event { changes: Some(changes), ..Event::with(of.file.0, "file-change", fields) }
    }

    /// To the members of a team whose library was changed: what concerns those who use it.
    pub fn library_changed(
        team: TeamId,
        of: Changes,
        modified_at: DateTime<Utc>,
        changes: Arc<[u8]>,
    ) -> Event {
        let modified_at = ("modified-at", Value::Instant(modified_at.timestamp_millis()));
        let fields = of.fields().into_iter().chain([modified_at]);
        Event { changes: Some(changes), ..Event::with(team.0, "library-change", fields) }
    }

    /// To those who have the file open: somebody else has it open now. `socket` tells processes which one it is;
    /// clients never see it.
    pub fn joined(file: FileId, who: &Present, socket: Uuid) -> Event {
        let socket = (SOCKET, Value::Uuid(socket));
        Event::with(file.0, "join-file", who.fields(file).chain([socket]))
    }

    /// To those who have the file open: somebody has closed it.
    pub fn left(file: FileId, session: Uuid, profile: ProfileId) -> Event {
        Event::with(file.0, "leave-file", Present { session, profile, version: None }.fields(file))
    }

    /// To those who have the file open: somebody is gone.
    pub fn disconnected(file: FileId, session: Uuid, profile: ProfileId) -> Event {
        Event::with(file.0, "disconnect", Present { session, profile, version: None }.fields(file))
    }

    /// To a tab that has just opened the file: who has it open too.
    pub fn presence(file: FileId, who: &Present) -> Event {
        Event::with(file.0, "presence", who.fields(file))
    }

    /// Among processes: what all of one tell a tab that has just opened the file, in one message.
    pub fn present(file: FileId, to: Uuid, who: &[Present]) -> Event {
        let who = who.iter().map(|one| Value::map(one.fields(file))).collect();
        Event::new(file.0, PRESENT, [("to", Value::Uuid(to)), ("present", Value::Vec(who))])
    }

    /// To those who have the file open: where somebody points, as their client says it.
    pub fn pointed(file: FileId, session: Uuid, profile: ProfileId, said: Value) -> Event {
        let from = [
            ("file-id", Value::Uuid(file.0)),
            ("subs-id", Value::Uuid(file.0)),
            ("profile-id", Value::Uuid(profile.0)),
            ("session-id", Value::Uuid(session)),
        ];
        Event::said(file.0, "pointer-update", from, said)
    }

    /// To the other tabs of somebody: what one of them says.
    pub fn broadcast(session: Uuid, profile: ProfileId, said: Value) -> Event {
        let from = [
            ("subs-id", Value::Uuid(profile.0)),
            ("profile-id", Value::Uuid(profile.0)),
            ("session-id", Value::Uuid(session)),
        ];
        Event::said(profile.0, "broadcast", from, said)
    }

    /// What a client says, and who says it: the latter is never the client's own words.
    fn said<const N: usize>(topic: Uuid, kind: &str, from: [(&str, Value); N], mut said: Value) -> Event {
        said.put("topic", Value::Uuid(topic));
        said.put("type", Value::keyword(kind));
        from.into_iter().for_each(|(name, value)| said.put(name, value));
        Event { topic, message: said, changes: None }
    }

    fn new<const N: usize>(topic: Uuid, kind: &str, fields: [(&str, Value); N]) -> Event {
        Event::with(topic, kind, fields)
    }

    fn with<'a>(topic: Uuid, kind: &str, fields: impl IntoIterator<Item = (&'a str, Value)>) -> Event {
        let head = [("topic", Value::Uuid(topic)), ("type", Value::keyword(kind))];
        Event { topic, message: Value::map(head.into_iter().chain(fields)), changes: None }
    }

    /// Where it is heard.
    pub fn topic(&self) -> String {
        self.topic.to_string()
    }

    /// As it is sent. Changes that are too many for the bus are left out: whoever hears of them reads them in the log,
    /// by their revision.
    pub fn encoded(&self) -> Vec<u8> {
        self.with_changes(self.changes.as_ref().filter(|changes| changes.len() <= CHANGES_BYTES_MAX))
    }

    /// What it says, without its changes.
    pub fn into_message(self) -> Value {
        self.message
    }

    /// With its changes, however many they are.
    pub fn whole(&self) -> Vec<u8> {
        self.with_changes(self.changes.as_ref())
    }

    fn with_changes(&self, changes: Option<&Arc<[u8]>>) -> Vec<u8> {
        let Some(changes) = changes else { return transit::write(&self.message) };
        let mut out = transit::write_plain(&self.message);
        // Behind the last of its fields.
        out.pop();
        splice::keyword_key(&mut out, "changes");
        out.extend_from_slice(changes);
        out.push(b']');
        out
    }
}

impl Present {
    fn fields(&self, file: FileId) -> impl Iterator<Item = (&'static str, Value)> {
        let known = [
            ("file-id", Value::Uuid(file.0)),
            ("session-id", Value::Uuid(self.session)),
            ("profile-id", Value::Uuid(self.profile.0)),
        ];
        known.into_iter().chain(self.version.as_deref().map(|version| ("version", Value::text(version))))
    }
}

impl Changes {
    fn fields(self) -> [(&'static str, Value); 4] {
        [
            ("profile-id", Value::Uuid(self.by.0)),
            ("file-id", Value::Uuid(self.file.0)),
            ("session-id", Value::Uuid(self.session)),
            ("revn", Value::Int(self.revn)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clients of Penpot know these texts: a change here breaks them.
    #[test]
    fn messages_are_what_clients_know() {
        let id = Uuid::from_u128;
        let (team, member, file) = (TeamId(id(1)), ProfileId(id(2)), FileId(id(3)));
        let (one, two, three) = (
            "~u00000000-0000-0000-0000-000000000001",
            "~u00000000-0000-0000-0000-000000000002",
            "~u00000000-0000-0000-0000-000000000003",
        );
        let expect = |event: Event, topic: Uuid, kind: &str, fields: &str| {
            let text = format!(r#"["^ ","~:topic","~u{topic}","~:type","~:{kind}",{fields}]"#);
            assert_eq!(
                (event.topic(), &*String::from_utf8_lossy(&event.encoded())),
                (topic.to_string(), &*text)
            );
        };
        expect(
            Event::role_changed(team, member, Role::Admin),
            member.0,
            "team-role-change",
            &format!(r#""~:team-id","{one}","~:role","~:admin""#),
        );
        expect(
            Event::member_removed(team, "Ink", member),
            member.0,
            "team-membership-change",
            &format!(r#""~:change","~:removed","~:team-id","{one}","~:team-name","Ink""#),
        );
        let changed = Changes { file, by: member, session: id(4), revn: 7 };
        let changes: Arc<[u8]> = Arc::from(&br#"[["^ ","~:type","~:del-page"]]"#[..]);
        let four = "~u00000000-0000-0000-0000-000000000004";
        let common =
            format!(r#""~:profile-id","{two}","~:file-id","{three}","~:session-id","{four}","~:revn",7"#);
        let told = r#""~:changes",[["^ ","~:type","~:del-page"]]"#;
        expect(
            Event::file_changed(changed, 3, Arc::clone(&changes)),
            file.0,
            "file-change",
            &format!(r#"{common},"~:vern",3,{told}"#),
        );
        let moment = DateTime::from_timestamp_millis(5).expect("a moment");
        expect(
            Event::library_changed(team, changed, moment, changes),
            team.0,
            "library-change",
            &format!(r#"{common},"~:modified-at","~m5",{told}"#),
        );
        let many: Arc<[u8]> = vec![b' '; CHANGES_BYTES_MAX + 1].into();
        expect(
            Event::file_changed(changed, 3, many),
            file.0,
            "file-change",
            &format!(r#"{common},"~:vern",3"#),
        );
        expect(
            Event::file_deleted(file, member),
            file.0,
            "file-deleted",
            &format!(r#""~:file-id","{three}","~:profile-id","{two}""#),
        );
        for (session, told) in [(Some(id(2)), format!(r#""{two}""#)), (None, "null".to_owned())] {
            expect(
                Event::file_restored(file, session, 9),
                file.0,
                "file-restored",
                &format!(r#""~:session-id",{told},"~:file-id","{three}","~:vern",9"#),
            );
        }
    }
}
