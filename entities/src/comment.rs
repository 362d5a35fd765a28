//! What people say about designs.

use crate::ids::{CommentId, CommentThreadId, ProfileId};
use sea_orm::entity::prelude::*;

/// One comment in a thread.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "comment")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CommentId,
    /// The thread.
    pub thread_id: CommentThreadId,
    /// Who wrote it. They may be gone.
    pub owner_id: ProfileId,
    /// When it was written.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub modified_at: DateTimeUtc,
    /// What it says; people who are mentioned stand in it as `@[name](id)`.
    pub content: String,
    /// People who are mentioned, as the client named them.
    pub mentions: Vec<Uuid>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
