//! Links that open pages of a file to whoever knows them, also to nobody in particular.
//!
//! A link is hidden with its file and comes back with it. What it opens is asked for each time, by
//! [`permission::file_seen`](crate::permission::file_seen) and by whoever reads blobs: who made it may be gone, and the
//! file may have moved to another team.

use crate::error::{Error, Result};
use crate::permission::{Editable, Viewable};
use chrono::{DateTime, Utc};
use entities::file;
use entities::ids::ShareLinkId;
use entities::share_link::{ActiveModel, Audience, Column, Entity, Model};
use platform::db::{Tx, sql};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use transit::value::Value;
use uuid::Uuid;

/// Most links of one file.
pub const LINKS_MAX: u64 = 500;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// The pages that it opens.
    pub pages: Vec<Uuid>,
    /// Who may say something on them.
    pub who_comment: Audience,
    /// Who may look at how they are made.
    pub who_inspect: Audience,
}

/// Makes a link. Each call makes one of its own, also of what another one opens: each can be ended by itself.
///
/// # Errors
/// `share-link-limit-reached` when the file has 500 already; [`Error::NotFound`] when it was deleted
/// meanwhile.
pub async fn create(
    tx: &Tx,
    file: &Editable<file::Model>,
    new: NewLink,
    now: DateTime<Utc>,
) -> Result<Model> {
    // Links of one file are made one after the other, and a deletion that comes later finds this one.
    tx.query_one_raw(sql(HOLD, [file.id.0.into()])).await?.ok_or(Error::NotFound)?;
    if Entity::find().filter(Column::FileId.eq(file.id)).count(tx).await? >= LINKS_MAX {
        return Err(Error::restriction("share-link-limit-reached")
            .hint(format!("a file has at most {LINKS_MAX} share links: delete those that nobody uses"))
            .with("threshold", Value::Int(LINKS_MAX.try_into().unwrap_or(i64::MAX))));
    }
    let row = ActiveModel {
        id: Set(ShareLinkId(platform::ids::random_id())),
        file_id: Set(file.id),
        owner_id: Set(Some(file.caller())),
        created_at: Set(now),
        pages: Set(new.pages),
        who_comment: Set(new.who_comment.into()),
        who_inspect: Set(new.who_inspect.into()),
    };
    Ok(row.insert(tx).await?)
}

/// Ends a link of the file: whoever came by it is a stranger at once.
///
/// # Errors
/// [`Error::NotFound`] when somebody was faster.
pub async fn delete(
    conn: &impl ConnectionTrait,
    file: &Editable<file::Model>,
    id: ShareLinkId,
) -> Result<()> {
    let gone = Entity::delete_many().filter(Column::Id.eq(id)).filter(Column::FileId.eq(file.id));
    if gone.exec(conn).await?.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// The links of a file, in the order of their making. Each is a key: they are for those who have a role.
///
/// # Errors
/// Those of the database.
pub async fn list(conn: &impl ConnectionTrait, file: &Viewable<file::Model>) -> Result<Vec<Model>> {
    let found = Entity::find().filter(Column::FileId.eq(file.id));
    let found = found.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(LINKS_MAX);
    Ok(found.all(conn).await?)
}

const HOLD: &str = "
    SELECT 1 AS held FROM file f JOIN project p ON p.id = f.project_id JOIN team t ON t.id = p.team_id
     WHERE f.id = $1 AND f.deleted_at IS NULL AND p.deleted_at IS NULL AND t.deleted_at IS NULL
       FOR NO KEY UPDATE OF f";
