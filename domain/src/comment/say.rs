//! Saying something: in a new thread, or as an answer.

use super::find::HeldThread;
use super::{mention, notice, read};
use crate::error::{Error, Result};
use crate::file::parts::read::page_name;
use crate::follow_up::FollowUps;
use crate::permission::{CommentReader, Commenter};
use crate::quota::{self, Scope, Target};
use chrono::{DateTime, Utc};
use entities::ids::{CommentId, CommentThreadId, FileId};
use entities::{comment, comment_thread};
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::{ActiveModelTrait, ConnectionTrait, Set};
use uuid::Uuid;

/// What somebody says.
#[derive(Clone, Debug)]
pub struct Said {
    /// At most 750 characters; people who are mentioned stand in it as `@[name](id)`.
    pub content: String,
    /// Who is mentioned; none: those who stand in the text.
    pub mentions: Option<Vec<Uuid>>,
}

/// Where somebody begins a thread, and with what.
#[derive(Clone, Debug)]
pub struct NewThread {
    /// The page. It need not be stored yet: clients save what is drawn a little later than what is said.
    pub page: Uuid,
    /// The board that the thread moves with; zeros for the page.
    pub frame: Uuid,
    /// From left to right, and from top to bottom.
    pub position: (f64, f64),
    /// The first comment.
    pub said: Said,
}

/// A thread that was begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The thread.
    pub thread: comment_thread::Model,
    /// Its first comment.
    pub comment: comment::Model,
    /// Those whom it concerns hear of it by mail.
    pub follow_ups: FollowUps,
}

/// An answer that was given.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The comment.
    pub comment: comment::Model,
    /// Those whom it concerns hear of it by mail.
    pub follow_ups: FollowUps,
}

/// Begins a thread. Whoever begins it has read it.
///
/// # Errors
/// `max-quote-reached`; [`Error::NotFound`] when the file was deleted meanwhile, or a link does not open the page.
pub async fn begin(app: &App, tx: &Tx, by: &Commenter, new: NewThread, now: DateTime<Utc>) -> Result<Begun> {
    if !by.shows(new.page) {
        return Err(Error::NotFound);
    }
    for target in [Target::CommentThreadsPerFile, Target::CommentsPerFile] {
        quota::check(&app.config, tx, target, scope(by), 1, now).await?;
    }
    let name = page_name(app, tx, by.file(), new.page).await?;
    let row = comment_thread::ActiveModel {
        id: Set(CommentThreadId(platform::ids::new_id())),
        file_id: Set(by.file().id),
        owner_id: Set(by.file().caller()),
        created_at: Set(now),
        modified_at: Set(now),
        page_id: Set(new.page),
        page_name: Set(name),
        frame_id: Set(new.frame),
        seqn: Set(next_number(tx, by.file().id).await?),
        position_x: Set(new.position.0),
        position_y: Set(new.position.1),
        is_resolved: Set(false),
    };
    let thread = row.insert(tx).await?;
    let Answered { comment, follow_ups } = write(tx, by, thread.id, new.said, now).await?;
    Ok(Begun { thread, comment, follow_ups })
}

/// Answers in a thread. Whoever answers has read it.
///
/// # Errors
/// `max-quote-reached`.
pub async fn answer(
    app: &App,
    tx: &Tx,
    held: &HeldThread,
    said: Said,
    now: DateTime<Utc>,
) -> Result<Answered> {
    quota::check(&app.config, tx, Target::CommentsPerFile, scope(held.by()), 1, now).await?;
    touch(app, tx, held, now).await?;
    write(tx, held.by(), held.row().id, said, now).await
}

/// Something was said in the thread: it changed, and its page is called what it is called now.
pub(super) async fn touch(app: &App, tx: &Tx, held: &HeldThread, now: DateTime<Utc>) -> Result<()> {
    let name = page_name(app, tx, held.by().file(), held.row().page_id).await?;
    let values = [held.row().id.0.into(), now.into(), name.into()];
    tx.execute_raw(sql(TOUCH, values)).await?;
    Ok(())
}

const TOUCH: &str =
    "UPDATE comment_thread SET modified_at = $2, page_name = coalesce($3, page_name) WHERE id = $1";

async fn write(
    tx: &Tx,
    by: &CommentReader,
    thread: CommentThreadId,
    said: Said,
    now: DateTime<Utc>,
) -> Result<Answered> {
    let mentions = said.mentions.unwrap_or_else(|| mention::of_text(&said.content));
    let row = comment::ActiveModel {
        id: Set(CommentId(platform::ids::new_id())),
        thread_id: Set(thread),
        owner_id: Set(by.file().caller()),
        created_at: Set(now),
        modified_at: Set(now),
        content: Set(said.content),
        mentions: Set(mentions),
    };
    let comment = row.insert(tx).await?;
    read::mark(tx, thread, by.file().caller(), now).await?;
    let follow_ups = notice::leave(tx, by, &comment, None, now).await?;
    Ok(Answered { comment, follow_ups })
}

/// Threads of a file are numbered as they come; who begin one at the same time come one after the other.
async fn next_number(tx: &Tx, file: FileId) -> Result<i32> {
    let row = tx.query_one_raw(sql(NEXT_NUMBER, [file.0.into()])).await?.ok_or(Error::NotFound)?;
    Ok(row.try_get("", "comment_thread_seqn")?)
}

const NEXT_NUMBER: &str = "
    UPDATE file SET comment_thread_seqn = comment_thread_seqn + 1
     WHERE id = $1 AND deleted_at IS NULL
    RETURNING comment_thread_seqn";

fn scope(by: &CommentReader) -> Scope {
    let file = by.file();
    Scope::profile(file.caller()).team(by.team()).project(file.project_id).file(file.id)
}
