//! Why a blob is there, or why it goes and when.

use super::bucket::Bucket;
use super::sweep::{TOUCHED_AGE_MIN, revive, told};
use crate::error::{Error, Result};
use crate::permission::Operator;
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::StorageObjectId;
use entities::storage_object::{Entity, Model};
use platform::app::App;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, Statement};
use serde::Serialize;
use uuid::Uuid;

/// Most references that are told of one blob.
pub const USES_MAX: u64 = 100;

/// Everything about one blob.
#[derive(Clone, Debug, Serialize)]
pub struct Why {
    /// The row.
    pub object: Model,
    /// Size of the bytes as the backend says; none when they are not there.
    pub stored_bytes: Option<u64>,
    /// Other backends that still have its bytes after a move, and until when.
    pub copies: Vec<Copied>,
    /// Who refers to it, at most [`USES_MAX`].
    pub uses: Vec<Used>,
    /// Its fate, in a few sentences.
    pub verdict: String,
    /// When it goes, as things are; none when it stays.
    pub goes_at: Option<DateTime<Utc>>,
}

/// Bytes left behind by a move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Copied {
    /// The backend.
    pub backend: String,
    /// When a sweep removes them.
    pub goes_at: DateTime<Utc>,
}

/// One reference, and the chain of what it lies in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Used {
    /// What the blob is there, such as `picture in a file`.
    pub what: String,
    /// The key of the row that refers.
    pub holder: String,
    /// When that row is purged, if it was deleted.
    pub gone_at: Option<DateTime<Utc>>,
    /// File, project, team or person, from the inside out.
    pub chain: Vec<Link>,
}

/// One thing that something lies in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// `file`, `project`, `team` or `person`.
    pub kind: &'static str,
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it is purged, if it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Tells why a blob is kept or goes.
///
/// # Errors
/// [`Error::NotFound`] without such a row; [`Error::Platform`] when the backend cannot be asked.
pub async fn why(app: &App, id: StorageObjectId, now: DateTime<Utc>) -> Result<Why> {
    let object = Entity::find_by_id(id).one(&app.db).await?.ok_or(Error::NotFound)?;
    let stored_bytes = app.blobs.size(&object.backend, id.0).await.map_err(Error::platform)?;
    let sql = "SELECT backend, goes_at FROM storage_copy WHERE object_id = $1 ORDER BY backend";
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, [id.0.into()]);
    let copies = Copied::find_by_statement(query).all(&app.db).await?;
    let bucket = Bucket::find(&object.bucket);
    let uses = match bucket {
        Some(bucket) => uses(&app.db, bucket, id).await?,
        None => vec![],
    };
    let kept = bucket.map(|bucket| bucket.kept(app.config.limits.deletion_delay));
    let (mut verdict, goes_at) = verdict(&object, &uses, kept, now);
    if stored_bytes.is_none() && object.state == "valid" {
        verdict.push_str(" Its bytes are not there: a scrub can look for others of the same content.");
    }
    Ok(Why { object, stored_bytes, copies, uses, verdict, goes_at })
}

/// Brings a hidden blob back, for another time of grace unless something begins to refer to it.
///
/// # Errors
/// [`Error::NotFound`] without such a row; `not-restorable`, with the reason, when it is not hidden, its bytes are going,
/// or they are not there.
pub async fn restore(app: &App, operator: &Operator, id: StorageObjectId, now: DateTime<Utc>) -> Result<()> {
    let object = Entity::find_by_id(id).one(&app.db).await?.ok_or(Error::NotFound)?;
    let refused = |hint: &str| Err(Error::validation("not-restorable").hint(hint));
    if object.deleted_at.is_none() {
        return refused("it is not hidden");
    }
    let there = app.blobs.size(&object.backend, id.0).await.map_err(Error::platform)?;
    if there != u64::try_from(object.size).ok() {
        return refused("its bytes are not there");
    }
    let tx = platform::db::begin(&app.db).await?;
    let is_back = revive(&tx, id, &format!("{} brought it back", operator.name()), now).await?;
    tx.commit().await?;
    if is_back { Ok(()) } else { refused("its bytes are being removed") }
}

fn verdict(
    object: &Model,
    uses: &[Used],
    kept: Option<TimeDelta>,
    now: DateTime<Utc>,
) -> (String, Option<DateTime<Utc>>) {
    let by = object.touched_by.as_deref().unwrap_or("nothing is known");
    let Some(kept) = kept else {
        return ("Kept: this server does not know its bucket, and leaves it alone.".to_owned(), None);
    };
    match (object.state.as_str(), object.deleted_at, object.touched_at) {
        ("deleting", at, _) => {
            ("Goes now: nothing referred to it, and its bytes are being removed.".to_owned(), at)
        }
        ("pending", _, touched) => {
            let until = touched.unwrap_or(object.created_at) + TOUCHED_AGE_MIN;
            let text = format!(
                "Its bytes are on their way; an upload that has not ended by {} is given up.",
                told(until)
            );
            (text, Some(until))
        }
        (_, Some(at), _) if uses.is_empty() => {
            let since = object.hidden_at.map_or_else(String::new, |at| format!(" since {}", told(at)));
            let text = format!(
                "Goes at {}: hidden{since}, because nothing refers to it (touched last: {by}). Until then \
                 `atelier storage restore` brings it back.",
                told(at)
            );
            (text, Some(at))
        }
        (_, Some(at), _) => (
            format!(
                "Stays: hidden until {}, but something refers to it, so the sweep brings it back.",
                told(at)
            ),
            None,
        ),
        (_, None, _) if !uses.is_empty() => of_used(uses),
        (_, None, Some(touched)) => {
            let looked = (touched + TOUCHED_AGE_MIN).max(now);
            let text = format!(
                "Goes: nothing refers to it. Touched at {} ({by}); the first sweep after {} hides \
                 it, and it goes {} h later.",
                told(touched),
                told(looked),
                kept.num_hours()
            );
            (text, looked.checked_add_signed(kept))
        }
        (_, None, None) => {
            let text = "Stays, although nothing refers to it: nothing told the sweep to look. A scrub that repairs \
                        `unused` does.";
            (text.to_owned(), None)
        }
    }
}

/// It stays as long as one of them does.
fn of_used(uses: &[Used]) -> (String, Option<DateTime<Utc>>) {
    let end = |used: &Used| {
        let links = used.chain.iter().filter_map(|link| link.deleted_at);
        links.chain(used.gone_at).min()
    };
    let ends: Option<Vec<DateTime<Utc>>> = uses.iter().map(end).collect();
    let count = uses.len();
    let refer = if count == 1 { "1 row refers".to_owned() } else { format!("{count} rows refer") };
    match ends.and_then(|ends| ends.into_iter().max()) {
        None => (format!("Kept: {refer} to it."), None),
        Some(last) => {
            let text = format!(
                "Kept for now: {refer} to it, in things that were deleted; the last is purged at {}, and then \
                 its own time of grace begins.",
                told(last)
            );
            (text, None)
        }
    }
}

#[derive(FromQueryResult)]
struct Row {
    what: String,
    holder: String,
    gone_at: Option<DateTime<Utc>>,
    file_id: Option<Uuid>,
    file_name: Option<String>,
    file_deleted_at: Option<DateTime<Utc>>,
    project_id: Option<Uuid>,
    project_name: Option<String>,
    project_deleted_at: Option<DateTime<Utc>>,
    team_id: Option<Uuid>,
    team_name: Option<String>,
    team_deleted_at: Option<DateTime<Utc>>,
    person_id: Option<Uuid>,
    person_name: Option<String>,
    person_deleted_at: Option<DateTime<Utc>>,
}

async fn uses(conn: &impl ConnectionTrait, bucket: &Bucket, id: StorageObjectId) -> Result<Vec<Used>> {
    if bucket.uses.is_empty() {
        return Ok(vec![]);
    }
    let named: Vec<String> = bucket
        .uses
        .iter()
        .map(|one| format!("SELECT '{}' AS what, r.* FROM ({}) r", one.what, one.sql))
        .collect();
    let sql = format!(
        "SELECT u.what, u.holder, u.gone_at, f.id AS file_id, f.name AS file_name, f.deleted_at AS file_deleted_at,
                p.id AS project_id, p.name AS project_name, p.deleted_at AS project_deleted_at,
                t.id AS team_id, t.name AS team_name, t.deleted_at AS team_deleted_at,
                h.id AS person_id, h.fullname AS person_name, h.deleted_at AS person_deleted_at
           FROM ({}) u
           LEFT JOIN file f ON f.id = u.file_id
           LEFT JOIN project p ON p.id = f.project_id
           LEFT JOIN team t ON t.id = coalesce(u.team_id, p.team_id)
           LEFT JOIN profile h ON h.id = u.profile_id
          ORDER BY u.what, u.holder LIMIT {USES_MAX}",
        named.join(" UNION ALL ")
    );
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, [vec![id.0].into()]);
    let rows = Row::find_by_statement(query).all(conn).await?;
    Ok(rows.into_iter().map(used).collect())
}

fn used(row: Row) -> Used {
    let link = |kind, id: Option<Uuid>, name: Option<String>, deleted_at| {
        id.map(|id| Link { kind, id, name: name.unwrap_or_default(), deleted_at })
    };
    let chain = [
        link("file", row.file_id, row.file_name, row.file_deleted_at),
        link("project", row.project_id, row.project_name, row.project_deleted_at),
        link("team", row.team_id, row.team_name, row.team_deleted_at),
        link("person", row.person_id, row.person_name, row.person_deleted_at),
    ];
    Used {
        what: row.what,
        holder: row.holder,
        gone_at: row.gone_at,
        chain: chain.into_iter().flatten().collect(),
    }
}
