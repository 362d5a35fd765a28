//! What is said about designs: threads and comments.

use crate::wire::{Instant, Point, Set};
use domain::comment::{
    list::{ListedComment, ListedThread},
    say::Begun,
};
use entities::{comment, file, ids::FileId, profile};
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// A thread in the list of its file, or of what somebody has not read.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Thread {
    /// Key.
    pub id: Uuid,
    /// The file.
    pub file_id: Uuid,
    /// What it is called.
    pub file_name: String,
    /// Its project.
    pub project_id: Uuid,
    /// Its team.
    pub team_id: Uuid,
    /// The page.
    pub page_id: Uuid,
    /// What the page was called at the last comment; null while it was not stored.
    pub page_name: Option<String>,
    /// The board that it moves with; zeros for the page.
    pub frame_id: Uuid,
    /// Who began it.
    pub owner_id: Uuid,
    /// Their name; null when their account is gone.
    pub owner_fullname: Option<String>,
    /// Their address; null when their account is gone.
    pub owner_email: Option<String>,
    /// Their photo, as a storage object.
    pub owner_photo_id: Option<Uuid>,
    /// Its number in the file.
    pub seqn: i64,
    /// Where it is.
    pub position: Point,
    /// Who has said something.
    pub participants: Set<Uuid>,
    /// Who is mentioned.
    pub mentions: Set<Uuid>,
    /// Nothing is left to say.
    pub is_resolved: bool,
    /// When it was begun.
    pub created_at: Instant,
    /// When something was last said in it, or when it was last moved.
    pub modified_at: Instant,
    /// The first comment.
    pub content: String,
    /// How many comments it has.
    pub count_comments: i64,
    /// How many of them the caller has not read.
    pub count_unread_comments: i64,
}

impl From<ListedThread> for Thread {
    fn from(row: ListedThread) -> Self {
        Thread {
            id: row.id.into(),
            file_id: row.file_id.into(),
            file_name: row.file_name,
            project_id: row.project_id.into(),
            team_id: row.team_id.into(),
            page_id: row.page_id,
            page_name: row.page_name,
            frame_id: row.frame_id,
            owner_id: row.owner_id.into(),
            owner_fullname: row.owner_fullname,
            owner_email: row.owner_email,
            owner_photo_id: row.owner_photo_id.map(Uuid::from),
            seqn: row.seqn.into(),
            position: Point { x: row.position_x, y: row.position_y },
            participants: Set(row.participants),
            mentions: Set(row.mentions),
            is_resolved: row.is_resolved,
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            content: row.content,
            count_comments: row.count_comments,
            count_unread_comments: row.count_unread_comments,
        }
    }
}

/// A thread that was just begun.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct BegunThread {
    /// Key.
    pub id: Uuid,
    /// Its first comment.
    pub comment_id: Uuid,
    /// The file.
    pub file_id: Uuid,
    /// The page.
    pub page_id: Uuid,
    /// What the page is called; null while it is not stored.
    pub page_name: Option<String>,
    /// The board that it moves with; zeros for the page.
    pub frame_id: Uuid,
    /// Who began it: the caller.
    pub owner_id: Uuid,
    /// Their name.
    pub owner_fullname: String,
    /// Their address.
    pub owner_email: String,
    /// Their photo, as a storage object.
    pub owner_photo_id: Option<Uuid>,
    /// Its number in the file.
    pub seqn: i64,
    /// Where it is.
    pub position: Point,
    /// Who has said something: the caller.
    pub participants: Set<Uuid>,
    /// Who is mentioned.
    pub mentions: Set<Uuid>,
    /// Nothing is left to say: false.
    pub is_resolved: bool,
    /// When it was begun.
    pub created_at: Instant,
    /// The same.
    pub modified_at: Instant,
}

impl BegunThread {
    /// As it is told to whoever began it.
    pub fn new(begun: Begun, owner: &profile::Model) -> BegunThread {
        let (thread, comment) = (begun.thread, begun.comment);
        BegunThread {
            id: thread.id.into(),
            comment_id: comment.id.into(),
            file_id: thread.file_id.into(),
            page_id: thread.page_id,
            page_name: thread.page_name,
            frame_id: thread.frame_id,
            owner_id: owner.id.into(),
            owner_fullname: owner.fullname.clone(),
            owner_email: owner.email.clone(),
            owner_photo_id: owner.photo_id.map(Uuid::from),
            seqn: thread.seqn.into(),
            position: Point { x: thread.position_x, y: thread.position_y },
            participants: Set(vec![owner.id.into()]),
            mentions: Set(comment.mentions),
            is_resolved: thread.is_resolved,
            created_at: thread.created_at.into(),
            modified_at: thread.modified_at.into(),
        }
    }
}

/// A comment and who wrote it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Comment {
    /// Key.
    pub id: Uuid,
    /// The thread.
    pub thread_id: Uuid,
    /// The file.
    pub file_id: Uuid,
    /// Who wrote it.
    pub owner_id: Uuid,
    /// Their name; null when their account is gone.
    pub owner_fullname: Option<String>,
    /// Their address; null when their account is gone.
    pub owner_email: Option<String>,
    /// Their photo, as a storage object.
    pub owner_photo_id: Option<Uuid>,
    /// When it was written.
    pub created_at: Instant,
    /// When it was last changed.
    pub modified_at: Instant,
    /// What it says; people who are mentioned stand in it as `@[name](id)`.
    pub content: String,
    /// Who is mentioned.
    pub mentions: Set<Uuid>,
}

impl Comment {
    /// One of a file.
    pub fn listed(row: ListedComment, file: FileId) -> Comment {
        Comment {
            id: row.id.into(),
            thread_id: row.thread_id.into(),
            file_id: file.into(),
            owner_id: row.owner_id.into(),
            owner_fullname: row.owner_fullname,
            owner_email: row.owner_email,
            owner_photo_id: row.owner_photo_id.map(Uuid::from),
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            content: row.content,
            mentions: Set(row.mentions),
        }
    }

    /// One that was just written.
    pub fn written(row: comment::Model, file: &file::Model, owner: &profile::Model) -> Comment {
        Comment {
            id: row.id.into(),
            thread_id: row.thread_id.into(),
            file_id: file.id.into(),
            owner_id: owner.id.into(),
            owner_fullname: Some(owner.fullname.clone()),
            owner_email: Some(owner.email.clone()),
            owner_photo_id: owner.photo_id.map(Uuid::from),
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            content: row.content,
            mentions: Set(row.mentions),
        }
    }
}

/// A comment as it stands in the audit log, for which it is not meant: how many characters it has.
pub fn in_log(content: &str) -> Value {
    Value::Int(i64::try_from(content.chars().count()).unwrap_or(i64::MAX))
}
