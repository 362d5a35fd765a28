//! How much is in teams, for whoever is about to delete them.

use super::team::TeamSummary;
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use entities::ids::TeamId;
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

/// What is in a team. What was deleted by itself is left out.
#[derive(Clone, Copy, Debug, Default, FromQueryResult)]
pub struct Contents {
    /// Projects, drafts included.
    pub projects: i64,
    /// Files.
    pub files: i64,
    /// Invitations that can still be accepted.
    pub invitations: i64,
    /// Invitations that are too old.
    pub expired_invitations: i64,
}

/// A team, deleted or not.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or it was purged.
pub async fn team(conn: &impl ConnectionTrait, id: TeamId) -> Result<TeamSummary> {
    let query = platform::db::sql(TEAM, [id.0.into()]);
    TeamSummary::find_by_statement(query).one(conn).await?.ok_or(Error::NotFound)
}

/// What is in these teams together. What went with a deleted team is counted as long as it can come back with it.
pub async fn of(conn: &impl ConnectionTrait, teams: &[TeamId], now: DateTime<Utc>) -> Result<Contents> {
    let ids: Vec<Uuid> = teams.iter().map(|id| id.0).collect();
    let query = platform::db::sql(CONTENTS, [ids.into(), now.into()]);
    Ok(Contents::find_by_statement(query).one(conn).await?.unwrap_or_default())
}

const TEAM: &str = "
    SELECT t.id, t.name, t.is_default, t.created_at, t.deleted_at,
           (SELECT p.email FROM team_profile_rel r JOIN profile p ON p.id = r.profile_id
             WHERE r.team_id = t.id AND r.is_owner ORDER BY r.created_at LIMIT 1) AS owner,
           (SELECT count(*) FROM team_profile_rel r WHERE r.team_id = t.id) AS members
      FROM team t WHERE t.id = $1";

/// A part that was deleted by itself has another mark than its team, or the team has none.
const CONTENTS: &str = "
    WITH p AS (
        SELECT p.id, p.deleted_at, t.deleted_at AS mark FROM team t JOIN project p ON p.team_id = t.id
         WHERE t.id = ANY($1) AND (p.deleted_at IS NULL OR p.deleted_at = t.deleted_at))
    SELECT (SELECT count(*) FROM p) AS projects,
           (SELECT count(*) FROM p JOIN file f ON f.project_id = p.id
             WHERE f.deleted_at IS NULL OR f.deleted_at = p.mark) AS files,
           (SELECT count(*) FROM team_invitation WHERE team_id = ANY($1) AND valid_until > $2) AS invitations,
           (SELECT count(*) FROM team_invitation WHERE team_id = ANY($1) AND valid_until <= $2) AS expired_invitations";
