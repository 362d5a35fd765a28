//! Projects: making one and listing those of a team or of a person.

use crate::chosen;
use crate::error::{Error, Result};
use crate::permission::{Editable, Locked, Viewable};
use chrono::{DateTime, Utc};
use entities::ids::{ProfileId, ProjectId, TeamId};
use entities::{project, project_profile_rel, team, team_project_profile_rel};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, FromQueryResult, Set};

/// Most projects that are listed.
const LIST_MAX: i64 = 2000;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewProject {
    /// Chosen by the client; none for a fresh one.
    pub id: Option<ProjectId>,
    /// 1 to 250 characters.
    pub name: String,
}

/// A project on its team's page.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ListedProject {
    /// Key.
    pub id: ProjectId,
    /// The team.
    pub team_id: TeamId,
    /// Name.
    pub name: String,
    /// The team's drafts project.
    pub is_default: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it or a file in it last changed.
    pub modified_at: DateTime<Utc>,
    /// Set when it is in the bin.
    pub deleted_at: Option<DateTime<Utc>>,
    /// The caller keeps it at the top.
    pub is_pinned: bool,
    /// Files that are not deleted.
    pub count: i64,
    /// Files, those in the bin included.
    pub total_count: i64,
}

/// A project among everything a person can change.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Reachable {
    /// Key.
    pub id: ProjectId,
    /// The team.
    pub team_id: TeamId,
    /// The team's name.
    pub team_name: String,
    /// It is the caller's default team.
    pub is_default_team: bool,
    /// Name.
    pub name: String,
    /// The team's drafts project.
    pub is_default: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it or a file in it last changed.
    pub modified_at: DateTime<Utc>,
}

/// Makes a project in a team; its maker owns it. Call it in a transaction. Made once however often it is asked for: the
/// answer to the first time may have been lost.
///
/// # Errors
/// `object-already-exists` when something else has the chosen id.
pub async fn create(
    conn: &impl ConnectionTrait,
    team: &Locked<Editable<team::Model>>,
    wanted: NewProject,
    now: DateTime<Utc>,
) -> Result<project::Model> {
    let id = wanted.id.unwrap_or_else(|| ProjectId(platform::ids::new_id()));
    let row = project::ActiveModel {
        id: Set(id),
        team_id: Set(team.id),
        created_at: Set(now),
        modified_at: Set(now),
        deleted_at: Set(None),
        is_default: Set(false),
        name: Set(wanted.name.clone()),
    };
    let Some(project) = chosen::insert(conn, row, project::Column::Id).await? else {
        return made_before(conn, team, &wanted).await?.ok_or_else(Error::id_is_taken);
    };
    let role = project_profile_rel::ActiveModel {
        id: Set(platform::ids::new_id()),
        project_id: Set(project.id),
        profile_id: Set(team.caller()),
        created_at: Set(now),
        modified_at: Set(now),
        is_owner: Set(true),
        is_admin: Set(true),
        can_edit: Set(true),
    };
    role.insert(conn).await?;
    Ok(project)
}

/// The project that was made when the same was asked for before; none when nothing has the chosen id.
///
/// # Errors
/// `object-already-exists` when something else has it.
pub async fn made_before(
    conn: &impl ConnectionTrait,
    team: &Locked<Editable<team::Model>>,
    wanted: &NewProject,
) -> Result<Option<project::Model>> {
    let Some(id) = wanted.id else { return Ok(None) };
    let found = project::Entity::find_by_id(id).one(conn).await?;
    chosen::same(found, |there| {
        there.team_id == team.id && there.deleted_at.is_none() && there.name == wanted.name
    })
}

/// Gives a project another name, 1 to 250 characters; the project as it is then.
pub async fn rename(
    conn: &impl ConnectionTrait,
    project: &Editable<project::Model>,
    name: String,
    now: DateTime<Utc>,
) -> Result<project::Model> {
    let row = project::ActiveModel {
        id: Set(project.id),
        modified_at: Set(now),
        name: Set(name),
        ..Default::default()
    };
    Ok(row.update(conn).await?)
}

/// Keeps a project at the top of its team's page for the holder, or no longer.
pub async fn pin(
    conn: &impl ConnectionTrait,
    project: &Viewable<project::Model>,
    is_pinned: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = team_project_profile_rel::ActiveModel {
        id: Set(platform::ids::new_id()),
        team_id: Set(project.team_id),
        profile_id: Set(project.caller()),
        project_id: Set(project.id),
        created_at: Set(now),
        modified_at: Set(now),
        is_pinned: Set(is_pinned),
    };
    use team_project_profile_rel::Column;
    let again = OnConflict::columns([Column::TeamId, Column::ProjectId, Column::ProfileId])
        .update_columns([Column::IsPinned, Column::ModifiedAt])
        .to_owned();
    let insert = team_project_profile_rel::Entity::insert(row).on_conflict(again);
    insert.exec_without_returning(conn).await?;
    Ok(())
}

/// The projects of a team, at most 2000, the last changed first. Those in the bin are among them, marked by
/// `deleted_at`: the dashboard shows its bin from this list.
pub async fn list(conn: &impl ConnectionTrait, team: &Viewable<team::Model>) -> Result<Vec<ListedProject>> {
    let values = [team.id.0.into(), team.caller().0.into(), LIST_MAX.into()];
    let query = platform::db::sql(LIST, values);
    Ok(ListedProject::find_by_statement(query).all(conn).await?)
}

/// Every project that `caller` can change, at most 2000, by name of team and project.
pub async fn list_all(conn: &impl ConnectionTrait, caller: ProfileId) -> Result<Vec<Reachable>> {
    let values = [caller.0.into(), LIST_MAX.into()];
    let query = platform::db::sql(LIST_ALL, values);
    Ok(Reachable::find_by_statement(query).all(conn).await?)
}

const LIST: &str = "
    SELECT p.id, p.team_id, p.name, p.is_default, p.created_at, p.modified_at, p.deleted_at,
           coalesce(pin.is_pinned, false) AS is_pinned,
           count(f.id) FILTER (WHERE f.deleted_at IS NULL) AS count,
           count(f.id) AS total_count
      FROM project p
      LEFT JOIN team_project_profile_rel pin
        ON pin.project_id = p.id AND pin.team_id = p.team_id AND pin.profile_id = $2
      LEFT JOIN file f ON f.project_id = p.id
     WHERE p.team_id = $1
     GROUP BY p.id, pin.is_pinned
     ORDER BY p.modified_at DESC, p.id
     LIMIT $3";

const LIST_ALL: &str = "
    SELECT p.id, p.team_id, t.name AS team_name, coalesce(t.id = me.default_team_id, false) AS is_default_team,
           p.name, p.is_default, p.created_at, p.modified_at
      FROM project p
      JOIN team t ON t.id = p.team_id AND t.deleted_at IS NULL
      JOIN profile me ON me.id = $1
     WHERE p.deleted_at IS NULL
       AND p.id IN (
           SELECT mine.id FROM project mine JOIN team_profile_rel r ON r.team_id = mine.team_id
            WHERE r.profile_id = $1 AND (r.is_owner OR r.is_admin OR r.can_edit)
           UNION ALL
           SELECT r.project_id FROM project_profile_rel r
            WHERE r.profile_id = $1 AND (r.is_owner OR r.is_admin OR r.can_edit))
     ORDER BY t.name, p.name, p.id
     LIMIT $2";
