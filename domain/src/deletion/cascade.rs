//! Carrying a mark down to the parts of an object, some at a time.

use super::Kind;
use crate::error::Result;
use platform::db::Tx;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

/// Most projects, most fonts and most files of one step.
pub const BATCH_MAX: u64 = 500;

/// Most teams of one person that are looked at.
const TEAMS_MAX: i64 = 5000;

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

impl Carried {
    /// Both taken together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            projects: self.projects + other.projects,
            files: self.files + other.files,
            fonts: self.fonts + other.fonts,
            data: self.data + other.data,
            media: self.media + other.media,
            thumbnails: self.thumbnails + other.thumbnails,
        }
    }

    /// Whether nothing was left to do.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl std::fmt::Display for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = [
            (self.projects, "projects"),
            (self.files, "files"),
            (self.fonts, "fonts"),
            (self.data, "documents"),
            (self.media, "pictures"),
            (self.thumbnails, "thumbnails"),
        ];
        let told: Vec<_> =
            counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        if told.is_empty() { f.write_str("nothing") } else { f.write_str(&told.join(", ")) }
    }
}

/// The objects whose parts have to take a mark: the object itself, or the deleted teams that a person owns.
pub async fn wholes(conn: &impl ConnectionTrait, kind: Kind, id: Uuid) -> Result<Vec<(Kind, Uuid)>> {
    if kind != Kind::Profile {
        return Ok(vec![(kind, id)]);
    }
    let query = Statement::from_sql_and_values(DbBackend::Postgres, TEAMS, [id.into(), TEAMS_MAX.into()]);
    let rows = conn.query_all_raw(query).await?;
    rows.iter().map(|row| Ok((Kind::Team, row.try_get::<Uuid>("", "id")?))).collect()
}

/// Files of a team or a project that have not taken a mark yet; of a file, none.
pub async fn left(conn: &impl ConnectionTrait, kind: Kind, id: Uuid) -> Result<u64> {
    let sql = match kind {
        Kind::Team => FILES_OF_TEAM,
        Kind::Project => FILES_OF_PROJECT,
        Kind::File | Kind::Profile => return Ok(0),
    };
    let sql = format!("SELECT count(*) AS count FROM ({sql}) files");
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, [id.into()]);
    let count: i64 =
        conn.query_one_raw(query).await?.map(|row| row.try_get("", "count")).transpose()?.unwrap_or(0);
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Carries the mark of a team, a project or a file down to at most [`BATCH_MAX`] parts of each kind that have
/// none, a file always together with what it is made of. Call it in a transaction each time, until nothing was
/// left. Nothing happens for an object that is gone or was restored; the row is shared until the end of the
/// transaction, so that nobody restores it meanwhile.
pub async fn step(tx: &Tx, kind: Kind, id: Uuid, limit: u64) -> Result<Carried> {
    let limit = i64::try_from(limit.min(BATCH_MAX)).unwrap_or(1);
    let mut carried = Carried::default();
    let lock = match kind {
        Kind::Team => "SELECT 1 FROM team WHERE id = $1 AND deleted_at IS NOT NULL FOR SHARE",
        Kind::Project => "SELECT 1 FROM project WHERE id = $1 AND deleted_at IS NOT NULL FOR SHARE",
        Kind::File => "SELECT 1 FROM file WHERE id = $1 AND deleted_at IS NOT NULL FOR SHARE",
        Kind::Profile => return Ok(carried),
    };
    if tx
        .query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, lock, [id.into()]))
        .await?
        .is_none()
    {
        return Ok(carried);
    }
    if kind == Kind::Team {
        carried.projects = run(tx, PROJECTS, id, limit).await?;
        carried.fonts = run(tx, FONTS, id, limit).await?;
    }
    let files = match kind {
        Kind::Team => marked(tx, FILES_OF_TEAM, id, limit).await?,
        Kind::Project => marked(tx, FILES_OF_PROJECT, id, limit).await?,
        _ => vec![id],
    };
    if kind != Kind::File {
        carried.files = files.len() as u64;
    }
    if !files.is_empty() {
        carried.data = parts(tx, "file_data", &files).await?;
        carried.media = parts(tx, "file_media_object", &files).await?;
        carried.thumbnails = parts(tx, "file_thumbnail", &files).await?
            + parts(tx, "file_tagged_object_thumbnail", &files).await?;
    }
    Ok(carried)
}

async fn run(tx: &Tx, sql: &str, id: Uuid, limit: i64) -> Result<u64> {
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, [id.into(), limit.into()]);
    Ok(tx.execute_raw(query).await?.rows_affected())
}

/// Files take the mark of their project, which is the team's unless it was deleted before.
async fn marked(tx: &Tx, files: &str, id: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    let sql = format!(
        "WITH batch AS ({files} LIMIT $2 FOR UPDATE OF f)
         UPDATE file c SET deleted_at = batch.deleted_at FROM batch WHERE c.id = batch.id RETURNING c.id"
    );
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, [id.into(), limit.into()]);
    let rows = tx.query_all_raw(query).await?;
    Ok(rows.iter().map(|row| row.try_get::<Uuid>("", "id")).collect::<Result<_, _>>()?)
}

/// The rows of one table that belong to these files.
async fn parts(tx: &Tx, table: &str, files: &[Uuid]) -> Result<u64> {
    let sql = format!(
        "UPDATE {table} c SET deleted_at = f.deleted_at FROM file f
          WHERE f.id = ANY($1) AND f.deleted_at IS NOT NULL AND c.file_id = f.id AND c.deleted_at IS NULL"
    );
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, [files.to_vec().into()]);
    Ok(tx.execute_raw(query).await?.rows_affected())
}

const TEAMS: &str = "
    SELECT t.id FROM team t JOIN team_profile_rel r ON r.team_id = t.id AND r.is_owner
     WHERE r.profile_id = $1 AND t.deleted_at IS NOT NULL
     ORDER BY t.id LIMIT $2";

const PROJECTS: &str = "
    UPDATE project c SET deleted_at = t.deleted_at FROM team t
     WHERE t.id = $1 AND t.deleted_at IS NOT NULL AND c.id IN (
           SELECT id FROM project WHERE team_id = $1 AND deleted_at IS NULL LIMIT $2 FOR UPDATE)";

const FONTS: &str = "
    UPDATE team_font_variant c SET deleted_at = t.deleted_at FROM team t
     WHERE t.id = $1 AND t.deleted_at IS NOT NULL AND c.id IN (
           SELECT id FROM team_font_variant WHERE team_id = $1 AND deleted_at IS NULL LIMIT $2 FOR UPDATE)";

const FILES_OF_TEAM: &str = "
    SELECT f.id, p.deleted_at FROM project p JOIN file f ON f.project_id = p.id
     WHERE p.team_id = $1 AND p.deleted_at IS NOT NULL AND f.deleted_at IS NULL";

const FILES_OF_PROJECT: &str = "
    SELECT f.id, p.deleted_at FROM project p JOIN file f ON f.project_id = p.id
     WHERE p.id = $1 AND p.deleted_at IS NOT NULL AND f.deleted_at IS NULL";
