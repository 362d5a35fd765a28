//! Members of a team: letting them in, changing their roles, letting them go.
//!
//! **A team has one owner at every moment.** Whoever changes members holds the team's row until the end of the
//! transaction, and looks at the roles again then.

use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::follow_up::FollowUps;
use crate::permission::{Administered, Operator, Permissions, Viewable};
use crate::role::Role;
use chrono::{DateTime, Utc};
use entities::ids::{ProfileId, TeamId};
use entities::{profile, team, team_profile_rel};
use platform::db::Tx;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    Set,
};

/// Gives somebody a role; nothing happens to a member. True for a new one.
///
/// # Errors
/// [`Error::NotFound`] when the team is deleted.
pub async fn join(tx: &Tx, team: TeamId, person: ProfileId, role: Role, now: DateTime<Utc>) -> Result<bool> {
    lock(tx, team).await?;
    let held = Permissions::from(role);
    let row = team_profile_rel::ActiveModel {
        id: Set(platform::ids::new_id()),
        team_id: Set(team),
        profile_id: Set(person),
        created_at: Set(now),
        modified_at: Set(now),
        is_owner: Set(held.is_owner),
        is_admin: Set(held.is_admin),
        can_edit: Set(held.can_edit),
    };
    let once = [team_profile_rel::Column::TeamId, team_profile_rel::Column::ProfileId];
    let once = OnConflict::columns(once).do_nothing().to_owned();
    let made = team_profile_rel::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    Ok(made > 0)
}

/// Leaves the team. The owner names a member who owns it from then on.
///
/// # Errors
/// `no-enough-members-for-leave`, `member-does-not-exist`, `owner-cant-leave-team` (always for somebody's own first
/// team), `insufficient-permissions` when somebody else than the owner names a new one.
pub async fn leave(
    tx: &Tx,
    held: &Viewable<team::Model>,
    reassign_to: Option<ProfileId>,
    now: DateTime<Utc>,
) -> Result<FollowUps> {
    let team = lock(tx, held.id).await?;
    let mine = role_row(tx, team.id, held.caller()).await?.ok_or(Error::NotFound)?;
    let members = team_profile_rel::Entity::find().filter(team_profile_rel::Column::TeamId.eq(team.id));
    if members.count(tx).await? <= 1 {
        let hint = "the last member cannot leave a team";
        return Err(Error::validation("no-enough-members-for-leave").hint(hint));
    }
    if mine.is_owner && (team.is_default || reassign_to.is_none()) {
        let hint = "the owner must hand the team over first, and cannot leave their own first team";
        return Err(Error::validation("owner-cant-leave-team").hint(hint));
    }
    let mut follow_ups = FollowUps::default();
    if let Some(heir) = reassign_to {
        if !mine.is_owner {
            return Err(insufficient());
        }
        if heir == held.caller() {
            return Err(no_member());
        }
        let heir = role_row(tx, team.id, heir).await?.ok_or_else(no_member)?;
        refuse_deleted(tx, heir.profile_id).await?;
        follow_ups.events.push(Event::role_changed(team.id, heir.profile_id, Role::Owner));
        store(tx, heir, Role::Owner, now).await?;
    }
    remove(tx, team.id, held.caller()).await?;
    Ok(follow_ups)
}

/// Changes what a member is. Making somebody the owner makes the owner until then an admin.
///
/// # Errors
/// `member-does-not-exist`, `insufficient-permissions`, `cant-change-role-to-owner` for the owner's own role,
/// `cant-promote-to-owner` by somebody else than the owner, or in somebody's own first team.
pub async fn set_role(
    tx: &Tx,
    held: &Administered<team::Model>,
    member: ProfileId,
    role: Role,
    now: DateTime<Utc>,
) -> Result<FollowUps> {
    let team = lock(tx, held.id).await?;
    let target = role_row(tx, team.id, member).await?.ok_or_else(no_member)?;
    let mine = manager(tx, held).await?;
    if target.is_owner {
        return Err(Error::validation("cant-change-role-to-owner").hint("the owner's role cannot be changed"));
    }
    if role == Role::Owner {
        if !mine.is_owner || team.is_default {
            let hint = "only the owner can hand a team over, and nobody their own first team";
            return Err(Error::validation("cant-promote-to-owner").hint(hint));
        }
        refuse_deleted(tx, member).await?;
        store(tx, mine, Role::Admin, now).await?;
    }
    if role == Role::Viewer {
        drop_inner_roles(tx, team.id, member).await?;
    }
    store(tx, target, role, now).await?;
    Ok(FollowUps::default().event(Event::role_changed(team.id, member, role)))
}

/// Makes a member the owner, and the owner until then an admin, in the owner's place.
///
/// # Errors
/// [`Error::NotFound`] when the team is deleted, `member-does-not-exist`, `cant-promote-to-owner` in somebody's own
/// first team, `already-owner`.
pub async fn transfer(
    tx: &Tx,
    _: &Operator,
    team: TeamId,
    to: ProfileId,
    now: DateTime<Utc>,
) -> Result<FollowUps> {
    let team = lock(tx, team).await?;
    if team.is_default {
        return Err(
            Error::validation("cant-promote-to-owner").hint("nobody's own first team can be handed over")
        );
    }
    let heir = role_row(tx, team.id, to).await?.ok_or_else(no_member)?;
    if heir.is_owner {
        return Err(Error::validation("already-owner").hint("they own the team already"));
    }
    refuse_deleted(tx, to).await?;
    let mut follow_ups = FollowUps::default().event(Event::role_changed(team.id, to, Role::Owner));
    if let Some(until_now) = owner(tx, team.id).await?
        && let Some(row) = role_row(tx, team.id, until_now).await?
    {
        follow_ups.events.push(Event::role_changed(team.id, until_now, Role::Admin));
        store(tx, row, Role::Admin, now).await?;
    }
    store(tx, heir, Role::Owner, now).await?;
    Ok(follow_ups)
}

/// Takes a member out, with every role inside the team.
///
/// # Errors
/// `insufficient-permissions`, also for the owner's membership; `cant-remove-yourself`, `member-does-not-exist`.
pub async fn expel(tx: &Tx, held: &Administered<team::Model>, member: ProfileId) -> Result<FollowUps> {
    lock(tx, held.id).await?;
    manager(tx, held).await?;
    if member == held.caller() {
        return Err(Error::validation("cant-remove-yourself").hint("leave the team instead"));
    }
    let target = role_row(tx, held.id, member).await?.ok_or_else(no_member)?;
    if target.is_owner {
        return Err(insufficient());
    }
    remove(tx, held.id, member).await?;
    Ok(FollowUps::default().event(Event::member_removed(held.id, &held.name, member)))
}

/// Who owns a team.
pub async fn owner(conn: &impl ConnectionTrait, team: TeamId) -> Result<Option<ProfileId>> {
    let found = team_profile_rel::Entity::find()
        .filter(team_profile_rel::Column::TeamId.eq(team))
        .filter(team_profile_rel::Column::IsOwner.eq(true));
    Ok(found.one(conn).await?.map(|role| role.profile_id))
}

/// Whether somebody is in a team.
pub async fn is_member(conn: &impl ConnectionTrait, team: TeamId, person: ProfileId) -> Result<bool> {
    Ok(role_row(conn, team, person).await?.is_some())
}

/// A team must not come into the hands of somebody who has deleted their account, or does at this moment.
async fn refuse_deleted(tx: &Tx, person: ProfileId) -> Result<()> {
    let person = profile::Entity::find_by_id(person).lock_shared().one(tx).await?;
    person.filter(|person| person.deleted_at.is_none()).map(|_| ()).ok_or_else(no_member)
}

/// Holds a team that is not deleted.
pub(crate) async fn lock(tx: &Tx, team: TeamId) -> Result<team::Model> {
    let found = team::Entity::find_by_id(team).lock_exclusive().one(tx).await?;
    found.filter(|team| team.deleted_at.is_none()).ok_or(Error::NotFound)
}

/// The caller's role now: another admin may have taken it away since the permission was looked at.
async fn manager(tx: &Tx, held: &Administered<team::Model>) -> Result<team_profile_rel::Model> {
    let mine = role_row(tx, held.id, held.caller()).await?;
    mine.filter(|role| role.is_owner || role.is_admin).ok_or_else(insufficient)
}

async fn role_row(
    conn: &impl ConnectionTrait,
    team: TeamId,
    person: ProfileId,
) -> Result<Option<team_profile_rel::Model>> {
    let found =
        team_profile_rel::Entity::of_profile(person).filter(team_profile_rel::Column::TeamId.eq(team));
    Ok(found.one(conn).await?)
}

async fn store(tx: &Tx, row: team_profile_rel::Model, role: Role, now: DateTime<Utc>) -> Result<()> {
    let held = Permissions::from(role);
    let row = team_profile_rel::ActiveModel {
        id: Set(row.id),
        modified_at: Set(now),
        is_owner: Set(held.is_owner),
        is_admin: Set(held.is_admin),
        can_edit: Set(held.can_edit),
        ..Default::default()
    };
    row.update(tx).await?;
    Ok(())
}

async fn remove(tx: &Tx, team: TeamId, person: ProfileId) -> Result<()> {
    drop_inner_roles(tx, team, person).await?;
    for sql in [
        "DELETE FROM team_project_profile_rel WHERE team_id = $1 AND profile_id = $2",
        "DELETE FROM team_profile_rel WHERE team_id = $1 AND profile_id = $2",
    ] {
        tx.execute_raw(platform::db::sql(sql, [team.0.into(), person.0.into()])).await?;
    }
    Ok(())
}

/// Whoever made a project or a file has a role in it besides the team's, which must not outlive that.
async fn drop_inner_roles(tx: &Tx, team: TeamId, person: ProfileId) -> Result<()> {
    for sql in [
        "DELETE FROM project_profile_rel r USING project p
          WHERE p.id = r.project_id AND p.team_id = $1 AND r.profile_id = $2",
        "DELETE FROM file_profile_rel r USING file f, project p
          WHERE f.id = r.file_id AND p.id = f.project_id AND p.team_id = $1 AND r.profile_id = $2",
    ] {
        tx.execute_raw(platform::db::sql(sql, [team.0.into(), person.0.into()])).await?;
    }
    Ok(())
}

fn no_member() -> Error {
    Error::refused(ErrorKind::NotFound, "member-does-not-exist").hint("nobody of this id is in the team")
}

fn insufficient() -> Error {
    crate::permission::insufficient()
}
