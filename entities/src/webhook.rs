//! Servers of other people that hear of what happens in a team.

use crate::ids::{ProfileId, TeamId, WebhookId};
use sea_orm::entity::prelude::*;

crate::words! {
    /// What a webhook reads.
    pub enum MediaType {
        /// JSON, names in camelCase.
        Json = "application/json",
        /// Transit.
        Transit = "application/transit+json",
    }
}

/// One webhook.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookId,
    /// The team.
    pub team_id: TeamId,
    /// Who made it; nobody when they are gone.
    pub profile_id: Option<ProfileId>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When somebody changed it last.
    pub updated_at: DateTimeUtc,
    /// Where it listens.
    pub uri: String,
    /// What it reads.
    pub mtype: MediaType,
    /// Whether it hears anything.
    pub is_active: bool,
    /// What went wrong last; none once something has arrived.
    pub error_code: Option<String>,
    /// Deliveries that were given up since something has arrived.
    pub error_count: i16,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
