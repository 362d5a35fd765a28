//! What people think of it, sent to those who run it.

use crate::error::{Error, Result};
use crate::follow_up::FollowUps;
use crate::mail::request::Mail;
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::{FeedbackId, ProfileId};
use entities::user_feedback::{ActiveModel, Column, Entity};
use platform::app::App;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};

/// Kept so long for a mail that cannot be sent; a mail server is never away for longer.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Most rows that one sweep removes.
pub const BATCH_MAX: u64 = 100;

/// What somebody wrote.
#[derive(Clone, Debug)]
pub struct Written {
    /// In a line.
    pub subject: String,
    /// At length.
    pub content: String,
    /// What sort of feedback.
    pub kind: Option<String>,
    /// The page where an error was met.
    pub error_href: Option<String>,
    /// What the front end knows about the error.
    pub error_report: Option<String>,
}

/// Keeps what `caller` wrote, for a mail to those who run this.
///
/// # Errors
/// `feedback-disabled` without the flag `user-feedback` or without a destination.
pub async fn write(
    app: &App,
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    written: Written,
    now: DateTime<Utc>,
) -> Result<FollowUps> {
    if !app.config.flags.has("user-feedback") || app.config.mail.feedback_destination.is_none() {
        return Err(Error::restriction("feedback-disabled").hint("nobody gets feedback here"));
    }
    let row = ActiveModel {
        id: Set(FeedbackId(platform::ids::new_id())),
        profile_id: Set(caller),
        created_at: Set(now),
        subject: Set(written.subject),
        content: Set(written.content),
        kind: Set(written.kind),
        error_href: Set(written.error_href),
        error_report: Set(written.error_report),
    };
    let feedback_id = row.insert(conn).await?.id;
    Ok(FollowUps::default().mail(Mail::Feedback { feedback_id }))
}

/// Forgets at most [`BATCH_MAX`] of what was written more than 30 days ago; how many there were.
pub async fn collect_old(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let old = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::CreatedAt.lte(now - KEPT))
        .limit(BATCH_MAX);
    let ids: Vec<FeedbackId> = old.into_tuple().all(conn).await?;
    Ok(Entity::delete_many().filter(Column::Id.is_in(ids)).exec(conn).await?.rows_affected)
}
