//! Lines of the audit log.

use chrono::{DateTime, Utc};
use entities::{
    audit_log::{self, Kind, Source},
    word::OrUnknown,
};
use platform::ids::new_id;
use sea_orm::Set;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Row, now};

/// What somebody did.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    /// What was done, such as `create-team`.
    pub name: String,
    /// What sort of event it is.
    pub kind: OrUnknown<Kind>,
    /// Who says so.
    pub source: OrUnknown<Source>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// By whom; zero when it was nobody with an account.
    pub profile: Uuid,
    /// What it was about.
    pub props: Json,
    /// How it came.
    pub context: Option<Json>,
}

impl AuditEvent {
    /// One of a name, about nothing, as the server tells it.
    pub fn of(name: impl Into<String>) -> AuditEvent {
        AuditEvent {
            name: name.into(),
            kind: Kind::Action.into(),
            source: Source::Backend.into(),
            created_at: now(),
            profile: Uuid::nil(),
            props: json!({}),
            context: None,
        }
    }
}

impl Row for AuditEvent {
    type Model = audit_log::ActiveModel;

    fn row(self) -> audit_log::ActiveModel {
        audit_log::ActiveModel {
            id: Set(new_id()),
            name: Set(self.name),
            kind: Set(self.kind),
            source: Set(self.source),
            created_at: Set(self.created_at),
            tracked_at: Set(self.created_at),
            profile_id: Set(self.profile),
            props: Set(self.props),
            context: Set(self.context),
            ..Default::default()
        }
    }
}
