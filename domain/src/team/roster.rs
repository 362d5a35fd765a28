//! Who is in a team, and what it has: reading.

use crate::error::Result;
use crate::permission::{Seen, Viewable};
use crate::profile::masked_email;
use chrono::{DateTime, Utc};
use entities::ids::{ProfileId, StorageObjectId, TeamId};
use entities::team;
use sea_orm::{ConnectionTrait, FromQueryResult};

/// Most people that are listed of one team.
const LIST_MAX: i64 = 5000;

/// Somebody in a team.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Member {
    /// Whom.
    pub profile_id: ProfileId,
    /// In which team.
    pub team_id: TeamId,
    /// Address.
    pub email: String,
    /// Name.
    pub fullname: String,
    /// Photo.
    pub photo_id: Option<StorageObjectId>,
    /// The address was confirmed.
    pub is_active: bool,
    /// Owns the team.
    pub is_owner: bool,
    /// Manages it.
    pub is_admin: bool,
    /// Changes things in it.
    pub can_edit: bool,
    /// When the role was given.
    pub created_at: DateTime<Utc>,
    /// When the role last changed.
    pub modified_at: DateTime<Utc>,
}

/// Somebody with a role in a team, a project of it or a file of it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct User {
    /// Key.
    pub id: ProfileId,
    /// Name.
    pub fullname: String,
    /// Address.
    pub email: String,
    /// Photo.
    pub photo_id: Option<StorageObjectId>,
}

/// How much a team has, the bin included.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Stats {
    /// Projects.
    pub projects: i64,
    /// Files.
    pub files: i64,
}

/// A team that somebody owns.
#[derive(Clone, Debug, FromQueryResult)]
pub struct OwnedTeam {
    /// Key.
    pub id: TeamId,
    /// Name.
    pub name: String,
    /// Its members.
    pub total_members: i64,
    /// Those who may change things.
    pub total_editors: i64,
}

/// The members of a team, at most 5000, in the order of joining.
pub async fn members(conn: &impl ConnectionTrait, team: &Viewable<team::Model>) -> Result<Vec<Member>> {
    Ok(Member::find_by_statement(platform::db::sql(MEMBERS, [team.id.0.into(), LIST_MAX.into()]))
        .all(conn)
        .await?)
}

/// The members of the team of a file that somebody may look at who is none of them: with hints of addresses.
pub async fn members_of_seen(conn: &impl ConnectionTrait, seen: &Seen) -> Result<Vec<Member>> {
    let values = [seen.file.id.0.into(), LIST_MAX.into()];
    let mut found = Member::find_by_statement(platform::db::sql(MEMBERS_BY_FILE, values)).all(conn).await?;
    found.iter_mut().for_each(|member| member.email = masked_email(&member.email));
    Ok(found)
}

/// Everybody with a role in the team or inside it, at most 5000, by name.
pub async fn users(conn: &impl ConnectionTrait, team: &Viewable<team::Model>) -> Result<Vec<User>> {
    Ok(User::find_by_statement(platform::db::sql(USERS, [team.id.0.into(), LIST_MAX.into()]))
        .all(conn)
        .await?)
}

/// How much the team has.
pub async fn stats(conn: &impl ConnectionTrait, team: &Viewable<team::Model>) -> Result<Stats> {
    let found = Stats::find_by_statement(platform::db::sql(STATS, [team.id.0.into(), LIST_MAX.into()]))
        .one(conn)
        .await?;
    Ok(found.unwrap_or(Stats { projects: 0, files: 0 }))
}

/// The teams that `caller` owns besides the own first one, at most 5000, in the order of making.
pub async fn owned(conn: &impl ConnectionTrait, caller: ProfileId) -> Result<Vec<OwnedTeam>> {
    let values = [caller.0.into(), LIST_MAX.into()];
    let query = platform::db::sql(OWNED, values);
    Ok(OwnedTeam::find_by_statement(query).all(conn).await?)
}

const MEMBERS: &str = "
    SELECT p.id AS profile_id, r.team_id, p.email, p.fullname, p.photo_id, p.is_active,
           r.is_owner, (r.is_admin OR r.is_owner) AS is_admin, (r.can_edit OR r.is_admin OR r.is_owner) AS can_edit,
           r.created_at, r.modified_at
      FROM team_profile_rel r JOIN profile p ON p.id = r.profile_id AND p.deleted_at IS NULL
     WHERE r.team_id = $1
     ORDER BY r.created_at, p.id
     LIMIT $2";

const MEMBERS_BY_FILE: &str = "
    SELECT p.id AS profile_id, r.team_id, p.email, p.fullname, p.photo_id, p.is_active,
           r.is_owner, (r.is_admin OR r.is_owner) AS is_admin, (r.can_edit OR r.is_admin OR r.is_owner) AS can_edit,
           r.created_at, r.modified_at
      FROM file f JOIN project j ON j.id = f.project_id
      JOIN team_profile_rel r ON r.team_id = j.team_id
      JOIN profile p ON p.id = r.profile_id AND p.deleted_at IS NULL
     WHERE f.id = $1
     ORDER BY r.created_at, p.id
     LIMIT $2";

const USERS: &str = "
    SELECT p.id, p.fullname, p.email, p.photo_id FROM profile p
     WHERE p.deleted_at IS NULL AND p.id IN (
           SELECT r.profile_id FROM team_profile_rel r WHERE r.team_id = $1
           UNION ALL
           SELECT r.profile_id FROM project_profile_rel r JOIN project j ON j.id = r.project_id WHERE j.team_id = $1
           UNION ALL
           SELECT r.profile_id FROM file_profile_rel r JOIN file f ON f.id = r.file_id
             JOIN project j ON j.id = f.project_id WHERE j.team_id = $1)
     ORDER BY p.fullname, p.id
     LIMIT $2";

const STATS: &str = "
    SELECT (SELECT count(*) FROM project WHERE team_id = $1) AS projects,
           (SELECT count(*) FROM file f JOIN project p ON p.id = f.project_id WHERE p.team_id = $1) AS files
     LIMIT $2";

const OWNED: &str = "
    SELECT t.id, t.name, count(r.id) AS total_members,
           count(r.id) FILTER (WHERE r.can_edit OR r.is_admin OR r.is_owner) AS total_editors
      FROM team t
      JOIN team_profile_rel mine ON mine.team_id = t.id AND mine.profile_id = $1 AND mine.is_owner
      JOIN team_profile_rel r ON r.team_id = t.id
     WHERE t.deleted_at IS NULL AND NOT t.is_default
     GROUP BY t.id
     ORDER BY t.created_at, t.id
     LIMIT $2";
