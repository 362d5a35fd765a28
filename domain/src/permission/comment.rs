//! Who may read what is said about a file, and who may say something.

use super::sql::COMMENTED;
use super::{Permissions, Viewable, roles};
use crate::error::{Error, Result};
use entities::file;
use entities::ids::{FileId, ProfileId, TeamId};
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::ops::Deref;
use uuid::Uuid;

/// Proof that the caller may read what is said about a file: all of it by a role; by a link that shares the file what
/// is said on its pages, where everybody may comment, and else nothing.
#[derive(Clone, Debug)]
pub struct CommentReader {
    file: Viewable<file::Model>,
    team: TeamId,
    /// None by a role.
    pages: Option<Vec<Uuid>>,
}

impl CommentReader {
    /// The file.
    pub fn file(&self) -> &Viewable<file::Model> {
        &self.file
    }

    /// The team that the file belongs to.
    pub fn team(&self) -> TeamId {
        self.team
    }

    /// The pages whose comments may be read; none: all of them.
    pub fn pages(&self) -> Option<&[Uuid]> {
        self.pages.as_deref()
    }

    /// Whether a role allows it, and no link.
    pub fn has_role(&self) -> bool {
        self.pages.is_none()
    }

    /// Whether what is said on a page may be read.
    pub fn shows(&self, page: Uuid) -> bool {
        self.pages.as_ref().is_none_or(|pages| pages.contains(&page))
    }
}

/// Proof that the caller may say something about a file: whoever may look at it, and by a link that shares it who it is
/// open to.
#[derive(Clone, Debug)]
pub struct Commenter(CommentReader);

impl Deref for Commenter {
    type Target = CommentReader;

    fn deref(&self) -> &CommentReader {
        &self.0
    }
}

/// Proof that `caller` may read what is said about the file.
pub async fn comment_reader(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: FileId,
    share: Option<Uuid>,
) -> Result<CommentReader> {
    let query = platform::db::sql(COMMENTED.as_str(), [id.0.into(), caller.0.into(), share.into()]);
    let row = conn.query_one_raw(query).await?.ok_or(Error::NotFound)?;
    let (permissions, pages) = match row.try_get("", "has_role")? {
        true => (roles(&row)?, None),
        false => {
            let linked: Vec<Uuid> = row.try_get("", "pages")?;
            (Permissions { can_read: true, ..Permissions::default() }, Some(linked))
        }
    };
    let file = Viewable { value: file::Model::from_query_result(&row, "")?, permissions, caller };
    Ok(CommentReader { file, team: row.try_get("", "team_id")?, pages })
}

/// Proof that `caller` may say something about the file.
pub async fn commenter(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: FileId,
    share: Option<Uuid>,
) -> Result<Commenter> {
    let reader = comment_reader(conn, caller, id, share).await?;
    // By a link that is for the team's comments no page is open.
    if reader.pages.as_ref().is_some_and(Vec::is_empty) {
        return Err(Error::NotFound);
    }
    Ok(Commenter(reader))
}
