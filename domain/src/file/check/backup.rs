//! What a document was before it is put right.

use crate::deletion;
use crate::error::Result;
use chrono::{DateTime, Utc};
use entities::file_snapshot::Creator;
use entities::ids::{FileId, SnapshotId};
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// Makes a snapshot of the system of a file as it is, which the transaction holds. It goes after the time of grace.
/// `by` is whoever it is done for; nobody for operators without an account.
///
/// # Errors
/// Those of the database.
pub(super) async fn keep(
    app: &App,
    tx: &Tx,
    (file, revn): (FileId, i64),
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<SnapshotId> {
    let id = SnapshotId(platform::ids::new_id());
    let values = [
        id.0.into(),
        file.0.into(),
        now.into(),
        deletion::due(now, app.config.limits.deletion_delay).into(),
        format!("internal/repair/{revn}").into(),
        Creator::System.into(),
        by.into(),
    ];
    tx.execute_raw(sql(KEEP, values)).await?;
    Ok(id)
}

const KEEP: &str = "
    WITH pinned AS (
      UPDATE file SET pinned_revn = revn WHERE id = $2 RETURNING id, revn, version, features, migrations)
    INSERT INTO file_snapshot (id, file_id, revn, created_at, modified_at, deleted_at, label, created_by, profile_id,
                               version, features, migrations)
    SELECT $1, id, revn, $3, $3, $4, $5, $6, $7, version, features, migrations FROM pinned";
