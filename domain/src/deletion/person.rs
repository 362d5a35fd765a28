//! Deleting a person, with the teams that are theirs alone.

use super::{Deleted, Kind, due};
use crate::error::{Error, Result};
use crate::session;
use chrono::{DateTime, Utc};
use entities::ids::ProfileId;
use entities::profile;
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect};
use std::time::Duration;
use transit::value::Value;
use uuid::Uuid;

/// Most teams that a refusal names.
const NAMED_MAX: i64 = 100;

/// Deletes a person and every team they own, and ends their sessions. The person is nobody at once; what they own
/// can be restored with them within the delay. The teams are held until the end of the transaction, so that
/// nobody joins one that is about to go.
///
/// # Errors
/// `owner-teams-with-people` with the ids in `teams` when others are in teams they own: those must be handed over or
/// deleted first. [`Error::NotFound`] when the person was deleted already.
pub async fn delete_profile(tx: &Tx, id: ProfileId, delay: Duration, now: DateTime<Utc>) -> Result<Deleted> {
    let person = profile::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    person.filter(|person| person.deleted_at.is_none_or(|at| at > now)).ok_or(Error::NotFound)?;
    tx.execute_raw(sql(HOLD, [id.0.into()])).await?;
    refuse_people(tx, id, now).await?;
    tx.execute_raw(sql(PERSON, [id.0.into(), now.into()])).await?;
    tx.execute_raw(sql(TEAMS, [id.0.into(), due(now, delay).into()])).await?;
    session::delete_of_profile(tx, id).await?;
    Ok(Deleted::new(Kind::Profile, id.0, now))
}

/// Whether [`delete_profile`] would refuse, without deleting anything.
///
/// # Errors
/// As [`delete_profile`].
pub async fn may_be_deleted(tx: &Tx, id: ProfileId, now: DateTime<Utc>) -> Result<()> {
    let person = profile::Entity::find_by_id(id).one(tx).await?;
    person.filter(|person| person.deleted_at.is_none_or(|at| at > now)).ok_or(Error::NotFound)?;
    refuse_people(tx, id, now).await
}

async fn refuse_people(tx: &Tx, id: ProfileId, now: DateTime<Utc>) -> Result<()> {
    let values = [id.0.into(), NAMED_MAX.into(), now.into()];
    let rows = tx.query_all_raw(sql(SHARED, values)).await?;
    let teams: Vec<Uuid> = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    if teams.is_empty() {
        return Ok(());
    }
    Err(Error::validation("owner-teams-with-people")
        .hint("hand over or delete the teams in which others are first")
        .with("teams", Value::Vec(teams.into_iter().map(Value::Uuid).collect())))
}

const HOLD: &str = "
    SELECT t.id FROM team t
     WHERE t.deleted_at IS NULL
       AND t.id IN (SELECT team_id FROM team_profile_rel WHERE profile_id = $1 AND is_owner)
     ORDER BY t.id FOR UPDATE OF t";

/// People who were deleted themselves are no longer in anybody's way.
const SHARED: &str = "
    SELECT DISTINCT t.id FROM team t
      JOIN team_profile_rel mine ON mine.team_id = t.id AND mine.profile_id = $1 AND mine.is_owner
      JOIN team_profile_rel r ON r.team_id = t.id AND r.profile_id <> $1
      JOIN profile p ON p.id = r.profile_id AND (p.deleted_at IS NULL OR p.deleted_at > $3)
     WHERE t.deleted_at IS NULL
     ORDER BY t.id LIMIT $2";

const PERSON: &str = "UPDATE profile SET deleted_at = $2 WHERE id = $1";

const TEAMS: &str = "
    UPDATE team t SET deleted_at = $2 FROM team_profile_rel r
     WHERE r.team_id = t.id AND r.profile_id = $1 AND r.is_owner AND t.deleted_at IS NULL";
