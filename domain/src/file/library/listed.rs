//! Who uses which library. What somebody may not look at is in none of these lists: clients read all that is.

use crate::error::Result;
use crate::permission::{Seen, Viewable};
use chrono::{DateTime, Utc};
use entities::file;
use entities::ids::{FileId, ProfileId, ProjectId, TeamId};
use platform::db::sql;
use sea_orm::{ConnectionTrait, FromQueryResult};

/// Most libraries, or files that use one, of one list.
const LIST_MAX: i64 = 1000;

/// A library of a file.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Library {
    /// Key.
    pub id: FileId,
    /// The project.
    pub project_id: ProjectId,
    /// The team.
    pub team_id: TeamId,
    /// Document features in use.
    pub features: Vec<String>,
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
    /// Version of the document's data model.
    pub version: i32,
    /// Published as a library.
    pub is_shared: bool,
    /// Its changes before this moment are in the file; none when nobody fetched any.
    pub synced_at: Option<DateTime<Utc>>,
    /// A library of a library.
    pub is_indirect: bool,
}

/// A file that uses a library.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Reference {
    /// Key.
    pub id: FileId,
    /// Name.
    pub name: String,
}

/// All libraries of a file, the direct ones first, then by name; at most 1000.
///
/// # Errors
/// Those of the database.
pub async fn of_file(conn: &impl ConnectionTrait, file: &Viewable<file::Model>) -> Result<Vec<Library>> {
    libraries(conn, file.id, file.caller()).await
}

/// The same for whoever may look at a file by a role or by a link. By a link, those of the file's own team: what is
/// drawn of them can be seen on its pages.
///
/// # Errors
/// Those of the database.
pub async fn of_seen(conn: &impl ConnectionTrait, seen: &Seen) -> Result<Vec<Library>> {
    if seen.link().is_none() {
        return of_file(conn, &seen.file).await;
    }
    let query = sql(LIBRARIES_OF_TEAM, [seen.file.id.0.into(), LIST_MAX.into()]);
    Ok(Library::find_by_statement(query).all(conn).await?)
}

/// The same for whoever has asked for permission already.
pub(super) async fn libraries(
    conn: &impl ConnectionTrait,
    file: FileId,
    caller: ProfileId,
) -> Result<Vec<Library>> {
    let values = [file.0.into(), caller.0.into(), LIST_MAX.into()];
    Ok(Library::find_by_statement(sql(LIBRARIES, values)).all(conn).await?)
}

/// Whether a file has a library.
///
/// # Errors
/// Those of the database.
pub async fn has_any(conn: &impl ConnectionTrait, file: &Viewable<file::Model>) -> Result<bool> {
    let query = sql(HAS_ANY, [file.id.0.into(), file.caller().0.into()]);
    Ok(conn.query_one_raw(query).await?.is_some())
}

/// How many files use a library, whoever may look at them.
///
/// # Errors
/// Those of the database.
pub async fn usage(conn: &impl ConnectionTrait, library: &Viewable<file::Model>) -> Result<i64> {
    let row = conn.query_one_raw(sql(USAGE, [library.id.0.into()])).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get("", "used_in"))?)
}

/// The files that use a library, by name; at most 1000.
///
/// # Errors
/// Those of the database.
pub async fn references(
    conn: &impl ConnectionTrait,
    library: &Viewable<file::Model>,
) -> Result<Vec<Reference>> {
    let values = [library.id.0.into(), library.caller().0.into(), LIST_MAX.into()];
    Ok(Reference::find_by_statement(sql(REFERENCES, values)).all(conn).await?)
}

/// What is placed of a library that is deleted still has parts of that library's own. Circles end, because no id comes
/// twice; archives may bring them. Whether a file is seen is `permission::FILE_IS_SEEN` without share links.
const LIBRARIES: &str = "
    WITH RECURSIVE below (id) AS (
           SELECT library_file_id FROM file_library_link WHERE file_id = $1
            UNION
           SELECT l.library_file_id FROM below b JOIN file_library_link l ON l.file_id = b.id)
    SELECT f.id, f.project_id, p.team_id, f.features, f.created_at, f.modified_at, f.name, f.revn, f.vern, f.version,
           f.is_shared, s.synced_at,
           l.file_id IS NULL AS is_indirect
      FROM below b
      JOIN file f ON f.id = b.id
      JOIN project p ON p.id = f.project_id
      JOIN team t ON t.id = p.team_id
      LEFT JOIN file_library_link l ON l.file_id = $1 AND l.library_file_id = f.id
      LEFT JOIN file_library_sync s ON s.file_id = $1 AND s.library_file_id = f.id
     WHERE f.id <> $1 AND f.deleted_at IS NULL AND p.deleted_at IS NULL AND t.deleted_at IS NULL AND (
           EXISTS (SELECT 1 FROM team_profile_rel WHERE team_id = t.id AND profile_id = $2)
        OR EXISTS (SELECT 1 FROM project_profile_rel WHERE project_id = p.id AND profile_id = $2)
        OR EXISTS (SELECT 1 FROM file_profile_rel WHERE file_id = f.id AND profile_id = $2))
     ORDER BY is_indirect, f.name, f.id
     LIMIT $3";

const LIBRARIES_OF_TEAM: &str = "
    WITH RECURSIVE below (id) AS (
           SELECT library_file_id FROM file_library_link WHERE file_id = $1
            UNION
           SELECT l.library_file_id FROM below b JOIN file_library_link l ON l.file_id = b.id)
    SELECT f.id, f.project_id, p.team_id, f.features, f.created_at, f.modified_at, f.name, f.revn, f.vern, f.version,
           f.is_shared, s.synced_at,
           l.file_id IS NULL AS is_indirect
      FROM below b
      JOIN file f ON f.id = b.id
      JOIN project p ON p.id = f.project_id
      JOIN team t ON t.id = p.team_id
      LEFT JOIN file_library_link l ON l.file_id = $1 AND l.library_file_id = f.id
      LEFT JOIN file_library_sync s ON s.file_id = $1 AND s.library_file_id = f.id
     WHERE f.id <> $1 AND f.deleted_at IS NULL AND p.deleted_at IS NULL AND t.deleted_at IS NULL
       AND t.id = (SELECT own.team_id FROM file o JOIN project own ON own.id = o.project_id WHERE o.id = $1)
     ORDER BY is_indirect, f.name, f.id
     LIMIT $2";

const HAS_ANY: &str = "
    SELECT 1 AS found
      FROM file_library_link l
      JOIN file f ON f.id = l.library_file_id
      JOIN project p ON p.id = f.project_id
      JOIN team t ON t.id = p.team_id
     WHERE l.file_id = $1 AND f.deleted_at IS NULL AND p.deleted_at IS NULL AND t.deleted_at IS NULL AND (
           EXISTS (SELECT 1 FROM team_profile_rel WHERE team_id = t.id AND profile_id = $2)
        OR EXISTS (SELECT 1 FROM project_profile_rel WHERE project_id = p.id AND profile_id = $2)
        OR EXISTS (SELECT 1 FROM file_profile_rel WHERE file_id = f.id AND profile_id = $2))
     LIMIT 1";

const USAGE: &str = "
    SELECT count(*) AS used_in
      FROM file_library_link l
      JOIN file f ON f.id = l.file_id
      JOIN project p ON p.id = f.project_id
      JOIN team t ON t.id = p.team_id
     WHERE l.library_file_id = $1 AND f.deleted_at IS NULL AND p.deleted_at IS NULL AND t.deleted_at IS NULL";

const REFERENCES: &str = "
    SELECT f.id, f.name
      FROM file_library_link l
      JOIN file f ON f.id = l.file_id
      JOIN project p ON p.id = f.project_id
      JOIN team t ON t.id = p.team_id
     WHERE l.library_file_id = $1 AND f.deleted_at IS NULL AND p.deleted_at IS NULL AND t.deleted_at IS NULL AND (
           EXISTS (SELECT 1 FROM team_profile_rel WHERE team_id = t.id AND profile_id = $2)
        OR EXISTS (SELECT 1 FROM project_profile_rel WHERE project_id = p.id AND profile_id = $2)
        OR EXISTS (SELECT 1 FROM file_profile_rel WHERE file_id = f.id AND profile_id = $2))
     ORDER BY f.name, f.id
     LIMIT $3";
