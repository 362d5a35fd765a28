//! Copies of files and of projects: the documents as they are, with pictures and libraries, under the locks of what is
//! copied. Snapshots, thumbnails, comments and share links are not copied.

use super::parts::{copy, lock, unpack};
use super::touch_project;
use crate::error::{Error, Result};
use crate::follow_up::{FollowUps, JobRequest};
use crate::permission::{Editable, Locked, Viewable};
use crate::project::{self, NewProject};
use crate::storage;
use chrono::{DateTime, Utc};
use document::file::VERSION;
use document::relink::Relink;
use entities::ids::{FileId, ProfileId, ProjectId, StorageObjectId};
use entities::{file, file_profile_rel, project as project_row, team};
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect, Set};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use transit::value::Value;
use uuid::Uuid;

/// Most files of a project that is copied: each takes a lock, of which the database has some thousands.
pub const FILES_MAX: usize = 500;
/// Most pictures that are looked at in one statement.
const PICTURES_AT_ONCE: usize = 1000;

/// What one copy is to be.
#[derive(Debug)]
struct Wanted {
    id: FileId,
    project: ProjectId,
    /// None: as that of which it is one.
    name: Option<String>,
    is_shared: bool,
    owner: ProfileId,
    now: DateTime<Utc>,
}

/// Makes a copy of a file in its project; whoever makes it owns it. It is no library.
///
/// # Errors
/// `file-version-not-supported`; [`Error::NotFound`] when file or project was deleted meanwhile; [`Error::Swept`] when
/// a picture went at this moment; [`Error::Platform`] when the document cannot be read.
pub async fn file(
    app: &App,
    tx: &Tx,
    source: &Viewable<file::Model>,
    project: &Editable<project_row::Model>,
    name: Option<String>,
    now: DateTime<Utc>,
) -> Result<(file::Model, FollowUps)> {
    let held = hold(app, tx, source.id).await?;
    touch_project(tx, project.id, now).await?;
    let id = FileId(platform::ids::new_id());
    let files = HashMap::from([(source.id.0, id.0)]);
    let owner = project.caller();
    let wanted = Wanted { id, project: project.id, name, is_shared: false, owner, now };
    let made = one(app, tx, &held, wanted, files).await?;
    Ok((made, inherit(tx, &[(source.id, id)], now).await?))
}

/// Makes a copy of a project with its files, those that are not deleted; whoever makes it owns them. Files that use
/// each other do so in the copy.
///
/// # Errors
/// As [`file()`]; `project-too-large` when it has more than 500 files.
pub async fn project(
    app: &App,
    tx: &Tx,
    source: &Viewable<project_row::Model>,
    team: &Locked<Editable<team::Model>>,
    name: Option<String>,
    now: DateTime<Utc>,
) -> Result<(project_row::Model, FollowUps)> {
    let wanted = NewProject { id: None, name: name.unwrap_or_else(|| source.name.clone()) };
    let copied = project::create(tx, team, wanted, now).await?;
    let rows = tx.query_all_raw(sql(FILES, [source.id.0.into(), limit().into()])).await?;
    if rows.len() > FILES_MAX {
        let threshold = i64::try_from(FILES_MAX).unwrap_or(i64::MAX);
        let hint = format!("a project of more than {FILES_MAX} files is not copied");
        return Err(Error::restriction("project-too-large")
            .hint(hint)
            .with("threshold", Value::Int(threshold)));
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    let copies: Vec<(FileId, FileId)> =
        ids.into_iter().map(|id| (FileId(id), FileId(platform::ids::new_id()))).collect();
    let files: HashMap<Uuid, Uuid> = copies.iter().map(|(file, copy)| (file.0, copy.0)).collect();
    // Everybody holds several files in the order of their ids.
    for (file, copy) in &copies {
        let held = hold(app, tx, *file).await?;
        let wanted = Wanted {
            id: *copy,
            project: copied.id,
            name: None,
            is_shared: held.is_shared,
            owner: team.caller(),
            now,
        };
        one(app, tx, &held, wanted, files.clone()).await?;
    }
    Ok((copied, inherit(tx, &copies, now).await?))
}

fn limit() -> i64 {
    i64::try_from(FILES_MAX + 1).unwrap_or(i64::MAX)
}

/// The file once nobody else changes it, until the end of the transaction. Its document is rows then.
async fn hold(app: &App, tx: &Tx, id: FileId) -> Result<file::Model> {
    lock::hold(tx, id).await?;
    let alive = file::Entity::alive().filter(file::Column::Id.eq(id)).lock(LockType::NoKeyUpdate);
    let held = alive.one(tx).await?.ok_or(Error::NotFound)?;
    if held.version > VERSION {
        let hint = format!("the file {id} was made by a newer server");
        return Err(Error::restriction("file-version-not-supported").hint(hint));
    }
    let root = unpack::root(app, tx, id, held.root_container_id, held.revn).await?;
    Ok(file::Model { root_container_id: Some(root), ..held })
}

/// One copy of a file that is held.
async fn one(
    app: &App,
    tx: &Tx,
    held: &file::Model,
    wanted: Wanted,
    files: HashMap<Uuid, Uuid>,
) -> Result<file::Model> {
    let from = held.root_container_id.ok_or(Error::NotFound)?;
    let to = copy::root(tx).await?;
    let row = file::ActiveModel {
        id: Set(wanted.id),
        project_id: Set(wanted.project),
        created_at: Set(wanted.now),
        modified_at: Set(wanted.now),
        name: Set(wanted.name.unwrap_or_else(|| held.name.clone())),
        is_shared: Set(wanted.is_shared),
        revn: Set(held.revn),
        version: Set(held.version),
        features: Set(held.features.clone()),
        migrations: Set(held.migrations.clone()),
        root_container_id: Set(Some(to)),
        ..Default::default()
    };
    let made = row.insert(tx).await?;
    let role = file_profile_rel::ActiveModel {
        file_id: Set(wanted.id),
        profile_id: Set(wanted.owner),
        created_at: Set(wanted.now),
        modified_at: Set(wanted.now),
        is_owner: Set(true),
        is_admin: Set(true),
        can_edit: Set(true),
    };
    role.insert(tx).await?;
    let media = pictures(tx, held.id, wanted.id, wanted.now).await?;
    let place = copy::Copy { from, to, file: wanted.id, revn: held.revn };
    copy::document(app, tx, place, &Arc::new(Relink { files, media })).await?;
    Ok(made)
}

/// Copies the pictures of a file, which show the same blobs: each with the id of its copy.
async fn pictures(tx: &Tx, from: FileId, to: FileId, now: DateTime<Utc>) -> Result<HashMap<Uuid, Uuid>> {
    let rows = tx.query_all_raw(sql(PICTURES, [from.0.into()])).await?;
    let mut blobs = BTreeSet::new();
    let mut copies = HashMap::with_capacity(rows.len());
    for row in rows {
        let (blob, small): (Uuid, Option<Uuid>) =
            (row.try_get("", "media_id")?, row.try_get("", "thumbnail_id")?);
        blobs.extend(std::iter::once(blob).chain(small).map(StorageObjectId));
        copies.insert(row.try_get("", "id")?, platform::ids::new_id());
    }
    // Everybody locks in the order of ids.
    let blobs: Vec<StorageObjectId> = blobs.into_iter().collect();
    for some in blobs.chunks(PICTURES_AT_ONCE) {
        storage::hold(tx, some, now).await?;
    }
    if !copies.is_empty() {
        let (ids, others): (Vec<Uuid>, Vec<Uuid>) = copies.iter().map(|(id, copy)| (*id, *copy)).unzip();
        tx.execute_raw(sql(COPY_PICTURES, [to.0.into(), ids.into(), others.into(), now.into()])).await?;
    }
    Ok(copies)
}

/// The copies use the libraries that the files use, a copy where there is one. What those still have to take over from
/// libraries that go, their copies have to, too.
async fn inherit(tx: &Tx, copies: &[(FileId, FileId)], now: DateTime<Utc>) -> Result<FollowUps> {
    let (files, others): (Vec<Uuid>, Vec<Uuid>) = copies.iter().map(|(file, copy)| (file.0, copy.0)).unzip();
    let values = [files.into(), others.into(), now.into()];
    tx.execute_raw(sql(LINKS, values.clone())).await?;
    tx.execute_raw(sql(SYNCS, values[..2].to_vec())).await?;
    let pending = tx.execute_raw(sql(ABSORPTIONS, values)).await?.rows_affected();
    let follow_ups = FollowUps::default();
    Ok(if pending > 0 { follow_ups.job(JobRequest::ReleaseLibraries) } else { follow_ups })
}

const FILES: &str = "SELECT id FROM file WHERE project_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2";

const PICTURES: &str = "
    SELECT id, media_id, thumbnail_id FROM file_media_object WHERE file_id = $1 AND deleted_at IS NULL ORDER BY id";

const COPY_PICTURES: &str = "
    INSERT INTO file_media_object (id, file_id, created_at, name, width, height, mtype, is_local, media_id,
                                   thumbnail_id)
    SELECT copy.to_id, $1, $4, m.name, m.width, m.height, m.mtype, m.is_local, m.media_id, m.thumbnail_id
      FROM ROWS FROM (unnest($2::uuid[]), unnest($3::uuid[])) AS copy (from_id, to_id)
      JOIN file_media_object m ON m.id = copy.from_id";

/// Libraries in the bin too: they may come back, and are not purged before what uses them has taken over what it uses.
const LINKS: &str = "
    INSERT INTO file_library_link (file_id, library_file_id, created_at)
    SELECT copy.other, coalesce(inside.other, l.library_file_id), $3
      FROM ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[])) AS copy (file, other)
      JOIN file_library_link l ON l.file_id = copy.file
      JOIN file library ON library.id = l.library_file_id
      LEFT JOIN ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[])) AS inside (file, other)
             ON inside.file = l.library_file_id
       FOR KEY SHARE OF library";

const SYNCS: &str = "
    INSERT INTO file_library_sync (file_id, library_file_id, synced_at)
    SELECT copy.other, coalesce(inside.other, s.library_file_id), s.synced_at
      FROM ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[])) AS copy (file, other)
      JOIN file_library_sync s ON s.file_id = copy.file
      JOIN file library ON library.id = s.library_file_id
      LEFT JOIN ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[])) AS inside (file, other)
             ON inside.file = s.library_file_id
       FOR KEY SHARE OF library";

const ABSORPTIONS: &str = "
    INSERT INTO file_library_absorption (file_id, library_file_id, created_at)
    SELECT copy.other, coalesce(inside.other, a.library_file_id), $3
      FROM ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[])) AS copy (file, other)
      JOIN file_library_absorption a ON a.file_id = copy.file
      JOIN file library ON library.id = a.library_file_id
      LEFT JOIN ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[])) AS inside (file, other)
             ON inside.file = a.library_file_id
       FOR KEY SHARE OF library";
