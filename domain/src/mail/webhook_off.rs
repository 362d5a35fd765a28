//! Tell whoever looks after a webhook that it was switched off.

use super::letter::{page, reachable, to_person};
use crate::error::Result;
use crate::team::{self, member};
use crate::webhook::host_of;
use chrono::{DateTime, Utc};
use entities::ids::WebhookId;
use entities::webhook;
use platform::app::App;
use platform::mail::{Message, Template};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::json;

/// To whoever made it, as long as they are in the team, else to the owner. None when it is gone or on again.
pub(super) async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    id: WebhookId,
    now: DateTime<Utc>,
) -> Result<Option<Message>> {
    let found = webhook::Entity::find_by_id(id).one(conn).await?;
    let Some(hook) = found.filter(|hook| !hook.is_active) else { return Ok(None) };
    let Some(code) = hook.error_code else { return Ok(None) };
    let Some(team) = team::find(conn, hook.team_id).await? else { return Ok(None) };
    let maker = match hook.profile_id {
        Some(maker) if member::is_member(conn, team.id, maker).await? => reachable(conn, maker).await?,
        _ => None,
    };
    let person = match maker {
        Some(maker) => maker,
        None => {
            let Some(owner) = member::owner(conn, team.id).await? else { return Ok(None) };
            let Some(owner) = reachable(conn, owner).await? else { return Ok(None) };
            owner
        }
    };
    let params = json!({
        "name": person.fullname,
        "host": host_of(&hook.uri),
        "team": team.name,
        "reason": reason(&code),
        "link": page(app, &format!("/dashboard/webhooks?team-id={}", team.id)),
    });
    to_person(app, Template::WebhookOff, &person, params, now).map(Some)
}

/// What happened, as the end of a sentence.
fn reason(code: &str) -> String {
    match code.split_once(':') {
        Some(("unexpected-status", status)) => format!("its server answered with the status {status}"),
        Some(("blocked-request", _)) => "its address was not one on the public network".to_owned(),
        _ => match code {
            "timeout" => "its server took too long to answer",
            "ssl-validation-error" => "the certificate of its server was not valid",
            "invalid-uri" => "its address could not be used",
            _ => "its server could not be reached",
        }
        .to_owned(),
    }
}
