//! Pictures of other files that a drawing shows become its file's own. A component that is placed brings the ids of its
//! library's pictures with it, and clients leave the rest to the server.

use crate::error::{Error, Result};
use crate::permission::Editable;
use crate::storage;
use chrono::{DateTime, Utc};
use document::working_set::WorkingSet;
use entities::file;
use entities::ids::StorageObjectId;
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A picture that is named.
#[derive(Debug, FromQueryResult)]
struct Named {
    id: Uuid,
    media_id: StorageObjectId,
    thumbnail_id: Option<StorageObjectId>,
    /// It is of this file, and was marked because nothing showed it.
    is_own: bool,
}

/// Makes copies of the pictures of other files that the changed shapes name, of those files that the caller may look
/// at, and names the copies instead. Ids of nothing stay. The file's own that were marked as unused come back.
///
/// # Errors
/// Those of the database.
pub(super) async fn adopt(
    tx: &Tx,
    held: &Editable<file::Model>,
    set: &mut WorkingSet,
    now: DateTime<Utc>,
) -> Result<()> {
    let named: Vec<Uuid> = set.named_media().into_iter().collect();
    if named.is_empty() {
        return Ok(());
    }
    let values = [held.id.0.into(), held.caller().0.into(), None::<Uuid>.into(), named.into()];
    let rows = tx.query_all_raw(sql(NAMED, values)).await?;
    let found: Vec<Named> =
        rows.iter().map(|row| Named::from_query_result(row, "")).collect::<Result<_, _>>()?;
    let back: Vec<Uuid> = found.iter().filter(|one| one.is_own).map(|one| one.id).collect();
    if !back.is_empty() {
        tx.execute_raw(sql(BACK, [back.into()])).await?;
    }
    let others: Vec<&Named> = found.iter().filter(|one| !one.is_own).collect();
    if others.is_empty() {
        return Ok(());
    }
    // Everybody locks in the order of ids.
    let objects: BTreeSet<StorageObjectId> =
        others.iter().flat_map(|one| std::iter::once(one.media_id).chain(one.thumbnail_id)).collect();
    let objects: Vec<StorageObjectId> = objects.into_iter().collect();
    match storage::hold(tx, &objects, now).await {
        // One of them is purged at this moment, and shows nothing any more.
        Err(Error::Swept) => return Ok(()),
        held => held?,
    }
    let copies: HashMap<Uuid, Uuid> = others.iter().map(|one| (one.id, platform::ids::new_id())).collect();
    let (from, to): (Vec<Uuid>, Vec<Uuid>) = copies.iter().unzip();
    tx.execute_raw(sql(COPY, [held.id.0.into(), from.into(), to.into(), now.into()])).await?;
    set.adopt(&copies).map_err(Error::platform)
}

/// Whether a file is seen is `permission::FILE_IS_SEEN`, word for word.
const NAMED: &str = "
    SELECT m.id, m.media_id, m.thumbnail_id, m.file_id = $1 AS is_own
      FROM file_media_object m
      JOIN file f ON f.id = m.file_id
      JOIN project p ON p.id = f.project_id
      JOIN team t ON t.id = p.team_id
     WHERE m.id = ANY($4) AND CASE WHEN m.file_id = $1 THEN m.deleted_at IS NOT NULL ELSE
           m.deleted_at IS NULL AND f.deleted_at IS NULL AND p.deleted_at IS NULL AND t.deleted_at IS NULL AND (
    EXISTS (SELECT 1 FROM team_profile_rel WHERE team_id = t.id AND profile_id = $2)
    OR EXISTS (SELECT 1 FROM project_profile_rel WHERE project_id = p.id AND profile_id = $2)
    OR EXISTS (SELECT 1 FROM file_profile_rel WHERE file_id = f.id AND profile_id = $2)
    OR EXISTS (SELECT 1 FROM share_link WHERE id = $3 AND file_id = f.id)) END";

const BACK: &str = "UPDATE file_media_object SET deleted_at = NULL WHERE id = ANY($1)";

const COPY: &str = "
    INSERT INTO file_media_object (id, file_id, created_at, name, width, height, mtype, is_local, media_id,
                                   thumbnail_id)
    SELECT copy.to_id, $1, $4, m.name, m.width, m.height, m.mtype, m.is_local, m.media_id, m.thumbnail_id
      FROM ROWS FROM (unnest($2::uuid[]), unnest($3::uuid[])) AS copy (from_id, to_id)
      JOIN file_media_object m ON m.id = copy.from_id";

#[cfg(test)]
mod tests {
    #[test]
    fn a_picture_is_taken_from_a_file_that_is_seen() {
        assert!(super::NAMED.contains(crate::permission::FILE_IS_SEEN));
    }
}
