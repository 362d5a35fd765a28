//! Invite somebody into a team.

use super::letter::{deliverable, name_of, page, to_address};
use crate::error::Result;
use crate::invitation;
use crate::invitation::send::wants_mail;
use chrono::{DateTime, Utc};
use entities::ids::{InvitationId, ProfileId};
use entities::profile;
use platform::app::App;
use platform::mail::{Message, Template};
use sea_orm::ConnectionTrait;
use serde_json::json;

/// None when the invitation does not stand any more, or its person wants no such mail.
pub(super) async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<Option<Message>> {
    let Some((row, team)) = invitation::standing_by_id(conn, id, now).await? else { return Ok(None) };
    let person = profile::Entity::of_email(&row.email_to).one(conn).await?;
    if person.as_ref().is_some_and(|person| !deliverable(person) || !wants_mail(person)) {
        return Ok(None);
    }
    let token = invitation::issue(conn, &app.secrets, &row, now).await?;
    let link = page(app, &format!("/auth/verify-token?token={token}"));
    let invited_by = name_of(conn, row.created_by).await?;
    let params = json!({"invited_by": invited_by, "team": team.name, "link": link});
    // Somebody without an account is told apart by whoever invited them.
    let about: Option<ProfileId> = person.map(|person| person.id).or(row.created_by);
    to_address(app, Template::InviteToTeam, row.email_to, about, params, now).map(Some)
}
