//! What others hear: every message of the bus, its topic and its shape, made by what happened.
//!
//! Rules return events; whoever commits publishes them, and not before. Clients of Penpot know these shapes.

use crate::role::Role;
use entities::ids::{FileId, ProfileId, TeamId};
use transit::value::Value;
use uuid::Uuid;

/// A message to whoever listens to a topic: a person, a team or a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    topic: Uuid,
    message: Value,
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

    fn new<const N: usize>(topic: Uuid, kind: &str, fields: [(&str, Value); N]) -> Event {
        let head = [("topic", Value::Uuid(topic)), ("type", Value::keyword(kind))];
        Event { topic, message: Value::map(head.into_iter().chain(fields)) }
    }

    /// Where it is heard.
    pub fn topic(&self) -> String {
        self.topic.to_string()
    }

    /// As it is sent.
    pub fn encoded(&self) -> Vec<u8> {
        transit::write(&self.message)
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
