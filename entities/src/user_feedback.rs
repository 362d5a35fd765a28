//! What people think of it, kept for the mail that tells it.

use crate::ids::{FeedbackId, ProfileId};
use sea_orm::entity::prelude::*;

/// What one person wrote once.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user_feedback")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FeedbackId,
    /// Who.
    pub profile_id: ProfileId,
    /// When.
    pub created_at: DateTimeUtc,
    /// In a line.
    pub subject: String,
    /// At length.
    pub content: String,
    /// What sort of feedback.
    #[sea_orm(column_name = "type")]
    pub kind: Option<String>,
    /// The page where an error was met.
    pub error_href: Option<String>,
    /// What the front end knows about the error.
    pub error_report: Option<String>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
