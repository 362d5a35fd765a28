//! Permission for many files at once.

use super::{Editable, Permissions};
use crate::error::{Error, Result};
use entities::file;
use entities::ids::{FileId, ProfileId};
use platform::db::sql;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;
use uuid::Uuid;

/// Proof that `caller` may change these files and the projects they lie in, by a role in team or project: what somebody
/// may do with a single file is not enough. In the order of their ids.
///
/// # Errors
/// [`Error::NotFound`] when it is not so for one of them.
pub async fn files_editor(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    ids: &[FileId],
) -> Result<Vec<Editable<file::Model>>> {
    let asked: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let mut held = HashMap::new();
    for row in conn.query_all_raw(sql(HELD, [asked.into(), caller.0.into()])).await? {
        let role = |name: &str| row.try_get("", name);
        let permissions = Permissions::of_role(role("held_owner")?, role("held_admin")?, role("held_edit")?);
        held.insert(FileId(row.try_get("", "id")?), permissions);
    }
    held.retain(|_, permissions| permissions.can_edit);
    let found = file::Entity::find().filter(file::Column::Id.is_in(held.keys().copied()));
    let found = found.order_by_asc(file::Column::Id).all(conn).await?;
    let files = found.into_iter().filter_map(|value| {
        let permissions = *held.get(&value.id)?;
        Some(Editable { value, permissions, caller })
    });
    let files: Vec<_> = files.collect();
    if ids.iter().all(|id| files.iter().any(|file| file.id == *id)) {
        Ok(files)
    } else {
        Err(Error::NotFound)
    }
}

const HELD: &str = "
    SELECT f.id, held.held_owner, held.held_admin, held.held_edit
      FROM file f
      JOIN project p ON p.id = f.project_id AND p.deleted_at IS NULL
      JOIN team t ON t.id = p.team_id AND t.deleted_at IS NULL
     CROSS JOIN LATERAL (
           SELECT bool_or(is_owner) AS held_owner, bool_or(is_admin) AS held_admin, bool_or(can_edit) AS held_edit
             FROM (SELECT is_owner, is_admin, can_edit FROM team_profile_rel WHERE team_id = t.id AND profile_id = $2
                    UNION ALL
                   SELECT is_owner, is_admin, can_edit FROM project_profile_rel
                    WHERE project_id = p.id AND profile_id = $2) role HAVING count(*) > 0) held
     WHERE f.id = ANY($1) AND f.deleted_at IS NULL";
