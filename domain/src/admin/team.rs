//! Teams as operators see them.

use super::page_cursor::PageCursor;
use crate::deletion::{self, Deleted};
use crate::error::{Error, Result};
use crate::permission::{self, Operator};
use crate::team::member;
use chrono::{DateTime, Utc};
use entities::ids::{ProfileId, TeamId};
use platform::db::Tx;
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::time::Duration;

/// Most teams that are listed.
pub const LIST_MAX: u64 = 1000;

/// Most members that are listed of one team.
const MEMBERS_MAX: i64 = 5000;

/// A team, deleted or not.
#[derive(Clone, Debug, FromQueryResult)]
pub struct TeamSummary {
    /// Key.
    pub id: TeamId,
    /// Name.
    pub name: String,
    /// Somebody's own first team.
    pub is_default: bool,
    /// Address of its owner; none when there is no owner.
    pub owner: Option<String>,
    /// How many people are in it.
    pub members: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it is purged, if it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Somebody in a team.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Member {
    /// Key.
    pub id: ProfileId,
    /// Address.
    pub email: String,
    /// Name.
    pub fullname: String,
    /// Owns the team.
    pub is_owner: bool,
    /// Manages it.
    pub is_admin: bool,
    /// Changes things in it.
    pub can_edit: bool,
    /// When they joined.
    pub created_at: DateTime<Utc>,
    /// When the account was deleted, if it was, or will end.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Teams whose name or whose owner's address contains the text, newest first, at most [`LIST_MAX`]; only those after
/// where another page ended.
pub async fn list(
    conn: &impl ConnectionTrait,
    text: &str,
    deleted: bool,
    after: Option<PageCursor>,
    limit: u64,
) -> Result<Vec<TeamSummary>> {
    let limit = i64::try_from(limit.min(LIST_MAX)).unwrap_or(1);
    let (at, id) = (after.map(|cursor| cursor.at), after.map(|cursor| cursor.id));
    let values = [text.trim().to_lowercase().into(), deleted.into(), limit.into(), at.into(), id.into()];
    let query = platform::db::sql(LIST, values);
    Ok(TeamSummary::find_by_statement(query).all(conn).await?)
}

/// Everybody in a team, deleted accounts too, at most 5000, in the order of joining.
///
/// # Errors
/// [`Error::NotFound`] when there is no such team.
pub async fn members(conn: &impl ConnectionTrait, team: TeamId) -> Result<Vec<Member>> {
    let there = "SELECT 1 FROM team WHERE id = $1";
    let there = platform::db::sql(there, [team.0.into()]);
    conn.query_one_raw(there).await?.ok_or(Error::NotFound)?;
    let values = [team.0.into(), MEMBERS_MAX.into()];
    let query = platform::db::sql(MEMBERS, values);
    Ok(Member::find_by_statement(query).all(conn).await?)
}

/// Deletes a team in its owner's place.
///
/// # Errors
/// [`Error::NotFound`] when it is deleted or nobody owns it; `non-deletable-team` for somebody's own first team.
pub async fn delete(
    tx: &Tx,
    _: &Operator,
    team: TeamId,
    delay: Duration,
    now: DateTime<Utc>,
) -> Result<Deleted> {
    let owner = member::owner(tx, team).await?.ok_or(Error::NotFound)?;
    let held = permission::team_owner(tx, owner, team).await?;
    deletion::delete_team(tx, &held, delay, now).await
}

/// The page first, then what is told of its teams: so that it costs the same however many there are.
const LIST: &str = "
    SELECT t.id, t.name, t.is_default, o.email AS owner, t.created_at, t.deleted_at,
           (SELECT count(*) FROM team_profile_rel r WHERE r.team_id = t.id) AS members
      FROM (SELECT * FROM team
             WHERE (deleted_at IS NOT NULL) = $2
               AND ($1 = '' OR position($1 in lower(name)) > 0 OR id IN (
                      SELECT r.team_id FROM team_profile_rel r JOIN profile p ON p.id = r.profile_id
                       WHERE r.is_owner AND position($1 in p.email) > 0))
               AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5::uuid))
             ORDER BY created_at DESC, id DESC
             LIMIT $3) t
      LEFT JOIN LATERAL (
           SELECT p.email FROM team_profile_rel r JOIN profile p ON p.id = r.profile_id
            WHERE r.team_id = t.id AND r.is_owner ORDER BY r.created_at LIMIT 1) o ON true
     ORDER BY t.created_at DESC, t.id DESC";

const MEMBERS: &str = "
    SELECT p.id, p.email, p.fullname, r.is_owner, r.is_admin, r.can_edit, r.created_at, p.deleted_at
      FROM team_profile_rel r JOIN profile p ON p.id = r.profile_id
     WHERE r.team_id = $1
     ORDER BY r.created_at, p.id
     LIMIT $2";
