//! The parts of a document that name something of another file.

use super::containers::held_by;
use super::row;
use crate::error::{Error, Result};
use document::part::{Container, OpenPart};
use entities::ids::FileId;
use futures_util::TryStreamExt;
use platform::db::{Tx, sql};
use sea_orm::StreamTrait;
use uuid::Uuid;

/// Most parts that name one file.
const PARTS_MAX: usize = 200_000;
/// Most bytes of them.
const BYTES_MAX: usize = 256 << 20;

/// The parts of the document with this root that name a file, wherever in them, or one of these pictures.
///
/// # Errors
/// `document-limit-reached` when they are more than 200,000, or than 256 MiB; [`Error::Platform`] when one cannot be
/// read; those of the database.
pub async fn of(tx: &Tx, root: i64, named: FileId, media: &[Uuid]) -> Result<Vec<OpenPart>> {
    // As it stands in the bytes.
    let text = format!("~u{}", named.0).into_bytes();
    let values = [root.into(), named.0.into(), text.into(), media.to_vec().into()];
    let mut rows = tx.stream_raw(sql(USERS, values)).await?;
    let (mut users, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await? {
        let (owner, id): (Option<i16>, Option<Uuid>) = (row.try_get_by_index(14)?, row.try_get_by_index(15)?);
        let container = owner.zip(id).and_then(|(kind, id)| held_by(kind, id)).unwrap_or(Container::File);
        let part = row::read(&row, container)?.part;
        bytes += part.raw.as_ref().map_or(0, Vec::len);
        if users.len() >= PARTS_MAX || bytes > BYTES_MAX {
            let hint = format!("more than {PARTS_MAX} parts or {} MiB name the file", BYTES_MAX >> 20);
            return Err(Error::restriction("document-limit-reached").hint(hint));
        }
        let open = OpenPart::read(&part).map_err(Error::platform)?;
        users.push(open.ok_or_else(|| Error::platform(format!("a part without bytes: {:?}", part.key)))?);
    }
    Ok(users)
}

/// The columns of a part, then the part that holds it; none: the file.
const USERS: &str = "
    WITH places (owner_kind, owner, number) AS (
           SELECT NULL::int2, NULL::uuid, $1::bigint
            UNION ALL
           SELECT kind, id, inner_container_id FROM file_part
            WHERE container_id = $1 AND kind IN (1, 3) AND inner_container_id IS NOT NULL)
    SELECT p.kind, p.id, p.inner_container_id, p.parent, p.frame, p.component, p.component_file, p.shape_ref,
           p.component_root, p.main_instance, p.shape_type, p.children, p.media, p.raw, w.owner_kind, w.owner
      FROM places w JOIN file_part p ON p.container_id = w.number
     WHERE p.component_file = $2 OR position($3::bytea IN p.raw) > 0 OR p.media && $4::uuid[]
     ORDER BY p.kind, p.id";
