//! The row of a snapshot.

use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use entities::file_snapshot::{Creator, Model};
use entities::ids::{FileId, ProfileId, SnapshotId};
use platform::db::{Tx, sql};
use sea_orm::FromQueryResult;

/// What a new one is besides what its file says.
pub(super) struct New {
    /// Name shown to members.
    pub(super) label: String,
    /// Who makes it.
    pub(super) creator: Creator,
    /// Whose action makes it; zeros for an operator without an account.
    pub(super) by: ProfileId,
    /// When it ends; none for those that people make.
    pub(super) deleted_at: Option<DateTime<Utc>>,
}

impl New {
    /// The name of one that nobody gave a name.
    pub(super) fn label(now: DateTime<Utc>) -> String {
        now.format("snapshot-%Y-%m-%d-%H-%M-%S-%3f").to_string()
    }
}

/// Makes one of a file as it is, which the transaction holds.
///
/// # Errors
/// [`Error::NotFound`] when there is no such file; those of the database.
pub(super) async fn insert(tx: &Tx, file: FileId, new: New, now: DateTime<Utc>) -> Result<Model> {
    let id = SnapshotId(platform::ids::new_id());
    let values = [
        id.0.into(),
        file.0.into(),
        now.into(),
        new.deleted_at.into(),
        new.label.into(),
        new.creator.into(),
        Some(new.by.0).filter(|by| !by.is_nil()).into(),
    ];
    Model::find_by_statement(sql(INSERT, values)).one(tx).await?.ok_or(Error::NotFound)
}

const INSERT: &str = "
    WITH pinned AS (
      UPDATE file SET pinned_revn = revn WHERE id = $2 RETURNING id, revn, version, features, migrations)
    INSERT INTO file_snapshot (id, file_id, revn, created_at, modified_at, deleted_at, label, created_by, profile_id,
                               version, features, migrations)
    SELECT $1, id, revn, $3, $3, $4, $5, $6, $7, version, features, migrations FROM pinned
    RETURNING id, file_id, revn, created_at, modified_at, deleted_at, label, created_by, profile_id, locked_by, version,
              features, migrations";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_moment() {
        let now = DateTime::from_timestamp_millis(1_796_094_166_007).expect("a moment");
        assert_eq!(New::label(now), "snapshot-2026-12-01-03-02-46-007");
    }
}
