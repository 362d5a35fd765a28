//! Many threads and comments at once.

use chrono::{DateTime, Utc};
use entities::{
    comment, comment_thread,
    ids::{CommentId, CommentThreadId, FileId, ProfileId},
};
use platform::{db::sql, ids::new_id};
use sea_orm::{ConnectionTrait, Set};
use uuid::Uuid;

use super::{Row, now};

/// A thread, without a comment.
#[derive(Debug, Clone)]
pub struct Thread {
    /// Key.
    pub id: CommentThreadId,
    /// The file.
    pub file: FileId,
    /// Who began it.
    pub owner: ProfileId,
    /// Its number in the file.
    pub number: i32,
}

impl Thread {
    /// One on a file.
    pub fn of(file: FileId, owner: ProfileId, number: i32) -> Thread {
        Thread { id: CommentThreadId(new_id()), file, owner, number }
    }
}

impl Row for Thread {
    type Model = comment_thread::ActiveModel;

    fn row(self) -> comment_thread::ActiveModel {
        comment_thread::ActiveModel {
            id: Set(self.id),
            file_id: Set(self.file),
            owner_id: Set(self.owner),
            created_at: Set(now()),
            modified_at: Set(now()),
            page_id: Set(Uuid::nil()),
            page_name: Set(None),
            frame_id: Set(Uuid::nil()),
            seqn: Set(self.number),
            position_x: Set(0.0),
            position_y: Set(0.0),
            is_resolved: Set(false),
        }
    }
}

/// A comment.
#[derive(Debug, Clone)]
pub struct Comment {
    /// The thread.
    pub thread: CommentThreadId,
    /// Who wrote it.
    pub owner: ProfileId,
    /// When.
    pub at: DateTime<Utc>,
}

impl Row for Comment {
    type Model = comment::ActiveModel;

    fn row(self) -> comment::ActiveModel {
        comment::ActiveModel {
            id: Set(CommentId(new_id())),
            thread_id: Set(self.thread),
            owner_id: Set(self.owner),
            created_at: Set(self.at),
            modified_at: Set(self.at),
            content: Set("Larger".to_owned()),
            mentions: Set(vec![]),
        }
    }
}

/// Somebody has read every thread that there is.
///
/// # Panics
/// When the database refuses it.
pub async fn read_everything(db: &impl ConnectionTrait, reader: ProfileId) {
    let text = "INSERT INTO comment_thread_status (thread_id, profile_id, modified_at)
                SELECT id, $1::uuid, $2::timestamptz FROM comment_thread";
    db.execute_raw(sql(text, [reader.0.into(), now().into()])).await.expect("inserts");
}
