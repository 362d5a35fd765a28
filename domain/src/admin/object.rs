//! Whatever an id is of: its name, what it lies in, and who deleted it.

use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

/// A person, team, project, file, picture or blob, deleted or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Object {
    /// `person`, `team`, `project`, `file`, `picture` or `blob`.
    pub kind: String,
    /// Its key.
    pub id: Uuid,
    /// Its name; the address of a person, the bucket of a blob.
    pub name: String,
    /// What it lies in: the file of a picture, the project of a file, the team of a project.
    pub parent: Option<Uuid>,
    /// Whose it is: the address of a team's owner.
    pub owner: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it is purged, if it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// The event that tells of a deletion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Deleted {
    /// What was done, such as `delete-team`.
    pub name: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// The address or, when there is no such account any more, the id of who did it, or the operator.
    pub who: String,
}

/// What has this id, and what that lies in, from the inside out.
///
/// # Errors
/// [`Error::NotFound`] when nothing has it.
pub async fn chain(conn: &impl ConnectionTrait, id: Uuid) -> Result<Vec<Object>> {
    let mut found = vec![one(conn, id).await?.ok_or(Error::NotFound)?];
    while let Some(parent) = found.last().and_then(|object| object.parent) {
        match one(conn, parent).await? {
            Some(object) => found.push(object),
            None => break,
        }
    }
    Ok(found)
}

async fn one(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Object>> {
    let query = platform::db::sql(OBJECT, [id.into()]);
    Ok(Object::find_by_statement(query).one(conn).await?)
}

/// The last event about a deletion of this id among the youngest 200,000 of the record.
pub async fn deleted_by(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Deleted>> {
    let query = platform::db::sql(DELETED, [id.to_string().into()]);
    Ok(Deleted::find_by_statement(query).one(conn).await?)
}

const OBJECT: &str = "
    SELECT 'person' AS kind, id, email AS name, NULL::uuid AS parent, NULL::text AS owner, created_at, deleted_at
      FROM profile WHERE id = $1
    UNION ALL
    SELECT 'team', t.id, t.name, NULL, (SELECT p.email FROM team_profile_rel r JOIN profile p ON p.id = r.profile_id
             WHERE r.team_id = t.id AND r.is_owner ORDER BY r.created_at LIMIT 1), t.created_at, t.deleted_at
      FROM team t WHERE t.id = $1
    UNION ALL SELECT 'project', id, name, team_id, NULL, created_at, deleted_at FROM project WHERE id = $1
    UNION ALL SELECT 'file', id, name, project_id, NULL, created_at, deleted_at FROM file WHERE id = $1
    UNION ALL SELECT 'picture', id, name, file_id, NULL, created_at, deleted_at FROM file_media_object WHERE id = $1
    UNION ALL SELECT 'blob', id, bucket, NULL, NULL, created_at, deleted_at FROM storage_object WHERE id = $1
    LIMIT 1";

const DELETED: &str = "
    SELECT a.name, a.created_at,
           coalesce(a.context->>'operator', (SELECT p.email FROM profile p WHERE p.id = a.profile_id),
                    a.profile_id::text) AS who
      FROM (SELECT * FROM audit_log ORDER BY created_at DESC LIMIT 200000) a
     WHERE a.name ~ 'delete' AND position($1 in a.props::text) > 0
     ORDER BY a.created_at DESC LIMIT 1";
