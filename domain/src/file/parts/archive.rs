//! Keeping what parts were, as long as a snapshot shows it.

use crate::error::Result;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// Keeps these parts as they are, those of them that a snapshot may show, before the revision `until` changes them. The
/// newest snapshot shows the revision `pinned`; -1 when there is none.
///
/// # Errors
/// Those of the database.
pub(super) async fn keep(tx: &Tx, parts: &[(i64, i16, Uuid)], pinned: i64, until: i64) -> Result<()> {
    if pinned < 0 || parts.is_empty() {
        return Ok(());
    }
    let containers: Vec<i64> = parts.iter().map(|(container, ..)| *container).collect();
    let kinds: Vec<i16> = parts.iter().map(|(_, kind, _)| *kind).collect();
    let ids: Vec<Uuid> = parts.iter().map(|(.., id)| *id).collect();
    let values = [containers.into(), kinds.into(), ids.into(), pinned.into(), until.into()];
    tx.execute_raw(sql(KEEP, values)).await?;
    Ok(())
}

const KEEP: &str = "
    INSERT INTO file_part_archive (container_id, kind, id, since, inner_container_id, parent, frame, component,
                                   component_file, shape_ref, component_root, main_instance, shape_type, children,
                                   media, raw, until)
    SELECT p.container_id, p.kind, p.id, p.since, p.inner_container_id, p.parent, p.frame, p.component,
           p.component_file, p.shape_ref, p.component_root, p.main_instance, p.shape_type, p.children, p.media,
           p.raw, $5
      FROM ROWS FROM (unnest($1::bigint[]), unnest($2::int2[]), unnest($3::uuid[])) AS w (container_id, kind, id)
      JOIN file_part p ON p.container_id = w.container_id AND p.kind = w.kind AND p.id = w.id
     WHERE p.since <= $4";
