//! Asking to be let into a team.

use crate::error::{Error, Result};
use crate::follow_up::FollowUps;
use crate::invitation::send::check_muted;
use crate::mail::request::Mail;
use crate::mail_suppression;
use crate::quota::{self, Scope, Target};
use crate::team::member;
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::{AccessRequestId, FileId, ProfileId, TeamId};
use entities::team_access_request::{ActiveModel, Column, Entity, Model};
use entities::{file, profile, project, team};
use platform::config::Config;
use platform::db::Tx;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

/// How long a request keeps its person from asking again.
const VALID: TimeDelta = TimeDelta::hours(24);

/// How long an invitation of its person lets them in at once.
const AUTO_JOIN: TimeDelta = TimeDelta::days(7);

/// What somebody wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestTarget {
    /// A team.
    Team(TeamId),
    /// A file of some team, asked for where it is worked on.
    File(FileId),
    /// A file of some team, asked for from the view of a prototype.
    View(FileId),
}

/// A request that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The row.
    pub request: Model,
    /// A mail to the owner of the team.
    pub follow_ups: FollowUps,
}

/// Asks for `caller`, once a day.
///
/// # Errors
/// [`Error::NotFound`] for what does not exist, `member-already-exists`, `max-quote-reached`, `member-is-muted`,
/// `email-has-permanent-bounces` and `email-has-complaints` of the owner (whose address is not told),
/// `request-already-sent`.
pub async fn create(
    config: &Config,
    tx: &Tx,
    caller: ProfileId,
    place: RequestTarget,
    now: DateTime<Utc>,
) -> Result<Made> {
    let id = match place {
        RequestTarget::Team(team) => team,
        RequestTarget::File(file) | RequestTarget::View(file) => team_of(tx, file).await?,
    };
    let team = member::lock(tx, id).await?;
    if member::is_member(tx, id, caller).await? {
        return Err(Error::validation("member-already-exists").hint("you are in this team"));
    }
    let scope = Scope::profile(caller).team(id);
    for target in [Target::AccessRequestsPerTeam, Target::AccessRequestsPerRequester] {
        quota::check(config, tx, target, scope, 1, now).await?;
    }
    let person = profile::Entity::find_by_id(caller).one(tx).await?.ok_or(Error::NotFound)?;
    check_muted(&person)?;
    let owner = member::owner(tx, id).await?.ok_or(Error::NotFound)?;
    let owner = profile::Entity::find_by_id(owner).one(tx).await?.ok_or(Error::NotFound)?;
    mail_suppression::check_address(tx, &owner.email, "private").await?;
    let earlier = Entity::of(id, caller).one(tx).await?;
    if earlier.is_some_and(|request| request.valid_until > now) {
        return Err(Error::validation("request-already-sent").hint("one request a day is enough"));
    }
    let row = ActiveModel {
        id: Set(AccessRequestId(platform::ids::new_id())),
        team_id: Set(id),
        requester_id: Set(caller),
        valid_until: Set(now + VALID),
        auto_join_until: Set(now + AUTO_JOIN),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let again = OnConflict::columns([Column::TeamId, Column::RequesterId])
        .update_columns([Column::ValidUntil, Column::AutoJoinUntil, Column::UpdatedAt])
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    let request = Entity::of(id, caller).one(tx).await?.ok_or(Error::NotFound)?;
    Ok(Made { request, follow_ups: FollowUps::default().mail(mail(caller, &team, place)) })
}

/// Nobody but its owner is in somebody's own first team: that mail says so.
fn mail(requester_id: ProfileId, team: &team::Model, place: RequestTarget) -> Mail {
    let team_id = team.id;
    match place {
        RequestTarget::Team(_) => Mail::RequestTeamAccess { requester_id, team_id },
        RequestTarget::View(file_id) if team.is_default => {
            Mail::RequestFileAccessYourpenpotView { requester_id, team_id, file_id }
        }
        RequestTarget::File(file_id) if team.is_default => {
            Mail::RequestFileAccessYourpenpot { requester_id, team_id, file_id }
        }
        RequestTarget::File(file_id) | RequestTarget::View(file_id) => {
            Mail::RequestFileAccess { requester_id, team_id, file_id }
        }
    }
}

async fn team_of(tx: &Tx, id: FileId) -> Result<TeamId> {
    let file = file::Entity::find_by_id(id).filter(file::Column::DeletedAt.is_null()).one(tx).await?;
    let file = file.ok_or(Error::NotFound)?;
    let project = project::Entity::find_by_id(file.project_id);
    let project = project.filter(project::Column::DeletedAt.is_null()).one(tx).await?;
    Ok(project.ok_or(Error::NotFound)?.team_id)
}
