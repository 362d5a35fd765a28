//! Which pictures the documents of a file show.

use super::unpack::bytes;
use crate::error::{Error, Result};
use document::references;
use entities::file_data;
use entities::ids::FileId;
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, EntityTrait};
use std::collections::HashSet;
use uuid::Uuid;

/// The pictures that the document of a file names, as it is or as a snapshot shows it. Of what is no rows yet, every
/// id counts as one.
///
/// # Errors
/// [`Error::Platform`] when something that is no rows yet cannot be read; those of the database.
pub async fn used(app: &App, tx: &Tx, file: FileId) -> Result<HashSet<Uuid>> {
    let rows = tx.query_all_raw(sql(USED, [file.0.into()])).await?;
    let mut used: HashSet<Uuid> = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
    // One document at a time.
    for row in tx.query_all_raw(sql(PACKED, [file.0.into()])).await? {
        let id: Uuid = row.try_get_by_index(0)?;
        let row = file_data::Entity::find_by_id((file, id)).one(tx).await?.ok_or(Error::NotFound)?;
        used.extend(references::uuids(&bytes(app, tx, &row).await?));
    }
    Ok(used)
}

/// Only rows that name pictures are read.
const USED: &str = "
    SELECT unnest(p.media) FROM file_container c
      JOIN file_part p ON p.container_id = c.id AND p.media IS NOT NULL WHERE c.file_id = $1
     UNION
    SELECT unnest(p.media) FROM file_container c
      JOIN file_part_archive p ON p.container_id = c.id AND p.media IS NOT NULL WHERE c.file_id = $1";

/// What became rows still lies there.
const PACKED: &str = "
    SELECT d.id FROM file_data d JOIN file f ON f.id = d.file_id
     WHERE d.file_id = $1 AND (f.root_container_id IS NULL OR d.kind <> 'main')";
