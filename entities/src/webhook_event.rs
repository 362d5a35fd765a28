//! What webhooks are told.

use crate::ids::{ProfileId, TeamId, WebhookEventId};
use sea_orm::entity::prelude::*;

/// Something that happened in a team.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_event")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookEventId,
    /// Where it happened.
    pub team_id: TeamId,
    /// The method that was called.
    pub name: String,
    /// Who called. They may be gone.
    pub profile_id: ProfileId,
    /// What about, by names in kebab-case.
    pub props: Json,
    /// When.
    pub created_at: DateTimeUtc,
    /// It is not told before.
    pub due_at: DateTimeUtc,
    /// Of events with the same text that are not told yet only the last one is.
    pub gathered_as: Option<String>,
    /// When its deliveries were made; none while it waits.
    pub told_at: Option<DateTimeUtc>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
