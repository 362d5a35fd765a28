//! Files: making, reading, listing and renaming.

pub mod change_log;
pub mod check;
pub mod duplicate;
pub mod library;
pub mod lists;
pub mod missed;
pub mod parts;
pub mod snapshot;
pub mod stats;
mod team_features;
pub mod update;
pub mod viewed;

use crate::chosen;
use crate::error::{Error, Result};
use crate::features::{self, Features};
use crate::permission::{Editable, Permissions, Viewable};
use chrono::{DateTime, Utc};
use document::file::{MIGRATIONS, VERSION, new_data};
use document::part::{OpenPart, Part};
use document::split::split;
use entities::ids::{FileId, ProjectId, StorageObjectId, TeamId};
use entities::{file, file_profile_rel, project, team};
use parts::read;
use parts::save::{insert, places};
use platform::app::App;
use platform::db::Tx;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    Set,
};

/// Most files that are listed of one project.
const LIST_MAX: i64 = 5000;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Chosen by the client; none for a fresh one.
    pub id: Option<FileId>,
    /// 1 to 250 characters.
    pub name: String,
    /// Published as a library from the start.
    pub is_shared: bool,
    /// Features that the client declares; none when it declares nothing.
    pub features: Option<Features>,
}

/// A file that may be read: its document by [`parts::read::send`].
#[derive(Clone, Debug)]
pub struct Opened {
    /// The row.
    pub file: file::Model,
    /// The team it belongs to.
    pub team_id: TeamId,
    /// What the caller may do.
    pub permissions: Permissions,
}

/// A new file with its document.
#[derive(Clone, Debug)]
pub struct Created {
    /// The row.
    pub file: file::Model,
    /// The team it belongs to.
    pub team_id: TeamId,
    /// The document, in order.
    pub parts: Vec<Part>,
}

/// A file in its project's list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ListedFile {
    /// Key.
    pub id: FileId,
    /// The project.
    pub project_id: ProjectId,
    /// The team.
    pub team_id: TeamId,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub modified_at: DateTime<Utc>,
    /// Name.
    pub name: String,
    /// Revision.
    pub revn: i64,
    /// Version mark.
    pub vern: i32,
    /// Published as a library.
    pub is_shared: bool,
    /// Thumbnail, where one was drawn of its revision.
    pub thumbnail_id: Option<StorageObjectId>,
}

/// Makes a file with one empty page; its maker owns it. The team keeps the features that are new to it. Call
/// it in a transaction. Made once however often it is asked for: the answer to the first time may have been lost.
///
/// # Errors
/// [`Error::NotFound`] when project or team was deleted meanwhile, `feature-not-supported`,
/// `object-already-exists` when something else has the chosen id, or when that file was changed since.
pub async fn create(
    app: &App,
    conn: &Tx,
    project: &Editable<project::Model>,
    wanted: NewFile,
    now: DateTime<Utc>,
) -> Result<Created> {
    touch_project(conn, project.id, now).await?;
    // Locked, so that two files made at once both leave their features with the team.
    let team = team::Entity::find_by_id(project.team_id).lock_exclusive().one(conn).await?;
    let team = team.filter(|team| team.deleted_at.is_none()).ok_or(Error::NotFound)?;
    let of_team = features::of_team(&features::enabled(&app.config.flags), &team.features);
    features::check_client(&of_team, wanted.features.as_ref())?;
    let features = features::for_new_file(&of_team, wanted.features.as_ref());
    let id = wanted.id.unwrap_or_else(|| FileId(platform::ids::new_id()));
    team_features::keep(conn, team.id, &team.features, &features).await?;
    let parts = split(new_data(id.0, platform::ids::new_id()));
    let parts = parts.map_err(|fault| Error::platform(format!("a new document {fault}")))?;
    let parts: Vec<Part> = parts.iter().map(OpenPart::to_part).collect();
    let new = places(conn, &parts).await?;
    let row = file::ActiveModel {
        id: Set(id),
        project_id: Set(project.id),
        created_at: Set(now),
        modified_at: Set(now),
        name: Set(wanted.name.clone()),
        is_shared: Set(wanted.is_shared),
        version: Set(VERSION),
        features: Set(features.into_iter().collect()),
        migrations: Set(MIGRATIONS.iter().map(|name| (*name).to_owned()).collect()),
        root_container_id: Set(Some(new.root())),
        ..Default::default()
    };
    let Some(file) = chosen::insert(conn, row, file::Column::Id).await? else {
        return made_before(app, conn, project, &wanted).await?.ok_or_else(Error::id_is_taken);
    };
    insert(conn, id, new, &parts, file.revn).await?;
    insert_owner(conn, id, project, now).await?;
    Ok(Created { file, team_id: team.id, parts })
}

/// The file that was made when the same was asked for before, as long as nobody has changed it; none when nothing has
/// the chosen id.
///
/// # Errors
/// `object-already-exists` when something else has it.
pub async fn made_before(
    app: &App,
    tx: &Tx,
    project: &Editable<project::Model>,
    wanted: &NewFile,
) -> Result<Option<Created>> {
    let Some(id) = wanted.id else { return Ok(None) };
    let found = file::Entity::find_by_id(id).one(tx).await?;
    let there = chosen::same(found, |there| {
        there.project_id == project.id
            && there.deleted_at.is_none()
            && there.name == wanted.name
            && there.revn == 0
    })?;
    let Some(file) = there else { return Ok(None) };
    let parts = read::parts(app, tx, &file).await?;
    Ok(Some(Created { file, team_id: project.team_id, parts }))
}

/// A file whose document may be read, for a client that declares its features or does not.
///
/// # Errors
/// `file-version-not-supported`, `feature-not-supported`, `file-feature-mismatch`, `file-in-components-v1`.
pub async fn get(
    app: &App,
    conn: &impl ConnectionTrait,
    file: &Viewable<file::Model>,
    client: Option<&Features>,
) -> Result<Opened> {
    opened(app, conn, (**file).clone(), file.permissions(), client).await
}

/// As [`get`], of a row that somebody may read with these permissions.
pub(in crate::file) async fn opened(
    app: &App,
    conn: &impl ConnectionTrait,
    file: file::Model,
    permissions: Permissions,
    client: Option<&Features>,
) -> Result<Opened> {
    if file.version > VERSION {
        return Err(
            Error::restriction("file-version-not-supported").hint("the file was made by a newer server")
        );
    }
    let project = project::Entity::find_by_id(file.project_id).one(conn).await?.ok_or(Error::NotFound)?;
    let team = team::Entity::find_by_id(project.team_id).one(conn).await?.ok_or(Error::NotFound)?;
    let of_team = features::of_team(&features::enabled(&app.config.flags), &team.features);
    features::check_client(&of_team, client)?;
    features::check_file(&of_team, &file.features.iter().cloned().collect())?;
    Ok(Opened { file, team_id: team.id, permissions })
}

/// Whether there is a file that is not deleted, nor anything around it.
pub async fn exists(conn: &impl ConnectionTrait, id: FileId) -> Result<bool> {
    Ok(conn.query_one_raw(platform::db::sql(EXISTS, [id.0.into()])).await?.is_some())
}

const EXISTS: &str = "
    SELECT 1 AS one FROM file f JOIN project p ON p.id = f.project_id JOIN team t ON t.id = p.team_id
     WHERE f.id = $1 AND f.deleted_at IS NULL AND p.deleted_at IS NULL AND t.deleted_at IS NULL";

/// The files of a project that are not deleted, at most 5000, the last changed first.
pub async fn list(
    conn: &impl ConnectionTrait,
    project: &Viewable<project::Model>,
) -> Result<Vec<ListedFile>> {
    let values = [project.id.0.into(), LIST_MAX.into()];
    let query = platform::db::sql(LIST, values);
    Ok(ListedFile::find_by_statement(query).all(conn).await?)
}

/// Gives the file another name.
///
/// # Errors
/// [`Error::NotFound`] when it was purged meanwhile.
pub async fn rename(
    conn: &impl ConnectionTrait,
    file: &Editable<file::Model>,
    name: String,
    now: DateTime<Utc>,
) -> Result<file::Model> {
    let row =
        file::ActiveModel { id: Set(file.id), name: Set(name), modified_at: Set(now), ..Default::default() };
    row.update(conn).await.map_err(|error| match error {
        sea_orm::DbErr::RecordNotUpdated => Error::NotFound,
        other => other.into(),
    })
}

const LIST: &str = "
    SELECT f.id, f.project_id, p.team_id, f.created_at, f.modified_at, f.name, f.revn, f.vern, f.is_shared,
           s.media_id AS thumbnail_id
      FROM file f JOIN project p ON p.id = f.project_id
      LEFT JOIN file_thumbnail s ON s.file_id = f.id AND s.revn = f.revn AND s.deleted_at IS NULL
     WHERE f.project_id = $1 AND f.deleted_at IS NULL
     ORDER BY f.modified_at DESC, f.id
     LIMIT $2";

async fn insert_owner(
    conn: &impl ConnectionTrait,
    id: FileId,
    project: &Editable<project::Model>,
    now: DateTime<Utc>,
) -> Result<()> {
    let role = file_profile_rel::ActiveModel {
        file_id: Set(id),
        profile_id: Set(project.caller()),
        created_at: Set(now),
        modified_at: Set(now),
        is_owner: Set(true),
        is_admin: Set(true),
        can_edit: Set(true),
    };
    role.insert(conn).await?;
    Ok(())
}

/// Lists of projects show the last changed first, and a new file is a change. Refuses a project that was
/// deleted meanwhile: its deletion must find every file in it.
async fn touch_project(conn: &impl ConnectionTrait, id: ProjectId, now: DateTime<Utc>) -> Result<()> {
    let touched = project::Entity::update_many()
        .col_expr(project::Column::ModifiedAt, Expr::value(now))
        .filter(project::Column::Id.eq(id))
        .filter(project::Column::DeletedAt.is_null())
        .exec(conn)
        .await?;
    if touched.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
}
