//! Teams: making one, listing one's own, and changing its name.

pub mod member;
pub mod roster;
pub mod usage;

use crate::chosen;
use crate::error::{Error, Result};
use crate::features::{self, Features};
use crate::permission::{Editable, Permissions, Viewable};
use chrono::{DateTime, Utc};
use entities::ids::{ProfileId, ProjectId, TeamId};
use entities::{profile, project, project_profile_rel, team, team_profile_rel};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

/// Most teams that are listed for one person.
const LIST_MAX: u64 = 1000;

/// What the first project of every team is called.
const DRAFTS: &str = "Drafts";

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewTeam {
    /// Chosen by the client; none for a fresh one.
    pub id: Option<TeamId>,
    /// 1 to 250 characters.
    pub name: String,
    /// The person's own first team.
    pub is_default: bool,
}

/// A team that was just made.
#[derive(Clone, Debug)]
pub struct Created {
    /// The row.
    pub team: team::Model,
    /// Its drafts project.
    pub default_project: project::Model,
    /// The creator's rights.
    pub permissions: Permissions,
}

/// A team as one of its members sees it.
#[derive(Clone, Debug)]
pub struct Membership {
    /// The row.
    pub team: team::Model,
    /// The member's rights.
    pub permissions: Permissions,
    /// It is this member's default team, which is not the same as being somebody's.
    pub is_own_default: bool,
}

/// Makes a team with its drafts project; `caller` owns both. Call it in a transaction. Made once however often it is
/// asked for: the answer to the first time may have been lost.
///
/// # Errors
/// `object-already-exists` when something else has the chosen id.
pub async fn create(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    wanted: NewTeam,
    enabled: &Features,
    now: DateTime<Utc>,
) -> Result<Created> {
    let id = wanted.id.unwrap_or_else(|| TeamId(platform::ids::new_id()));
    let row = team::ActiveModel {
        id: Set(id),
        created_at: Set(now),
        modified_at: Set(now),
        deleted_at: Set(None),
        name: Set(wanted.name.clone()),
        is_default: Set(wanted.is_default),
        photo_id: Set(None),
        features: Set(features::for_new_team(enabled).into_iter().collect()),
    };
    let Some(team) = chosen::insert(conn, row, team::Column::Id).await? else {
        return made_before(conn, caller, &wanted).await?.ok_or_else(Error::id_is_taken);
    };
    let role = team_profile_rel::ActiveModel {
        id: Set(platform::ids::new_id()),
        team_id: Set(team.id),
        profile_id: Set(caller),
        created_at: Set(now),
        modified_at: Set(now),
        is_owner: Set(true),
        is_admin: Set(true),
        can_edit: Set(true),
    };
    role.insert(conn).await?;
    let default_project = create_drafts(conn, caller, team.id, now).await?;
    Ok(Created { team, default_project, permissions: Permissions::OWNER })
}

/// The team that was made when the same was asked for before; none when nothing has the chosen id.
///
/// # Errors
/// `object-already-exists` when something else has it.
pub async fn made_before(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    wanted: &NewTeam,
) -> Result<Option<Created>> {
    let Some(id) = wanted.id else { return Ok(None) };
    let found = team::Entity::find_by_id(id).one(conn).await?;
    let there = chosen::same(found, |there| {
        there.deleted_at.is_none() && there.name == wanted.name && there.is_default == wanted.is_default
    })?;
    let Some(team) = there else { return Ok(None) };
    let owned = team_profile_rel::Entity::find()
        .filter(team_profile_rel::Column::TeamId.eq(id))
        .filter(team_profile_rel::Column::ProfileId.eq(caller))
        .filter(team_profile_rel::Column::IsOwner.eq(true));
    let drafts = project::Entity::find()
        .filter(project::Column::TeamId.eq(id))
        .filter(project::Column::IsDefault.eq(true));
    match (owned.one(conn).await?, drafts.one(conn).await?) {
        (Some(_), Some(default_project)) => {
            Ok(Some(Created { team, default_project, permissions: Permissions::OWNER }))
        }
        _ => Err(Error::id_is_taken()),
    }
}

/// A team as its holder sees it.
pub async fn membership(conn: &impl ConnectionTrait, held: Viewable<team::Model>) -> Result<Membership> {
    let own = profile::Entity::find_by_id(held.caller()).one(conn).await?;
    let is_own_default = own.and_then(|person| person.default_team_id) == Some(held.id);
    Ok(Membership { permissions: held.permissions(), team: held.into_inner(), is_own_default })
}

/// Gives a team another name, 1 to 250 characters.
pub async fn rename(
    conn: &impl ConnectionTrait,
    team: &Editable<team::Model>,
    name: String,
    now: DateTime<Utc>,
) -> Result<()> {
    let row =
        team::ActiveModel { id: Set(team.id), modified_at: Set(now), name: Set(name), ..Default::default() };
    row.update(conn).await?;
    Ok(())
}

/// A team that is not deleted, for everybody who knows its id: tell no more of it than its features.
pub async fn find(conn: &impl ConnectionTrait, id: TeamId) -> Result<Option<team::Model>> {
    Ok(team::Entity::alive().filter(team::Column::Id.eq(id)).one(conn).await?)
}

/// The teams of a person that are not deleted, at most 1000, in the order of joining.
pub async fn list(conn: &impl ConnectionTrait, person: &profile::Model) -> Result<Vec<Membership>> {
    let rows = team_profile_rel::Entity::of_profile(person.id)
        .find_also_related(team::Entity)
        .filter(team::Column::DeletedAt.is_null())
        .order_by_asc(team_profile_rel::Column::CreatedAt)
        .limit(LIST_MAX)
        .all(conn)
        .await?;
    let join = |(role, team): (team_profile_rel::Model, Option<team::Model>)| {
        let team = team?;
        let permissions = Permissions::of_role(role.is_owner, role.is_admin, role.can_edit);
        Some(Membership { is_own_default: person.default_team_id == Some(team.id), team, permissions })
    };
    Ok(rows.into_iter().filter_map(join).collect())
}

async fn create_drafts(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    team: TeamId,
    now: DateTime<Utc>,
) -> Result<project::Model> {
    let row = project::ActiveModel {
        id: Set(ProjectId(platform::ids::new_id())),
        team_id: Set(team),
        created_at: Set(now),
        modified_at: Set(now),
        deleted_at: Set(None),
        is_default: Set(true),
        name: Set(DRAFTS.to_owned()),
    };
    let project = row.insert(conn).await?;
    let role = project_profile_rel::ActiveModel {
        id: Set(platform::ids::new_id()),
        project_id: Set(project.id),
        profile_id: Set(caller),
        created_at: Set(now),
        modified_at: Set(now),
        is_owner: Set(true),
        is_admin: Set(true),
        can_edit: Set(true),
    };
    role.insert(conn).await?;
    Ok(project)
}
