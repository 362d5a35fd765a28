//! Tell somebody who asked that they are in a team now.

use super::letter::{name_of, page, reachable, to_person};
use crate::error::Result;
use crate::team::{self, member};
use chrono::{DateTime, Utc};
use entities::ids::{ProfileId, TeamId};
use platform::app::App;
use platform::mail::{Message, Template};
use sea_orm::ConnectionTrait;
use serde_json::json;

/// None for somebody who is not in the team any more.
pub(super) async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    person: ProfileId,
    team: TeamId,
    invited_by: ProfileId,
    now: DateTime<Utc>,
) -> Result<Option<Message>> {
    let Some(person) = reachable(conn, person).await? else { return Ok(None) };
    let Some(team) = team::find(conn, team).await? else { return Ok(None) };
    if !member::is_member(conn, team.id, person.id).await? {
        return Ok(None);
    }
    let invited_by = name_of(conn, Some(invited_by)).await?;
    let link = page(app, &format!("/dashboard/recent?team-id={}", team.id));
    let params = json!({"invited_by": invited_by, "team": team.name, "link": link});
    to_person(app, Template::JoinTeam, &person, params, now).map(Some)
}
