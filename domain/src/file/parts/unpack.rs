//! Documents that the release before wrote whole, into `file_data`: each becomes rows once, by whoever changes it
//! first, or by `atelier migrate`. Until then it is read as it lies there. It is left there, for processes of that
//! release: they go on reading it, and do not take its pictures for unused. The table goes a release later.

use super::lock;
use super::save::{insert, places};
use crate::error::{Error, Result};
use document::part::{OpenPart, Part};
use document::split::split;
use entities::ids::{FileId, StorageObjectId};
use entities::{file, file_data};
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, QuerySelect, Set};
use transit::Limits;
use uuid::Uuid;

/// The largest document that is read whole, bytes.
const DOCUMENT_BYTES_MAX: u64 = 1 << 30;
/// Files that are looked up at once.
const BATCH: u64 = 100;

/// What became of the documents that were whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// Documents that are rows now.
    pub done: u64,
    /// Files whose documents cannot be read, and why. They stay as they are.
    pub failed: Vec<(FileId, String)>,
}

/// The root container of a file at a revision, which the transaction holds: the known one, or that of the document
/// which now becomes rows.
///
/// # Errors
/// [`Error::NotFound`] when the file has no document; [`Error::Platform`] when it cannot be read.
pub async fn root(app: &App, tx: &Tx, file: FileId, known: Option<i64>, revn: i64) -> Result<i64> {
    if let Some(root) = known {
        return Ok(root);
    }
    let parts = packed(app, tx, file).await?.ok_or(Error::NotFound)?;
    let parts: Vec<Part> = parts.iter().map(OpenPart::to_part).collect();
    let new = places(tx, &parts).await?;
    let root = new.root();
    insert(tx, file, new, &parts, revn).await?;
    let now = file::ActiveModel { id: Set(file), root_container_id: Set(Some(root)), ..Default::default() };
    now.update(tx).await?;
    Ok(root)
}

/// Makes rows of every document that is whole, each in a transaction of its own: whoever is stopped goes on later.
/// Those that cannot be read are passed over.
///
/// # Errors
/// Those of the database.
pub async fn unpack_all(app: &App) -> Result<Unpacked> {
    let (mut unpacked, mut after) = (Unpacked::default(), Uuid::nil());
    loop {
        let rows = app.db.query_all_raw(sql(WHOLE, [after.into(), BATCH.into()])).await?;
        if rows.is_empty() {
            return Ok(unpacked);
        }
        for row in rows {
            after = row.try_get("", "file_id")?;
            let id = FileId(after);
            match unpack_one(app, id).await {
                Ok(()) => unpacked.done += 1,
                // It was purged, or somebody else was faster.
                Err(Error::NotFound) => {}
                Err(Error::Platform(why)) => unpacked.failed.push((id, why.to_string())),
                Err(error) => return Err(error),
            }
        }
    }
}

/// Makes rows of the document of one file, unless it is that already.
///
/// # Errors
/// [`Error::NotFound`] when there is no such file, or it has no document; [`Error::Platform`] when it cannot be read.
pub async fn unpack_one(app: &App, id: FileId) -> Result<()> {
    let tx = platform::db::begin(&app.db).await?;
    lock::hold(&tx, id).await?;
    let row = file::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or(Error::NotFound)?;
    root(app, &tx, id, row.root_container_id, row.revn).await?;
    Ok(tx.commit().await?)
}

const WHOLE: &str = "
    SELECT d.file_id FROM file_data d JOIN file f ON f.id = d.file_id
     WHERE d.id = d.file_id AND d.kind = 'main' AND f.root_container_id IS NULL AND d.file_id > $1
     ORDER BY d.file_id LIMIT $2";

/// The parts of a document that is whole, in order; none when there is no such document.
///
/// # Errors
/// [`Error::Platform`] when it cannot be read.
pub async fn packed(app: &App, tx: &Tx, file: FileId) -> Result<Option<Vec<OpenPart>>> {
    let Some(row) = file_data::Entity::main_of(file).one(tx).await? else { return Ok(None) };
    parts(&bytes(app, tx, &row).await?).map(Some)
}

fn parts(bytes: &[u8]) -> Result<Vec<OpenPart>> {
    let data = transit::read(bytes, &Limits::STORED).map_err(Error::platform)?;
    split(data).map_err(|fault| Error::platform(format!("the document {fault}")))
}

/// The bytes of what lies in `file_data`, wherever they are.
///
/// # Errors
/// [`Error::Platform`] when they cannot be found.
pub async fn bytes(app: &App, tx: &Tx, row: &file_data::Model) -> Result<Vec<u8>> {
    let unreadable =
        || Error::platform(format!("document {} of file {} cannot be read", row.id, row.file_id));
    if let Some(data) = &row.data {
        return Ok(data.clone());
    }
    let object =
        row.metadata.as_ref().and_then(|details| details.get("storage-ref-id")?.as_str()?.parse().ok());
    let object: StorageObjectId = object.ok_or_else(unreadable)?;
    let object =
        entities::storage_object::Entity::find_by_id(object).one(tx).await?.ok_or_else(unreadable)?;
    let read = app.blobs.read_all(object.backend.as_str(), object.id.0, DOCUMENT_BYTES_MAX).await;
    Ok(read.map_err(Error::platform)?.to_vec())
}
