//! Which snapshots people see.

use crate::error::{Error, ErrorKind, Result};
use crate::permission::{self, Editable, Viewable};
use chrono::{DateTime, Utc};
use entities::file;
use entities::file_snapshot::{Column, Creator, Entity, Model};
use entities::ids::{FileId, ProfileId, SnapshotId};
use platform::db::Tx;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Most that are listed of one file, of those of people and of those of the system each.
const LIST_MAX: u64 = 500;

/// Proof that the caller may change a snapshot, because they may change its file. Nobody else changes it until the
/// transaction ends.
#[derive(Clone, Debug)]
pub struct EditableSnapshot {
    row: Model,
    file: Editable<file::Model>,
}

impl EditableSnapshot {
    /// The snapshot.
    pub fn row(&self) -> &Model {
        &self.row
    }

    /// Its file.
    pub fn file(&self) -> &Editable<file::Model> {
        &self.file
    }
}

/// Proof that `caller` may change a snapshot.
///
/// # Errors
/// [`Error::NotFound`], also for those who may only look.
pub async fn editor(
    tx: &Tx,
    caller: ProfileId,
    id: SnapshotId,
    now: DateTime<Utc>,
) -> Result<EditableSnapshot> {
    let seen = Entity::find_by_id(id).filter(is_seen(now));
    let found = seen.clone().one(tx).await?.ok_or(Error::NotFound)?;
    let file = permission::file_editor(tx, caller, found.file_id).await?;
    // Strangers hold nothing.
    let row = seen.lock_exclusive().one(tx).await?.ok_or(Error::NotFound)?;
    Ok(EditableSnapshot { row, file })
}

/// The snapshots of a file, the newest first: at most 500 of people and 500 of the system.
///
/// # Errors
/// Those of the database.
pub async fn list(
    conn: &impl ConnectionTrait,
    file: &Viewable<file::Model>,
    now: DateTime<Utc>,
) -> Result<Vec<Model>> {
    let mut listed = Vec::new();
    for creator in [Creator::System, Creator::User] {
        let own = Entity::find().filter(Column::FileId.eq(file.id)).filter(Column::CreatedBy.eq(creator));
        let newest = own.filter(is_seen(now)).order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
        listed.extend(newest.limit(LIST_MAX).all(conn).await?);
    }
    listed.sort_by_key(|one: &Model| std::cmp::Reverse((one.created_at, one.id.0)));
    Ok(listed)
}

/// One of a file.
///
/// # Errors
/// `snapshot-not-found` when the file has no such snapshot.
pub(super) async fn of_file(
    conn: &impl ConnectionTrait,
    file: FileId,
    id: SnapshotId,
    now: DateTime<Utc>,
) -> Result<Model> {
    let found = Entity::find_by_id(id).filter(Column::FileId.eq(file)).filter(is_seen(now)).one(conn).await?;
    let hint = "the file has no such snapshot, or its time is over";
    found.ok_or_else(|| Error::refused(ErrorKind::NotFound, "snapshot-not-found").hint(hint))
}

/// Those of people are hidden once they are deleted, those of the system at their end.
fn is_seen(now: DateTime<Utc>) -> Condition {
    let lives = Condition::all().add(Column::CreatedBy.eq(Creator::System)).add(Column::DeletedAt.gte(now));
    Condition::any().add(Column::DeletedAt.is_null()).add(lives)
}
