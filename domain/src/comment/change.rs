//! Threads are moved, resolved and deleted, comments changed and deleted.

use super::find::{HeldThread, OwnComment};
use super::say::{Said, touch};
use super::{mention, notice};
use crate::error::Result;
use crate::follow_up::FollowUps;
use chrono::{DateTime, Utc};
use entities::comment::{ActiveModel as CommentChange, Column, Entity as Comments};
use entities::comment_thread::{ActiveModel, Entity};
use platform::app::App;
use platform::db::Tx;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use uuid::Uuid;

/// Says whether anything is left to say.
///
/// # Errors
/// Those of the database.
pub async fn resolve(tx: &Tx, held: &HeldThread, is_resolved: bool) -> Result<()> {
    let changed = ActiveModel { id: Set(held.row().id), is_resolved: Set(is_resolved), ..Default::default() };
    changed.update(tx).await?;
    Ok(())
}

/// Moves a thread to another place, with another board or with none.
///
/// # Errors
/// Those of the database.
pub async fn move_to(
    tx: &Tx,
    held: &HeldThread,
    (x, y): (f64, f64),
    frame: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    let changed = ActiveModel {
        id: Set(held.row().id),
        modified_at: Set(now),
        frame_id: Set(frame),
        position_x: Set(x),
        position_y: Set(y),
        ..Default::default()
    };
    changed.update(tx).await?;
    Ok(())
}

/// Lets a thread move with another board, or with none, from where it is.
///
/// # Errors
/// Those of the database.
pub async fn put_on(tx: &Tx, held: &HeldThread, frame: Uuid, now: DateTime<Utc>) -> Result<()> {
    let changed = ActiveModel {
        id: Set(held.row().id),
        modified_at: Set(now),
        frame_id: Set(frame),
        ..Default::default()
    };
    changed.update(tx).await?;
    Ok(())
}

/// Deletes a thread, with what everybody said in it. Hold it as its owner.
///
/// # Errors
/// Those of the database.
pub async fn delete_thread(tx: &Tx, held: &HeldThread) -> Result<()> {
    Entity::delete_by_id(held.row().id).exec(tx).await?;
    Ok(())
}

/// Says something else in place of a comment. Who was not mentioned in it until now hears of it by mail.
///
/// # Errors
/// Those of the database.
pub async fn reword(
    app: &App,
    tx: &Tx,
    own: &OwnComment,
    said: Said,
    now: DateTime<Utc>,
) -> Result<FollowUps> {
    let mentions = said.mentions.unwrap_or_else(|| mention::of_text(&said.content));
    let is_new = |person: &&Uuid| !own.row().mentions.contains(person);
    let mentioned: Vec<Uuid> = mentions.iter().filter(is_new).copied().collect();
    let changed = CommentChange {
        id: Set(own.row().id),
        modified_at: Set(now),
        content: Set(said.content),
        mentions: Set(mentions),
        ..Default::default()
    };
    let comment = changed.update(tx).await?;
    touch(app, tx, own.thread(), now).await?;
    notice::leave(tx, own.thread().by(), &comment, Some(mentioned), now).await
}

/// Deletes a comment; with the last one its thread goes.
///
/// # Errors
/// Those of the database.
pub async fn delete_comment(tx: &Tx, own: &OwnComment) -> Result<()> {
    Comments::delete_by_id(own.row().id).exec(tx).await?;
    let left = Comments::find().filter(Column::ThreadId.eq(own.row().thread_id)).count(tx).await?;
    if left == 0 { delete_thread(tx, own.thread()).await } else { Ok(()) }
}
