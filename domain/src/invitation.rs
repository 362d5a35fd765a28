//! Invitations into teams: what they say, and whether they still stand.
//!
//! **The row decides.** A token is a link to it: when the row is gone, expired or of another role than the token says,
//! the token is worth nothing.

pub mod accept;
pub mod send;

use crate::error::{Error, Result};
use crate::follow_up::FollowUps;
use crate::mail::request::Mail;
use crate::permission::{Administered, Viewable};
use crate::profile::clean_email;
use crate::role::Role;
use crate::token::{self, Claims, Issuer};
use chrono::{DateTime, Utc};
use entities::ids::{InvitationId, ProfileId, TeamId};
use entities::team_invitation::{ActiveModel, Column, Entity, Model};
use entities::word::Word as _;
use entities::{profile, team};
use platform::secrets::Secrets;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use transit::value::Value;

/// Most invitations that are listed.
const LIST_MAX: u64 = 5000;

/// An invitation on its team's page.
#[derive(Clone, Debug)]
pub struct ListedInvitation {
    /// Whom.
    pub email: String,
    /// As what.
    pub role: Role,
    /// It is worth nothing any more.
    pub expired: bool,
}

/// The invitations of a team, at most 5000, the longest valid first.
pub async fn list(
    conn: &impl ConnectionTrait,
    team: &Viewable<team::Model>,
    now: DateTime<Utc>,
) -> Result<Vec<ListedInvitation>> {
    let rows = Entity::find()
        .filter(Column::TeamId.eq(team.id))
        .order_by_desc(Column::ValidUntil)
        .order_by_asc(Column::EmailTo)
        .limit(LIST_MAX)
        .all(conn)
        .await?;
    let listed = |row: Model| ListedInvitation {
        email: row.email_to,
        role: row.role,
        expired: row.valid_until <= now,
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// A token for an invitation of the team. Whoever manages its members may see it.
///
/// # Errors
/// [`Error::NotFound`] when there is none for this address.
pub async fn token_for(
    conn: &impl ConnectionTrait,
    secrets: &Secrets,
    team: &Administered<team::Model>,
    email: &str,
    now: DateTime<Utc>,
) -> Result<String> {
    let row = Entity::of(team.id, &clean_email(email)).one(conn).await?.ok_or(Error::NotFound)?;
    issue(conn, secrets, &row, now).await
}

/// An invitation that says something else now.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// It.
    pub id: InvitationId,
    /// A mail with a new link: the one before says what it said, and is worth nothing any more.
    pub follow_ups: FollowUps,
}

/// Changes what the invited person will be. The invitation, when something changed.
///
/// # Errors
/// [`Error::NotFound`] when there is none for this address.
pub async fn set_role(
    conn: &impl ConnectionTrait,
    team: &Administered<team::Model>,
    email: &str,
    role: Role,
    now: DateTime<Utc>,
) -> Result<Option<Changed>> {
    let row = Entity::of(team.id, &clean_email(email)).one(conn).await?.ok_or(Error::NotFound)?;
    if row.role == role {
        return Ok(None);
    }
    let change = ActiveModel { id: Set(row.id), role: Set(role), updated_at: Set(now), ..Default::default() };
    change.update(conn).await?;
    let follow_ups = FollowUps::default().mail(Mail::InviteToTeam { invitation_id: row.id });
    Ok(Some(Changed { id: row.id, follow_ups }))
}

/// Takes an invitation back; the one that went, if there was one.
pub async fn delete(
    conn: &impl ConnectionTrait,
    team: &Administered<team::Model>,
    email: &str,
) -> Result<Option<InvitationId>> {
    let Some(row) = Entity::of(team.id, &clean_email(email)).one(conn).await? else { return Ok(None) };
    Entity::delete_by_id(row.id).exec(conn).await?;
    Ok(Some(row.id))
}

/// The invitation behind a token's claims, when it still stands.
///
/// # Errors
/// `invalid-invitation-token` when the claims are not those of an invitation.
pub(crate) async fn standing(
    conn: &impl ConnectionTrait,
    claims: &Claims,
    now: DateTime<Utc>,
) -> Result<Option<Model>> {
    let role = claims.get("role").and_then(Value::as_keyword).and_then(Role::of);
    let (Ok(team), Ok(_), Ok(email), Some(role)) =
        (claims.uuid("team-id"), claims.uuid("profile-id"), claims.text("member-email"), role)
    else {
        return Err(Error::validation("invalid-invitation-token").hint("that is no invitation"));
    };
    let found = Entity::of(TeamId(team), &clean_email(email)).one(conn).await?;
    let Some(row) = found.filter(|row| row.valid_until > now && row.role == role) else {
        return Ok(None);
    };
    let alive = team::Entity::alive().filter(team::Column::Id.eq(row.team_id)).one(conn).await?;
    Ok(alive.map(|_| row))
}

/// An invitation that still stands, by its key.
pub(crate) async fn standing_by_id(
    conn: &impl ConnectionTrait,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<Option<(Model, team::Model)>> {
    let found = Entity::find_by_id(id).one(conn).await?;
    let Some(row) = found.filter(|row| row.valid_until > now) else { return Ok(None) };
    let alive = team::Entity::alive().filter(team::Column::Id.eq(row.team_id)).one(conn).await?;
    Ok(alive.map(|team| (row, team)))
}

/// A token for a row, worth something as long as a fresh one and as the row.
pub(crate) async fn issue(
    conn: &impl ConnectionTrait,
    secrets: &Secrets,
    row: &Model,
    now: DateTime<Utc>,
) -> Result<String> {
    let member = profile::Entity::of_email(&row.email_to).one(conn).await?.map(|person| person.id);
    let inviter = row.created_by.unwrap_or(ProfileId(uuid::Uuid::nil()));
    let claims = vec![
        ("profile-id", Value::Uuid(inviter.0)),
        ("role", Value::keyword(row.role.as_str())),
        ("team-id", Value::Uuid(row.team_id.0)),
        ("member-email", Value::Str(row.email_to.clone())),
        ("member-id", member.map_or(Value::Nil, |id| Value::Uuid(id.0))),
    ];
    Ok(token::issue(secrets, Issuer::TeamInvitation, claims, now))
}
