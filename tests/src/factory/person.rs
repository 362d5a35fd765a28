//! People who never registered, and their sessions.

use chrono::{DateTime, Utc};
use entities::{
    http_session,
    ids::{ProfileId, SessionId},
    profile,
};
use platform::ids::new_id;
use sea_orm::Set;

use super::{Row, now};

/// An account without a team of its own, into which nobody can sign in.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Key.
    pub id: ProfileId,
    /// Lower-case address.
    pub email: String,
    /// The name shown to others.
    pub fullname: String,
    /// What is stored as its password's hash.
    pub password: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl Profile {
    /// One with an address.
    pub fn of(email: impl Into<String>) -> Profile {
        Profile {
            id: ProfileId(new_id()),
            email: email.into(),
            fullname: "Somebody".to_owned(),
            password: "!".to_owned(),
            created_at: now(),
        }
    }
}

impl Row for Profile {
    type Model = profile::ActiveModel;

    fn row(self) -> profile::ActiveModel {
        profile::ActiveModel {
            id: Set(self.id),
            created_at: Set(self.created_at),
            modified_at: Set(now()),
            fullname: Set(self.fullname),
            email: Set(self.email),
            password: Set(self.password),
            ..Default::default()
        }
    }
}

/// A browser that is signed in, with a key that a test chooses.
#[derive(Debug, Clone)]
pub struct Session {
    /// Key.
    pub id: SessionId,
    /// Whose it is.
    pub profile: ProfileId,
}

impl Row for Session {
    type Model = http_session::ActiveModel;

    fn row(self) -> http_session::ActiveModel {
        http_session::ActiveModel {
            id: Set(self.id),
            profile_id: Set(self.profile),
            created_at: Set(now()),
            modified_at: Set(now()),
            ..Default::default()
        }
    }
}
