//! Deleting: hidden now, with everything inside later, purged when the time of grace is over.
//!
//! **`deleted_at` of an object hides it and everything inside it at once**, because reading looks at the parents too.
//! [`cascade`] gives it to what lies inside, so that each row can be purged by itself. **What has a `deleted_at` keeps
//! it**: what somebody deleted by itself goes, and comes back, by itself. What went with a root (the object that was
//! deleted) is known by having the very `deleted_at` of the root ([`restore`]).
//!
//! What lies in what, and which columns refer to blobs, stands in one list: [`parts`].
//!
//! Rows are locked from the outside in: person, team, project, file. A cascade shares the root, a restore has
//! it for itself, so neither sees half of the other.

pub mod bin;
pub mod cascade;
pub mod counts;
pub(crate) mod kind;
pub mod parts;
pub mod person;
pub mod purge;
pub mod restore;
pub mod statements;
pub(crate) mod uses;

use crate::error::{Error, Result};
use crate::event::Event;
use crate::follow_up::{FollowUps, JobRequest};
use crate::permission::{Editable, Owned};
use chrono::{DateTime, TimeDelta, Utc};
use entities::{file, project, team};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::time::Duration;
use uuid::Uuid;

pub use kind::Kind;

/// An object that was deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct Deleted {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: Uuid,
    /// When it will be purged; of a person, when they were deleted.
    pub deleted_at: DateTime<Utc>,
    /// A job for what lies in it, and whoever has to hear of it.
    pub follow_ups: FollowUps,
}

impl Deleted {
    fn new(kind: Kind, id: Uuid, deleted_at: DateTime<Utc>) -> Deleted {
        let follow_ups = FollowUps::default().job(JobRequest::DeleteObject { kind, id });
        Deleted { kind, id, deleted_at, follow_ups }
    }
}

/// Deletes a file.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile.
pub async fn delete_file(
    conn: &impl ConnectionTrait,
    file: &Editable<file::Model>,
    delay: Duration,
    now: DateTime<Utc>,
) -> Result<Deleted> {
    let deleted_at = due(now, delay);
    let deleted = file::Entity::update_many()
        .col_expr(file::Column::DeletedAt, Expr::value(deleted_at))
        .filter(file::Column::Id.eq(file.id))
        .filter(file::Column::DeletedAt.is_null())
        .exec(conn)
        .await?;
    let mut deleted = done(deleted.rows_affected, Kind::File, file.id.0, deleted_at)?;
    deleted.follow_ups.events.push(Event::file_deleted(file.id, file.caller()));
    Ok(deleted)
}

/// Deletes a project.
///
/// # Errors
/// `non-deletable-project` for a team's drafts; [`Error::NotFound`] when it was deleted meanwhile.
pub async fn delete_project(
    conn: &impl ConnectionTrait,
    project: &Editable<project::Model>,
    delay: Duration,
    now: DateTime<Utc>,
) -> Result<Deleted> {
    if project.is_default {
        return Err(Error::validation("non-deletable-project").hint("the drafts of a team cannot be deleted"));
    }
    let deleted_at = due(now, delay);
    let deleted = project::Entity::update_many()
        .col_expr(project::Column::DeletedAt, Expr::value(deleted_at))
        .filter(project::Column::Id.eq(project.id))
        .filter(project::Column::DeletedAt.is_null())
        .exec(conn)
        .await?;
    done(deleted.rows_affected, Kind::Project, project.id.0, deleted_at)
}

/// Deletes a team.
///
/// # Errors
/// `non-deletable-team` for somebody's own first team; [`Error::NotFound`] when it was deleted meanwhile.
pub async fn delete_team(
    conn: &impl ConnectionTrait,
    team: &Owned<team::Model>,
    delay: Duration,
    now: DateTime<Utc>,
) -> Result<Deleted> {
    if team.is_default {
        return Err(Error::validation("non-deletable-team").hint("a person's own team cannot be deleted"));
    }
    let deleted_at = due(now, delay);
    let deleted = team::Entity::update_many()
        .col_expr(team::Column::DeletedAt, Expr::value(deleted_at))
        .filter(team::Column::Id.eq(team.id))
        .filter(team::Column::DeletedAt.is_null())
        .exec(conn)
        .await?;
    done(deleted.rows_affected, Kind::Team, team.id.0, deleted_at)
}

fn done(rows: u64, kind: Kind, id: Uuid, deleted_at: DateTime<Utc>) -> Result<Deleted> {
    if rows == 0 { Err(Error::NotFound) } else { Ok(Deleted::new(kind, id, deleted_at)) }
}

/// The moment the time of grace is over.
pub(crate) fn due(now: DateTime<Utc>, delay: Duration) -> DateTime<Utc> {
    let delay = TimeDelta::from_std(delay).unwrap_or(TimeDelta::MAX);
    now.checked_add_signed(delay).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
