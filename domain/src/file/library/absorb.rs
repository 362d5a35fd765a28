//! A file takes over what it uses of a library that goes: all of it, in one transaction, as changes that those who have
//! the file open hear of.

use super::release;
use crate::error::{Error, Result};
use crate::file::parts::load::Loaded;
use crate::file::parts::{lock, unpack, users};
use crate::file::update;
use crate::follow_up::{FollowUps, JobRequest};
use crate::storage;
use chrono::{DateTime, Utc};
use document::absorb::{Sides, Taken, changes, gather};
use document::file::VERSION;
use document::part::OpenPart;
use document::references;
use document::stop::Stop;
use document::working_set::WorkingSet;
use entities::file;
use entities::ids::{FileId, StorageObjectId};
use platform::app::App;
use platform::cpu::CpuError;
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, EntityTrait};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use transit::value::Value;
use uuid::Uuid;

/// How often more parts may be asked for. Each time it is one more component in the main of another.
const ROUNDS_MAX: usize = 1000;

/// What was taken over.
#[derive(Clone, Debug, Default)]
pub struct Absorbed {
    /// Changes of the file; none when it used nothing.
    pub changes: usize,
    /// Pictures that were copied.
    pub pictures: usize,
    /// Others hear of it; perhaps more is to be taken over.
    pub follow_ups: FollowUps,
}

/// Makes a file take over what it uses of a library, if it still has to. Whoever is stopped has done nothing.
///
/// # Errors
/// `file-version-not-supported`; `data-validation`, `params-validation` or `document-limit-reached` with what is wrong
/// where; [`Error::Swept`] when a picture went at this moment: trying again helps; [`Error::Platform`] when something
/// that is stored cannot be read; those of the database.
pub async fn absorb(app: &App, tx: &Tx, id: FileId, library: FileId, now: DateTime<Utc>) -> Result<Absorbed> {
    // Everybody holds two files in the order of their ids.
    for held in BTreeSet::from([id.0, library.0]) {
        lock::hold(tx, FileId(held)).await?;
    }
    if !release::hold(tx, id, library).await? {
        return Ok(Absorbed::default());
    }
    let (file, root) = open(app, tx, id).await?;
    let (_, library_root) = open(app, tx, library).await?;
    let pictures = pictures(tx, library).await?;
    let named: Vec<Uuid> = pictures.iter().map(|(id, _)| *id).collect();
    let users = Arc::new(users::of(tx, root, library, &named).await?);
    let sides = Sides { file: id.0, library: library.0, revn: file.revn + 1 };
    let taken = Arc::new(gathered(app, tx, Loaded::new(library_root), sides, &users).await?);
    let media = Arc::new(copy(tx, id, &pictures, &shown(&taken, &users), now).await?);
    let changes = planned(app, tx, Loaded::new(root), &taken, &users, &media).await?;
    let mut absorbed =
        Absorbed { changes: changes.len(), pictures: media.len(), follow_ups: FollowUps::default() };
    if !changes.is_empty() {
        absorbed.follow_ups = update::revise(app, tx, id, changes, now).await?;
    }
    if inherit(tx, id, library, &taken.libraries(), now).await? {
        absorbed.follow_ups = absorbed.follow_ups.job(JobRequest::ReleaseLibraries);
    }
    release::done(tx, id, library).await?;
    Ok(absorbed)
}

/// The row of a file, deleted or not, and the root of its document.
async fn open(app: &App, tx: &Tx, id: FileId) -> Result<(file::Model, i64)> {
    let row = file::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    if row.version > VERSION {
        let hint = format!("the file {id} was made by a newer server");
        return Err(Error::restriction("file-version-not-supported").hint(hint));
    }
    let root = unpack::root(app, tx, id, row.root_container_id, row.revn).await?;
    Ok((row, root))
}

/// The pictures of a library, with their blobs.
async fn pictures(tx: &Tx, library: FileId) -> Result<Vec<(Uuid, Vec<StorageObjectId>)>> {
    let rows = tx.query_all_raw(sql(PICTURES, [library.0.into()])).await?;
    let picture = |row: &sea_orm::QueryResult| {
        let (blob, small): (Uuid, Option<Uuid>) =
            (row.try_get("", "media_id")?, row.try_get("", "thumbnail_id")?);
        let blobs = std::iter::once(blob).chain(small).map(StorageObjectId).collect();
        Ok((row.try_get("", "id")?, blobs))
    };
    rows.iter().map(picture).collect()
}

/// What is taken over, of as much of the library as that needs.
async fn gathered(
    app: &App,
    tx: &Tx,
    mut loaded: Loaded,
    sides: Sides,
    users: &Arc<Vec<OpenPart>>,
) -> Result<Taken> {
    let mut set = WorkingSet::new();
    for _ in 0..ROUNDS_MAX {
        let (mut given, users) = (set.clone(), Arc::clone(users));
        let done = app.cpu.run(move || gather(sides, &users, &mut given)).await.map_err(busy)?;
        match done {
            Ok(taken) => return Ok(taken),
            Err(Stop::Missing(missing)) => loaded.load(tx, &mut set, &missing).await?,
            Err(stop) => return Err(Error::platform(stop)),
        }
    }
    Err(endless())
}

/// The changes, in view of as much of the file as that needs.
async fn planned(
    app: &App,
    tx: &Tx,
    mut loaded: Loaded,
    taken: &Arc<Taken>,
    users: &Arc<Vec<OpenPart>>,
    media: &Arc<HashMap<Uuid, Uuid>>,
) -> Result<Vec<Value>> {
    let mut set = WorkingSet::new();
    for _ in 0..ROUNDS_MAX {
        let mut given = set.clone();
        let (taken, users, media) = (Arc::clone(taken), Arc::clone(users), Arc::clone(media));
        let work = move || changes(&taken, &users, &mut given, &media);
        match app.cpu.run(work).await.map_err(busy)? {
            Ok(changes) => return Ok(changes),
            Err(Stop::Missing(missing)) => loaded.load(tx, &mut set, &missing).await?,
            Err(stop) => return Err(Error::platform(stop)),
        }
    }
    Err(endless())
}

fn busy(error: CpuError) -> Error {
    match error {
        CpuError::Busy => Error::busy(),
        other => Error::platform(other),
    }
}

fn endless() -> Error {
    let hint = format!("components lie in each other more than {ROUNDS_MAX} deep");
    Error::restriction("document-limit-reached").hint(hint)
}

/// The pictures that the file will show.
fn shown(taken: &Taken, users: &[OpenPart]) -> BTreeSet<Uuid> {
    let of_users = users.iter().flat_map(|user| references::media(user.value()));
    taken.media().into_iter().chain(of_users).collect()
}

/// Copies those pictures of the library that the file will show: each with the id of its copy. That the library is
/// deleted, and its pictures with it, does not matter as long as they are there.
async fn copy(
    tx: &Tx,
    file: FileId,
    pictures: &[(Uuid, Vec<StorageObjectId>)],
    shown: &BTreeSet<Uuid>,
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Uuid>> {
    let shown: Vec<_> = pictures.iter().filter(|(id, _)| shown.contains(id)).collect();
    if shown.is_empty() {
        return Ok(HashMap::new());
    }
    // Everybody locks in the order of ids.
    let blobs: BTreeSet<StorageObjectId> =
        shown.iter().flat_map(|(_, blobs)| blobs.iter().copied()).collect();
    storage::hold(tx, &blobs.into_iter().collect::<Vec<_>>(), now).await?;
    let copies: HashMap<Uuid, Uuid> = shown.iter().map(|(id, _)| (*id, platform::ids::new_id())).collect();
    let (from, to): (Vec<Uuid>, Vec<Uuid>) = copies.iter().unzip();
    tx.execute_raw(sql(COPY, [file.0.into(), from.into(), to.into(), now.into()])).await?;
    Ok(copies)
}

/// Libraries of the library whose parts were taken over with its own become the file's. Whether one of them goes too:
/// then what was taken over just now has to be looked at again.
async fn inherit(
    tx: &Tx,
    file: FileId,
    library: FileId,
    others: &BTreeSet<Uuid>,
    now: DateTime<Utc>,
) -> Result<bool> {
    if others.is_empty() {
        return Ok(false);
    }
    let others: Vec<Uuid> = others.iter().copied().collect();
    let values = [file.0.into(), library.0.into(), now.into(), others.clone().into()];
    tx.execute_raw(sql(LINKS, values)).await?;
    tx.execute_raw(sql(SYNCS, [file.0.into(), library.0.into(), others.clone().into()])).await?;
    let values = [file.0.into(), library.0.into(), now.into(), others.into()];
    Ok(tx.execute_raw(sql(GOING, values)).await?.rows_affected() > 0)
}

const PICTURES: &str =
    "SELECT id, media_id, thumbnail_id FROM file_media_object WHERE file_id = $1 ORDER BY id";

const COPY: &str = "
    INSERT INTO file_media_object (id, file_id, created_at, name, width, height, mtype, is_local, media_id,
                                   thumbnail_id)
    SELECT copy.to_id, $1, $4, m.name, m.width, m.height, m.mtype, m.is_local, m.media_id, m.thumbnail_id
      FROM ROWS FROM (unnest($2::uuid[]), unnest($3::uuid[])) AS copy (from_id, to_id)
      JOIN file_media_object m ON m.id = copy.from_id";

const LINKS: &str = "
    INSERT INTO file_library_link (file_id, library_file_id, created_at)
    SELECT $1, library_file_id, $3 FROM file_library_link
     WHERE file_id = $2 AND library_file_id = ANY($4) AND library_file_id <> $1
        ON CONFLICT (file_id, library_file_id) DO NOTHING";

const SYNCS: &str = "
    INSERT INTO file_library_sync (file_id, library_file_id, synced_at)
    SELECT $1, library_file_id, synced_at FROM file_library_sync
     WHERE file_id = $2 AND library_file_id = ANY($3) AND library_file_id <> $1
        ON CONFLICT (file_id, library_file_id) DO NOTHING";

const GOING: &str = "
    INSERT INTO file_library_absorption (file_id, library_file_id, created_at)
    SELECT $1, f.id, $3 FROM file f
     WHERE f.id = ANY($4) AND f.id <> $1
       AND (f.deleted_at IS NOT NULL
            OR EXISTS (SELECT 1 FROM file_library_absorption a WHERE a.file_id = $2 AND a.library_file_id = f.id))
        ON CONFLICT (file_id, library_file_id) DO NOTHING";
