//! Threads of comments, each at a place of a page.

use crate::ids::{CommentThreadId, FileId, ProfileId};
use sea_orm::entity::prelude::*;

/// One thread. What is said in it are rows of `comment`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "comment_thread")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CommentThreadId,
    /// The file.
    pub file_id: FileId,
    /// Who began it. They may be gone.
    pub owner_id: ProfileId,
    /// When it was begun.
    pub created_at: DateTimeUtc,
    /// When something was last said in it, or when it was last moved.
    pub modified_at: DateTimeUtc,
    /// The page. It may be gone, or not be stored yet.
    pub page_id: Uuid,
    /// What the page was called at the last comment; none while it was not stored.
    pub page_name: Option<String>,
    /// The board that it moves with; zeros for the page.
    pub frame_id: Uuid,
    /// Its number in the file.
    pub seqn: i32,
    /// Where it is, from left to right.
    pub position_x: f64,
    /// Where it is, from top to bottom.
    pub position_y: f64,
    /// Nothing is left to say.
    pub is_resolved: bool,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
