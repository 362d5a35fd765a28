//! Purging rows whose time of grace is over, parts before wholes.
//!
//! Whoever restores holds the rows they bring back; a purge skips rows that are held, and looks again at those it
//! gets hold of.

use super::Kind;
use super::cascade;
use crate::error::Result;
use chrono::{DateTime, TimeDelta, Utc};
use platform::app::App;
use platform::db::Tx;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

/// Most rows of one table in one batch.
pub const BATCH_MAX: u64 = 100;

/// What one batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Objects whose mark had not reached all their parts, and now has.
    pub completed: u64,
    /// Accounts.
    pub profiles: u64,
    /// Pictures.
    pub media: u64,
    /// Thumbnails of files and of frames in them.
    pub thumbnails: u64,
    /// Documents.
    pub data: u64,
    /// Files.
    pub files: u64,
    /// Projects.
    pub projects: u64,
    /// Fonts.
    pub fonts: u64,
    /// Teams.
    pub teams: u64,
}

impl Purged {
    /// Rows in all; none means that the work is done.
    pub fn total(&self) -> u64 {
        self.completed
            + self.profiles
            + self.media
            + self.thumbnails
            + self.data
            + self.files
            + self.projects
            + self.fonts
            + self.teams
    }

    /// Both taken together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            completed: self.completed + other.completed,
            profiles: self.profiles + other.profiles,
            media: self.media + other.media,
            thumbnails: self.thumbnails + other.thumbnails,
            data: self.data + other.data,
            files: self.files + other.files,
            projects: self.projects + other.projects,
            fonts: self.fonts + other.fonts,
            teams: self.teams + other.teams,
        }
    }
}

/// Purges what was due at `now`, at most `limit` (at most [`BATCH_MAX`]) rows of each table, each table in
/// its own transaction. Call it again until nothing is left. Blobs that lose a reference are touched, so that
/// the sweep looks at them. A whole stays until its last part is gone, so no order of failures leaves parts
/// without a whole.
pub async fn objects_gc_batch(app: &App, now: DateTime<Utc>, limit: u64) -> Result<Purged> {
    let limit = i64::try_from(limit.min(BATCH_MAX)).unwrap_or(1);
    let completed = complete(app, now, limit).await?;
    let media = purge(app, MEDIA, now, limit).await?;
    let thumbnails =
        purge(app, OBJECT_THUMBNAILS, now, limit).await? + purge(app, FILE_THUMBNAILS, now, limit).await?;
    let data = purge(app, DATA, now, limit).await?;
    let files = purge(app, FILES, now, limit).await?;
    let projects = purge(app, PROJECTS, now, limit).await?;
    let fonts = purge(app, FONTS, now, limit).await?;
    let teams = purge(app, TEAMS, now, limit).await?;
    let profiles = purge_profiles(app, now, limit).await?;
    Ok(Purged { completed, profiles, media, thumbnails, data, files, projects, fonts, teams })
}

async fn purge(app: &App, sql: &str, now: DateTime<Utc>, limit: i64) -> Result<u64> {
    let tx = platform::db::begin(&app.db).await?;
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, [now.into(), limit.into()]);
    let row = tx.query_one_raw(query).await?;
    let purged = row.map_or(Ok(0), |row| row.try_get::<i64>("", "purged"))?;
    tx.commit().await?;
    Ok(u64::try_from(purged).unwrap_or(0))
}

/// People are marked with the moment of their deletion, demo accounts with that of their end.
async fn purge_profiles(app: &App, now: DateTime<Utc>, limit: i64) -> Result<u64> {
    let tx = platform::db::begin(&app.db).await?;
    let query = Statement::from_sql_and_values(
        DbBackend::Postgres,
        PROFILES,
        [now.into(), limit.into(), before(app, now).into()],
    );
    let row = tx.query_one_raw(query).await?;
    let purged = row.map_or(Ok(0), |row| row.try_get::<i64>("", "purged"))?;
    tx.commit().await?;
    Ok(u64::try_from(purged).unwrap_or(0))
}

/// Whoever was deleted by then is to go now.
fn before(app: &App, now: DateTime<Utc>) -> DateTime<Utc> {
    let delay = TimeDelta::from_std(app.config.limits.deletion_delay).unwrap_or(TimeDelta::MAX);
    now.checked_sub_signed(delay).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// A mark travels to the parts by a job. Should the job be lost, the parts would keep the whole alive for
/// ever. Nobody deletes a demo account: its teams are marked here.
async fn complete(app: &App, now: DateTime<Utc>, limit: i64) -> Result<u64> {
    let tx = platform::db::begin(&app.db).await?;
    let values = [now.into(), limit.into(), before(app, now).into()];
    let marked = tx
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, TEAMS_OF_PROFILES, values))
        .await?;
    tx.commit().await?;
    let mut completed = marked.rows_affected();
    for (kind, sql) in [(Kind::Team, TEAMS_LEFT), (Kind::Project, PROJECTS_LEFT), (Kind::File, FILES_LEFT)] {
        let tx = platform::db::begin(&app.db).await?;
        for id in ids(&tx, sql, now, limit).await? {
            cascade::step(&tx, kind, id, cascade::BATCH_MAX).await?;
            completed += 1;
        }
        tx.commit().await?;
    }
    Ok(completed)
}

async fn ids(tx: &Tx, sql: &str, now: DateTime<Utc>, limit: i64) -> Result<Vec<Uuid>> {
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, [now.into(), limit.into()]);
    let rows = tx.query_all_raw(query).await?;
    Ok(rows.iter().map(|row| row.try_get::<Uuid>("", "id")).collect::<Result<_, _>>()?)
}

/// What a person owns goes at the person's end. Teams that others are in stay for them.
const TEAMS_OF_PROFILES: &str = "
    WITH due AS (
           SELECT t.id FROM profile p
             JOIN team_profile_rel r ON r.profile_id = p.id AND r.is_owner
             JOIN team t ON t.id = r.team_id AND t.deleted_at IS NULL
            WHERE p.deleted_at <= $1 AND (p.is_demo OR p.deleted_at <= $3)
              AND NOT EXISTS (SELECT 1 FROM team_profile_rel o WHERE o.team_id = t.id AND o.profile_id <> p.id)
            LIMIT $2 FOR UPDATE SKIP LOCKED)
    UPDATE team t SET deleted_at = $1 FROM due WHERE t.id = due.id";

const TEAMS_LEFT: &str = "
    SELECT t.id FROM team t
     WHERE t.deleted_at <= $1 AND (
           EXISTS (SELECT 1 FROM project c WHERE c.team_id = t.id AND c.deleted_at IS NULL)
        OR EXISTS (SELECT 1 FROM team_font_variant c WHERE c.team_id = t.id AND c.deleted_at IS NULL))
     ORDER BY t.deleted_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED";

const PROJECTS_LEFT: &str = "
    SELECT p.id FROM project p
     WHERE p.deleted_at <= $1
       AND EXISTS (SELECT 1 FROM file c WHERE c.project_id = p.id AND c.deleted_at IS NULL)
     ORDER BY p.deleted_at LIMIT $2 FOR UPDATE OF p SKIP LOCKED";

const FILES_LEFT: &str = "
    SELECT f.id FROM file f
     WHERE f.deleted_at <= $1 AND (
           EXISTS (SELECT 1 FROM file_data c WHERE c.file_id = f.id AND c.deleted_at IS NULL)
        OR EXISTS (SELECT 1 FROM file_media_object c WHERE c.file_id = f.id AND c.deleted_at IS NULL)
        OR EXISTS (SELECT 1 FROM file_thumbnail c WHERE c.file_id = f.id AND c.deleted_at IS NULL)
        OR EXISTS (SELECT 1 FROM file_tagged_object_thumbnail c WHERE c.file_id = f.id AND c.deleted_at IS NULL))
     ORDER BY f.deleted_at LIMIT $2 FOR UPDATE OF f SKIP LOCKED";

/// Last of all: whoever owns a team that is not gone stays.
const PROFILES: &str = "
    WITH due AS (
           SELECT p.id FROM profile p
            WHERE p.deleted_at <= $1 AND (p.is_demo OR p.deleted_at <= $3)
              AND NOT EXISTS (
                  SELECT 1 FROM team_profile_rel r JOIN team t ON t.id = r.team_id
                   WHERE r.profile_id = p.id AND r.is_owner AND (t.deleted_at IS NOT NULL OR NOT EXISTS (
                         SELECT 1 FROM team_profile_rel o WHERE o.team_id = t.id AND o.profile_id <> p.id)))
            ORDER BY p.deleted_at LIMIT $2 FOR UPDATE OF p SKIP LOCKED),
         gone AS (DELETE FROM profile r USING due WHERE r.id = due.id RETURNING r.photo_id),
         touched AS (
           UPDATE storage_object SET touched_at = $1, touched_by = 'a person was purged'
            WHERE deleted_at IS NULL AND id IN (SELECT photo_id FROM gone))
    SELECT count(*) AS purged FROM gone";

const MEDIA: &str = "
    WITH due AS (
           SELECT id FROM file_media_object
            WHERE deleted_at <= $1 ORDER BY deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED),
         gone AS (DELETE FROM file_media_object r USING due WHERE r.id = due.id RETURNING r.media_id, r.thumbnail_id),
         touched AS (
           UPDATE storage_object SET touched_at = $1, touched_by = 'a picture in a file was purged'
            WHERE deleted_at IS NULL AND id IN (SELECT media_id FROM gone UNION SELECT thumbnail_id FROM gone))
    SELECT count(*) AS purged FROM gone";

const OBJECT_THUMBNAILS: &str = "
    WITH due AS (
           SELECT file_id, tag, object_id FROM file_tagged_object_thumbnail
            WHERE deleted_at <= $1 ORDER BY deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED),
         gone AS (
           DELETE FROM file_tagged_object_thumbnail r USING due
            WHERE r.file_id = due.file_id AND r.tag = due.tag AND r.object_id = due.object_id RETURNING r.media_id),
         touched AS (
           UPDATE storage_object SET touched_at = $1, touched_by = 'the small picture of a frame was purged'
            WHERE deleted_at IS NULL AND id IN (SELECT media_id FROM gone))
    SELECT count(*) AS purged FROM gone";

const FILE_THUMBNAILS: &str = "
    WITH due AS (
           SELECT file_id, revn FROM file_thumbnail
            WHERE deleted_at <= $1 ORDER BY deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED),
         gone AS (
           DELETE FROM file_thumbnail r USING due WHERE r.file_id = due.file_id AND r.revn = due.revn
           RETURNING r.media_id),
         touched AS (
           UPDATE storage_object SET touched_at = $1, touched_by = 'the small picture of a file was purged'
            WHERE deleted_at IS NULL AND id IN (SELECT media_id FROM gone))
    SELECT count(*) AS purged FROM gone";

const DATA: &str = "
    WITH due AS (
           SELECT file_id, id FROM file_data
            WHERE deleted_at <= $1 ORDER BY deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED),
         gone AS (
           DELETE FROM file_data r USING due WHERE r.file_id = due.file_id AND r.id = due.id
           RETURNING (r.metadata->>'storage-ref-id')::uuid AS object_id),
         touched AS (
           UPDATE storage_object SET touched_at = $1, touched_by = 'a document was purged'
            WHERE deleted_at IS NULL AND id IN (SELECT object_id FROM gone))
    SELECT count(*) AS purged FROM gone";

const FILES: &str = "
    WITH due AS (
           SELECT f.id FROM file f
            WHERE f.deleted_at <= $1
              AND NOT EXISTS (SELECT 1 FROM file_data c WHERE c.file_id = f.id)
              AND NOT EXISTS (SELECT 1 FROM file_media_object c WHERE c.file_id = f.id)
              AND NOT EXISTS (SELECT 1 FROM file_thumbnail c WHERE c.file_id = f.id)
              AND NOT EXISTS (SELECT 1 FROM file_tagged_object_thumbnail c WHERE c.file_id = f.id)
            ORDER BY f.deleted_at LIMIT $2 FOR UPDATE OF f SKIP LOCKED),
         gone AS (DELETE FROM file r USING due WHERE r.id = due.id RETURNING r.id)
    SELECT count(*) AS purged FROM gone";

const PROJECTS: &str = "
    WITH due AS (
           SELECT p.id FROM project p
            WHERE p.deleted_at <= $1 AND NOT EXISTS (SELECT 1 FROM file c WHERE c.project_id = p.id)
            ORDER BY p.deleted_at LIMIT $2 FOR UPDATE OF p SKIP LOCKED),
         gone AS (DELETE FROM project r USING due WHERE r.id = due.id RETURNING r.id)
    SELECT count(*) AS purged FROM gone";

const FONTS: &str = "
    WITH due AS (
           SELECT id FROM team_font_variant
            WHERE deleted_at <= $1 ORDER BY deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED),
         gone AS (
           DELETE FROM team_font_variant r USING due WHERE r.id = due.id
           RETURNING r.otf_file_id, r.ttf_file_id, r.woff1_file_id, r.woff2_file_id),
         touched AS (
           UPDATE storage_object SET touched_at = $1, touched_by = 'a font was purged'
            WHERE deleted_at IS NULL AND id IN (
                  SELECT otf_file_id FROM gone UNION SELECT ttf_file_id FROM gone
                   UNION SELECT woff1_file_id FROM gone UNION SELECT woff2_file_id FROM gone))
    SELECT count(*) AS purged FROM gone";

const TEAMS: &str = "
    WITH due AS (
           SELECT t.id FROM team t
            WHERE t.deleted_at <= $1 AND NOT EXISTS (SELECT 1 FROM project c WHERE c.team_id = t.id)
              AND NOT EXISTS (SELECT 1 FROM team_font_variant c WHERE c.team_id = t.id)
            ORDER BY t.deleted_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED),
         gone AS (DELETE FROM team r USING due WHERE r.id = due.id RETURNING r.photo_id),
         touched AS (
           UPDATE storage_object SET touched_at = $1, touched_by = 'a team was purged'
            WHERE deleted_at IS NULL AND id IN (SELECT photo_id FROM gone))
    SELECT count(*) AS purged FROM gone";
