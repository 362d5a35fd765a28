//! The libraries of a team, with what is in each at a glance.

use super::summary::{self, Summary};
use crate::error::{Error, Result};
use crate::file::ListedFile;
use crate::permission::Viewable;
use entities::ids::FileId;
use entities::{file, team};
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::{EntityTrait, FromQueryResult};
use uuid::Uuid;

/// Most libraries of one list.
const LIST_MAX: i64 = 1000;

/// A published file.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SharedFile {
    /// The file.
    #[sea_orm(nested)]
    pub file: ListedFile,
    /// Document features in use.
    pub features: Vec<String>,
    /// Version of the document's data model.
    pub version: i32,
    /// The libraries that it uses, those that the caller may look at.
    pub library_file_ids: Vec<Uuid>,
    /// The container of its document.
    root_container_id: Option<i64>,
}

/// The published files of a team, at most 1000, the last changed first, each with what is in it, in a transaction that
/// should see one moment only. The statements are as many however many files there are; only documents that are no rows
/// yet are looked at one by one.
///
/// # Errors
/// [`Error::Platform`] when a document cannot be read; those of the database.
pub async fn of_team(app: &App, tx: &Tx, team: &Viewable<team::Model>) -> Result<Vec<(SharedFile, Summary)>> {
    let values = [team.id.0.into(), team.caller().0.into(), LIST_MAX.into()];
    let files = SharedFile::find_by_statement(sql(SHARED, values)).all(tx).await?;
    let roots: Vec<i64> = files.iter().filter_map(|file| file.root_container_id).collect();
    let mut summaries = summary::of_roots(tx, &roots).await?;
    let mut found = Vec::with_capacity(files.len());
    for file in files {
        let summary = match file.root_container_id {
            Some(root) => summaries.remove(&root).unwrap_or_default(),
            None => packed(app, tx, file.file.id).await?,
        };
        found.push((file, summary));
    }
    Ok(found)
}

async fn packed(app: &App, tx: &Tx, id: FileId) -> Result<Summary> {
    let row = file::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    summary::of_row(app, tx, &row).await
}

/// Whether a library is seen is `permission::FILE_IS_SEEN` without share links.
const SHARED: &str = "
    SELECT f.id, f.project_id, p.team_id, f.created_at, f.modified_at, f.name, f.revn, f.vern, f.is_shared,
           th.media_id AS thumbnail_id, f.features, f.version, f.root_container_id,
           ARRAY(
             SELECT l.library_file_id
               FROM file_library_link l
               JOIN file lf ON lf.id = l.library_file_id AND lf.deleted_at IS NULL
               JOIN project lp ON lp.id = lf.project_id AND lp.deleted_at IS NULL
               JOIN team lt ON lt.id = lp.team_id AND lt.deleted_at IS NULL
              WHERE l.file_id = f.id AND (
                    EXISTS (SELECT 1 FROM team_profile_rel WHERE team_id = lt.id AND profile_id = $2)
                 OR EXISTS (SELECT 1 FROM project_profile_rel WHERE project_id = lp.id AND profile_id = $2)
                 OR EXISTS (SELECT 1 FROM file_profile_rel WHERE file_id = lf.id AND profile_id = $2))
              ORDER BY l.library_file_id) AS library_file_ids
      FROM project p
      JOIN file f ON f.project_id = p.id
      LEFT JOIN file_thumbnail th ON th.file_id = f.id AND th.revn = f.revn AND th.deleted_at IS NULL
     WHERE p.team_id = $1 AND p.deleted_at IS NULL AND f.deleted_at IS NULL AND f.is_shared
     ORDER BY f.modified_at DESC, f.id
     LIMIT $3";
