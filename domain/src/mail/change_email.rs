//! Move an account to another address: asked of whoever reads the mails of the one it has.

use super::letter::{page, reachable, to_person};
use crate::error::Result;
use crate::profile::{email, find};
use chrono::{DateTime, Utc};
use entities::ids::ProfileId;
use platform::app::App;
use platform::mail::{Message, Template};
use sea_orm::ConnectionTrait;
use serde_json::json;

/// None when the address was taken meanwhile, by this person or another.
pub(super) async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    person: ProfileId,
    pending: &str,
    now: DateTime<Utc>,
) -> Result<Option<Message>> {
    let Some(person) = reachable(conn, person).await? else { return Ok(None) };
    if find(conn, pending).await?.is_some() {
        return Ok(None);
    }
    let token = email::token_for(app, &person, pending, now);
    let link = page(app, &format!("/auth/verify-token?token={token}"));
    let params = json!({"name": person.fullname, "pending_email": pending, "link": link});
    to_person(app, Template::ChangeEmail, &person, params, now).map(Some)
}
