//! The file as it is when it is its turn.

use crate::error::{Error, Result};
use crate::file::parts::lock;
use chrono::{DateTime, Utc};
use entities::ids::{FileId, ProjectId, TeamId};
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, FromQueryResult};

/// The file as it is under the lock.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Current {
    pub(super) name: String,
    pub(super) project_id: ProjectId,
    pub(super) team_id: TeamId,
    pub(super) is_shared: bool,
    pub(super) revn: i64,
    pub(super) vern: i32,
    pub(super) version: i32,
    pub(super) features: Vec<String>,
    pub(super) team_features: Vec<String>,
    pub(super) modified_at: DateTime<Utc>,
    pub(super) root_container_id: Option<i64>,
    pub(super) pinned_revn: i64,
    /// Somebody else was changing the file, who may have taken time.
    pub(super) has_waited: bool,
}

impl Current {
    /// Waits for whoever changes the file at the moment, and finds it as it is then.
    pub(super) async fn of(tx: &Tx, id: FileId) -> Result<Current> {
        Current::by(tx, CURRENT, id).await
    }

    /// The same, whether it is deleted or not.
    pub(super) async fn of_any(tx: &Tx, id: FileId) -> Result<Current> {
        Current::by(tx, CURRENT_OF_ANY, id).await
    }

    async fn by(tx: &Tx, statement: &str, id: FileId) -> Result<Current> {
        let query = sql(statement, [id.0.into(), lock::key(id).into()]);
        let row = tx.query_one_raw(query).await?.ok_or(Error::NotFound)?;
        Ok(Current::from_query_result(&row, "")?)
    }
}

/// Locking the row finds its newest version, whatever the statement saw when it began to wait.
const CURRENT: &str = "
    WITH held AS MATERIALIZED (
      SELECT CASE WHEN pg_try_advisory_xact_lock($2) THEN false
                  ELSE pg_advisory_xact_lock($2) IS NOT NULL END AS has_waited)
    SELECT f.name, f.project_id, p.team_id, f.is_shared, f.revn, f.vern, f.version, f.features,
           t.features AS team_features, f.modified_at, f.root_container_id, f.pinned_revn,
           held.has_waited
      FROM held, file f JOIN project p ON p.id = f.project_id JOIN team t ON t.id = p.team_id
     WHERE f.id = $1 AND f.deleted_at IS NULL AND p.deleted_at IS NULL AND t.deleted_at IS NULL
       FOR NO KEY UPDATE OF f";

const CURRENT_OF_ANY: &str = "
    WITH held AS MATERIALIZED (
      SELECT CASE WHEN pg_try_advisory_xact_lock($2) THEN false
                  ELSE pg_advisory_xact_lock($2) IS NOT NULL END AS has_waited)
    SELECT f.name, f.project_id, p.team_id, f.is_shared, f.revn, f.vern, f.version, f.features,
           t.features AS team_features, f.modified_at, f.root_container_id, f.pinned_revn,
           held.has_waited
      FROM held, file f JOIN project p ON p.id = f.project_id JOIN team t ON t.id = p.team_id
     WHERE f.id = $1
       FOR NO KEY UPDATE OF f";
