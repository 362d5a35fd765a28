//! A way back in for somebody who forgot the password.

use super::letter::{page, reachable, to_person};
use crate::error::Result;
use crate::profile::recovery;
use chrono::{DateTime, Utc};
use entities::ids::ProfileId;
use platform::app::App;
use platform::mail::{Message, Template};
use sea_orm::ConnectionTrait;
use serde_json::json;

/// None for somebody who cannot get mail.
pub(super) async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    person: ProfileId,
    now: DateTime<Utc>,
) -> Result<Option<Message>> {
    let Some(person) = reachable(conn, person).await? else { return Ok(None) };
    let token = recovery::token_for(app, &person, now);
    let link = page(app, &format!("/auth/recovery?token={token}"));
    let params = json!({"name": person.fullname, "link": link});
    to_person(app, Template::PasswordRecovery, &person, params, now).map(Some)
}
