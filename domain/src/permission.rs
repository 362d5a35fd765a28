//! Permissions as values: only this file and its folder make a `Viewable`, an `Editable`, an `Administered` or an
//! `Owned`. An [`Operator`] needs no role; whoever may not name the crate that makes one cannot have one.
//!
//! A role in a team counts for its projects and files, a role in a project for its files. Whoever has no
//! role, and whatever is deleted or lies inside something deleted, is answered with "not found".

mod comment;
pub mod in_projects;
mod sql;
pub mod webhook;

use crate::error::{Error, Result};
use entities::ids::{FileId, ProfileId, ProjectId, ShareLinkId, TeamId};
use entities::share_link::Audience;
use entities::word::OrUnknown;
use entities::{file, project, share_link, team};
use platform::db::Tx;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryResult};
use sql::{FILE, FILE_DELETED_TOO, LINKED, PROJECT, TEAM, TEAM_LOCKED};
use std::ops::Deref;
use uuid::Uuid;

pub use comment::{CommentReader, Commenter, comment_reader, commenter};
pub use operator::Operator;
pub(crate) use sql::FILE_IS_SEEN;
pub use sql::statements;

/// What a person may do with an object, all roles taken together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// May do everything, including deleting.
    pub is_owner: bool,
    /// May manage members; every owner may.
    pub is_admin: bool,
    /// May change; every admin may.
    pub can_edit: bool,
    /// May look; every member may.
    pub can_read: bool,
}

impl Permissions {
    /// The rights of whoever creates a team.
    pub const OWNER: Self = Self { is_owner: true, is_admin: true, can_edit: true, can_read: true };

    /// From the stored marks of one or more roles: owners are admins, admins are editors.
    pub fn of_role(is_owner: bool, is_admin: bool, can_edit: bool) -> Self {
        Self {
            is_owner,
            is_admin: is_owner || is_admin,
            can_edit: is_owner || is_admin || can_edit,
            can_read: true,
        }
    }
}

macro_rules! held {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name<T> {
            value: T,
            permissions: Permissions,
            caller: ProfileId,
        }

        impl<T> $name<T> {
            /// Everything the holder may do with it.
            pub fn permissions(&self) -> Permissions {
                self.permissions
            }

            /// Who holds the permission.
            pub fn caller(&self) -> ProfileId {
                self.caller
            }

            /// The object, without the permission.
            pub fn into_inner(self) -> T {
                self.value
            }
        }

        impl<T> Deref for $name<T> {
            type Target = T;

            fn deref(&self) -> &T {
                &self.value
            }
        }
    )+};
}

held! {
    /// Proof that the caller may look at the object.
    Viewable,
    /// Proof that the caller may change the object.
    Editable,
    /// Proof that the caller may manage the object.
    Administered,
    /// Proof that the caller owns the object.
    Owned,
}

impl<T> From<Editable<T>> for Viewable<T> {
    fn from(held: Editable<T>) -> Self {
        Self { value: held.value, permissions: held.permissions, caller: held.caller }
    }
}

/// Something whose row nobody can change or delete until the transaction ends.
#[derive(Debug)]
pub struct Locked<T>(T);

impl<T> Deref for Locked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Proof that `caller` may look at the team.
pub async fn team_viewer(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: TeamId,
) -> Result<Viewable<team::Model>> {
    view::<team::Entity>(conn, caller, &TEAM, id.0).await
}

/// Proof that `caller` may change the team.
pub async fn team_editor(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: TeamId,
) -> Result<Editable<team::Model>> {
    edit(team_viewer(conn, caller, id).await?)
}

/// As [`team_editor`], for making something in the team: a deletion of the team waits until the transaction ends, and
/// then finds what was made.
pub async fn team_editor_locked(
    tx: &Tx,
    caller: ProfileId,
    id: TeamId,
) -> Result<Locked<Editable<team::Model>>> {
    edit(view::<team::Entity>(tx, caller, &TEAM_LOCKED, id.0).await?).map(Locked)
}

/// Proof that `caller` may manage the team.
///
/// # Errors
/// [`Error::NotFound`], also for members who may not.
pub async fn team_admin(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: TeamId,
) -> Result<Administered<team::Model>> {
    let Viewable { value, permissions, caller } = team_viewer(conn, caller, id).await?;
    if !permissions.is_admin {
        return Err(Error::NotFound);
    }
    Ok(Administered { value, permissions, caller })
}

/// Proof that `caller` may manage the team's members. A member who may not is refused with
/// `insufficient-permissions`.
pub async fn team_manager(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: TeamId,
) -> Result<Administered<team::Model>> {
    let Viewable { value, permissions, caller } = team_viewer(conn, caller, id).await?;
    if !permissions.is_admin {
        return Err(insufficient());
    }
    Ok(Administered { value, permissions, caller })
}

/// Proof that `caller` may look at the team that a file belongs to, which takes a role in the team.
pub async fn team_viewer_by_file(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: FileId,
) -> Result<Viewable<team::Model>> {
    let file = file_viewer(conn, caller, id).await?;
    let project = project::Entity::find_by_id(file.project_id).one(conn).await?.ok_or(Error::NotFound)?;
    team_viewer(conn, caller, project.team_id).await
}

/// The refusal of a member whose role is not enough.
pub(crate) fn insufficient() -> Error {
    Error::validation("insufficient-permissions").hint("only admins and owners may do this")
}

/// Proof that `caller` owns the team. A member who does not is refused with `only-owner-can-delete-team`:
/// deleting is all that is kept for owners.
pub async fn team_owner(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: TeamId,
) -> Result<Owned<team::Model>> {
    let Viewable { value, permissions, caller } = team_viewer(conn, caller, id).await?;
    if !permissions.is_owner {
        return Err(
            Error::validation("only-owner-can-delete-team").hint("only the owner may do this to a team")
        );
    }
    Ok(Owned { value, permissions, caller })
}

/// Proof that `caller` may look at the project.
pub async fn project_viewer(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: ProjectId,
) -> Result<Viewable<project::Model>> {
    view::<project::Entity>(conn, caller, &PROJECT, id.0).await
}

/// Proof that `caller` may change the project.
pub async fn project_editor(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: ProjectId,
) -> Result<Editable<project::Model>> {
    edit(project_viewer(conn, caller, id).await?)
}

/// Proof that `caller` may look at the file.
pub async fn file_viewer(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: FileId,
) -> Result<Viewable<file::Model>> {
    view::<file::Entity>(conn, caller, &FILE, id.0).await
}

/// Proof that `caller` may change the file.
pub async fn file_editor(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: FileId,
) -> Result<Editable<file::Model>> {
    edit(file_viewer(conn, caller, id).await?)
}

/// Proof that an operator changes the file in other people's place. What is done with it is done by their account, or
/// by nobody (an id of zeros) when they act without one.
pub async fn file_operated(
    conn: &impl ConnectionTrait,
    operator: &Operator,
    id: FileId,
) -> Result<Editable<file::Model>> {
    let found = file::Entity::alive().filter(file::Column::Id.eq(id)).one(conn).await?;
    let caller = ProfileId(operator.account().unwrap_or_default());
    Ok(Editable { value: found.ok_or(Error::NotFound)?, permissions: Permissions::OWNER, caller })
}

/// As [`file_viewer`], also of a file that is deleted and not purged.
pub async fn file_viewer_deleted_too(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: FileId,
) -> Result<Viewable<file::Model>> {
    view::<file::Entity>(conn, caller, &FILE_DELETED_TOO, id.0).await
}

/// A file that somebody may look at, by a role or by a link.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The file.
    pub file: Viewable<file::Model>,
    /// None by a role.
    link: Option<Link>,
}

/// What a link opens.
#[derive(Clone, Debug)]
pub struct Link {
    /// These pages. They may be gone.
    pub pages: Vec<Uuid>,
    /// Who may say something on them.
    pub who_comment: OrUnknown<Audience>,
    /// Who may look at how they are made.
    pub who_inspect: OrUnknown<Audience>,
}

impl Seen {
    /// What the link opens; none when a role opens all of it.
    pub fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    /// Whether a page may be seen.
    pub fn shows(&self, page: Uuid) -> bool {
        self.link.as_ref().is_none_or(|link| link.pages.contains(&page))
    }
}

/// Proof that `caller` may look at the file, by a role or by the link that shares it; nobody by the link alone. Their
/// id is one of zeros then.
pub async fn file_seen(
    conn: &impl ConnectionTrait,
    caller: Option<ProfileId>,
    id: FileId,
    share: Option<Uuid>,
) -> Result<Seen> {
    let caller = caller.unwrap_or(ProfileId(Uuid::nil()));
    let share = match (file_viewer(conn, caller, id).await, share) {
        (Err(Error::NotFound), Some(share)) => share,
        (file, _) => return Ok(Seen { file: file?, link: None }),
    };
    let query = platform::db::sql(LINKED.as_str(), [id.0.into(), share.into()]);
    let row = conn.query_one_raw(query).await?.ok_or(Error::NotFound)?;
    let permissions = Permissions { can_read: true, ..Permissions::default() };
    let value = file::Model::from_query_result(&row, "")?;
    let link = Link {
        pages: row.try_get("", "pages")?,
        who_comment: row.try_get("", "who_comment")?,
        who_inspect: row.try_get("", "who_inspect")?,
    };
    Ok(Seen { file: Viewable { value, permissions, caller }, link: Some(link) })
}

/// Proof that `caller` may change the file that a link opens.
pub async fn share_link_editor(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: ShareLinkId,
) -> Result<Editable<file::Model>> {
    let link = share_link::Entity::find_by_id(id).one(conn).await?.ok_or(Error::NotFound)?;
    file_editor(conn, caller, link.file_id).await
}

/// The object and the caller's roles, in one question: a stranger learns nothing.
async fn view<E: EntityTrait>(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    sql: &str,
    id: Uuid,
) -> Result<Viewable<E::Model>> {
    let query = platform::db::sql(sql, [id.into(), caller.0.into()]);
    let row = conn.query_one_raw(query).await?.ok_or(Error::NotFound)?;
    let permissions = roles(&row)?;
    Ok(Viewable { value: E::Model::from_query_result(&row, "")?, permissions, caller })
}

fn roles(row: &QueryResult) -> Result<Permissions> {
    let held = |role: &str| row.try_get("", role);
    Ok(Permissions::of_role(held("held_owner")?, held("held_admin")?, held("held_edit")?))
}

fn edit<T>(held: Viewable<T>) -> Result<Editable<T>> {
    if !held.permissions.can_edit {
        return Err(Error::NotFound);
    }
    Ok(Editable { value: held.value, permissions: held.permissions, caller: held.caller })
}
