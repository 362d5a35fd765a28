//! Carrying a mark down to the parts of an object.

use super::Kind;
use crate::error::Result;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

/// How many parts took the mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Projects.
    pub projects: u64,
    /// Files.
    pub files: u64,
    /// Fonts.
    pub fonts: u64,
    /// Documents.
    pub data: u64,
    /// Pictures.
    pub media: u64,
    /// Thumbnails of files and of frames in them.
    pub thumbnails: u64,
}

/// Carries the mark of one object down to all its parts, in one transaction that the caller opens. Running it
/// again changes nothing; neither does running it for an object that is gone or was restored. As much work as
/// the object has parts.
pub async fn cascade(conn: &impl ConnectionTrait, kind: Kind, id: Uuid) -> Result<Carried> {
    let mut carried = Carried::default();
    if kind == Kind::Team {
        carried.projects = run(conn, PROJECTS_OF_TEAM, id).await?;
        carried.fonts = run(conn, FONTS_OF_TEAM, id).await?;
    }
    match kind {
        Kind::Team => carried.files = run(conn, FILES_OF_TEAM, id).await?,
        Kind::Project => carried.files = run(conn, FILES_OF_PROJECT, id).await?,
        // A deleted library offers nothing any more.
        Kind::File => carried.files = run(conn, FILE, id).await?,
    }
    carried.data = run(conn, &parts(kind, "file_data"), id).await?;
    carried.media = run(conn, &parts(kind, "file_media_object"), id).await?;
    carried.thumbnails = run(conn, &parts(kind, "file_thumbnail"), id).await?
        + run(conn, &parts(kind, "file_tagged_object_thumbnail"), id).await?;
    Ok(carried)
}

async fn run(conn: &impl ConnectionTrait, sql: &str, id: Uuid) -> Result<u64> {
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, [id.into()]);
    Ok(conn.execute_raw(query).await?.rows_affected())
}

// In each of them the mark is the parent's own. Null and later marks of the parts give way to it, earlier
// ones stay.

const PROJECTS_OF_TEAM: &str = "
    UPDATE project c SET deleted_at = t.deleted_at FROM team t
     WHERE c.team_id = t.id AND t.id = $1 AND (c.deleted_at IS NULL OR c.deleted_at > t.deleted_at)
       AND t.deleted_at IS NOT NULL";

const FONTS_OF_TEAM: &str = "
    UPDATE team_font_variant c SET deleted_at = t.deleted_at FROM team t
     WHERE c.team_id = t.id AND t.id = $1 AND (c.deleted_at IS NULL OR c.deleted_at > t.deleted_at)
       AND t.deleted_at IS NOT NULL";

const FILES_OF_TEAM: &str = "
    UPDATE file c SET deleted_at = p.deleted_at, is_shared = false FROM project p JOIN team t ON t.id = p.team_id
     WHERE c.project_id = p.id AND t.id = $1 AND (c.deleted_at IS NULL OR c.deleted_at > p.deleted_at)
       AND p.deleted_at IS NOT NULL AND t.deleted_at IS NOT NULL";

const FILES_OF_PROJECT: &str = "
    UPDATE file c SET deleted_at = p.deleted_at, is_shared = false FROM project p
     WHERE c.project_id = p.id AND p.id = $1 AND (c.deleted_at IS NULL OR c.deleted_at > p.deleted_at)
       AND p.deleted_at IS NOT NULL";

const FILE: &str = "
    UPDATE file SET is_shared = false WHERE id = $1 AND deleted_at IS NOT NULL AND is_shared";

/// The rows of one table that belong to the files of an object.
fn parts(kind: Kind, table: &str) -> String {
    let whole = match kind {
        Kind::Team => {
            "file f JOIN project p ON p.id = f.project_id JOIN team t ON t.id = p.team_id
              WHERE t.id = $1 AND t.deleted_at IS NOT NULL"
        }
        Kind::Project => {
            "file f JOIN project p ON p.id = f.project_id WHERE p.id = $1 AND p.deleted_at IS NOT NULL"
        }
        Kind::File => "file f WHERE f.id = $1",
    };
    format!(
        "UPDATE {table} c SET deleted_at = f.deleted_at FROM {whole} AND c.file_id = f.id
            AND (c.deleted_at IS NULL OR c.deleted_at > f.deleted_at) AND f.deleted_at IS NOT NULL"
    )
}
