//! Threads and comments by their keys, for those who may read or change them.

use crate::error::{Error, Result};
use crate::permission::{self, CommentReader, Commenter};
use entities::comment_thread::{Entity, Model};
use entities::ids::{CommentId, CommentThreadId, ProfileId};
use entities::{comment, comment_thread};
use platform::db::Tx;
use sea_orm::sea_query::LockType;
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect};
use uuid::Uuid;

/// A thread that the caller may read.
#[derive(Clone, Debug)]
pub struct SeenThread {
    /// The thread.
    pub row: Model,
    /// By what they may.
    pub by: CommentReader,
}

/// Proof that the caller may say something in a thread. Nobody else changes it until the transaction ends.
#[derive(Clone, Debug)]
pub struct HeldThread {
    row: Model,
    by: Commenter,
}

impl HeldThread {
    /// The thread.
    pub fn row(&self) -> &comment_thread::Model {
        &self.row
    }

    /// By what they may.
    pub fn by(&self) -> &Commenter {
        &self.by
    }
}

/// Proof that the caller wrote a comment, and may still say something there. Nobody else changes it until the
/// transaction ends.
#[derive(Clone, Debug)]
pub struct OwnComment {
    row: comment::Model,
    thread: HeldThread,
}

impl OwnComment {
    /// The comment.
    pub fn row(&self) -> &comment::Model {
        &self.row
    }

    /// Its thread.
    pub fn thread(&self) -> &HeldThread {
        &self.thread
    }
}

/// A thread that `caller` may read, by a role or by a share link.
///
/// # Errors
/// [`Error::NotFound`], also for those who may not.
pub async fn seen(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: CommentThreadId,
    share: Option<Uuid>,
) -> Result<SeenThread> {
    let row = Entity::find_by_id(id).one(conn).await?.ok_or(Error::NotFound)?;
    let by = permission::comment_reader(conn, caller, row.file_id, share).await?;
    if by.shows(row.page_id) { Ok(SeenThread { row, by }) } else { Err(Error::NotFound) }
}

/// Proof that `caller` may say something in a thread.
///
/// # Errors
/// [`Error::NotFound`], also for those who may not.
pub async fn held(
    tx: &Tx,
    caller: ProfileId,
    id: CommentThreadId,
    share: Option<Uuid>,
) -> Result<HeldThread> {
    let found = Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    let by = permission::commenter(tx, caller, found.file_id, share).await?;
    if !by.shows(found.page_id) {
        return Err(Error::NotFound);
    }
    // Strangers hold nothing.
    let row = Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?.ok_or(Error::NotFound)?;
    Ok(HeldThread { row, by })
}

/// Proof that `caller` began a thread.
///
/// # Errors
/// `not-allowed` for others; [`Error::NotFound`] for those who may not even say something there.
pub async fn own_thread(
    tx: &Tx,
    caller: ProfileId,
    id: CommentThreadId,
    share: Option<Uuid>,
) -> Result<HeldThread> {
    let held = held(tx, caller, id, share).await?;
    if held.row.owner_id == caller { Ok(held) } else { Err(not_allowed()) }
}

/// Proof that `caller` wrote a comment.
///
/// # Errors
/// `not-allowed` for others; [`Error::NotFound`] for those who may not even say something there.
pub async fn own_comment(
    tx: &Tx,
    caller: ProfileId,
    id: CommentId,
    share: Option<Uuid>,
) -> Result<OwnComment> {
    let found = comment::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    let thread = held(tx, caller, found.thread_id, share).await?;
    // As it is now that its thread is held.
    let row = comment::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    if row.owner_id == caller { Ok(OwnComment { row, thread }) } else { Err(not_allowed()) }
}

fn not_allowed() -> Error {
    Error::validation("not-allowed").hint("only whoever wrote it may do this")
}
