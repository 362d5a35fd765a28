//! What was done, by whom and from where. Rows are only ever added, marked as archived, and dropped with age.

use crate::word::OrUnknown;
use sea_orm::entity::prelude::*;

crate::words! {
    /// What sort of event it is.
    pub enum Kind {
        /// Somebody did something.
        Action = "action",
        /// A client says who uses it.
        Identify = "identify",
        /// Something happened by itself.
        Trigger = "trigger",
    }

    /// Who says that it happened.
    pub enum Source {
        /// The server.
        Backend = "backend",
        /// A client.
        Frontend = "frontend",
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What was done, such as `create-team`.
    pub name: String,
    /// What sort of event it is.
    #[sea_orm(column_name = "type")]
    pub kind: OrUnknown<Kind>,
    /// Who says so.
    pub source: OrUnknown<Source>,
    /// When it was written.
    pub created_at: DateTimeUtc,
    /// When it happened.
    pub tracked_at: DateTimeUtc,
    /// When it was handed to the archive.
    pub archived_at: Option<DateTimeUtc>,
    /// Who did it; zero when it was nobody. Not a key of profiles: what somebody did stays when they are gone.
    pub profile_id: Uuid,
    /// The address it came from.
    #[sea_orm(select_as = "text", save_as = "inet")]
    pub ip_addr: Option<String>,
    /// What it was about.
    pub props: Json,
    /// How it came.
    pub context: Option<Json>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
