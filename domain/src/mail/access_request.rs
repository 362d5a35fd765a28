//! Tell the owner of a team that somebody asks to be let in: four mails that differ in what is asked for.

use super::letter::{page, reachable, to_person};
use crate::error::Result;
use crate::file::parts;
use crate::team::{self, member};
use chrono::{DateTime, Utc};
use entities::ids::{FileId, ProfileId, TeamId};
use entities::{file, profile, team_access_request};
use platform::app::App;
use platform::db;
use platform::mail::{Message, Template};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;

/// None when the request was answered, the file is gone, or nobody owns the team.
pub(super) async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    template: Template,
    (requester, team, file): (ProfileId, TeamId, Option<FileId>),
    now: DateTime<Utc>,
) -> Result<Option<Message>> {
    let asked = team_access_request::Entity::of(team, requester).one(conn).await?;
    let Some(team) = team::find(conn, team).await?.filter(|_| asked.is_some()) else { return Ok(None) };
    let Some(owner) = member::owner(conn, team.id).await? else { return Ok(None) };
    let Some(owner) = reachable(conn, owner).await? else { return Ok(None) };
    let requester = profile::Entity::find_by_id(requester).one(conn).await?;
    let Some(requester) = requester.filter(|person| person.deleted_at.is_none() && !person.is_blocked) else {
        return Ok(None);
    };
    let mut params = json!({
        "requested_by": requester.fullname,
        "requested_by_email": requester.email,
        "team": team.name,
    });
    let invite = format!("/dashboard/members?team-id={}&invite-email={}", team.id, encoded(&requester.email));
    params["link"] = page(app, &invite).into();
    if let Some(id) = file {
        let found = file::Entity::find_by_id(id).filter(file::Column::DeletedAt.is_null()).one(conn).await?;
        let Some(file) = found else { return Ok(None) };
        params["file_link"] = page(app, &view(app, &file).await?).into();
        params["file"] = file.name.into();
    }
    to_person(app, template, &owner, params, now).map(Some)
}

/// Where the web app shows a file, with the window in which whoever manages it shares it.
async fn view(app: &App, file: &file::Model) -> Result<String> {
    let tx = db::begin_read(&app.db).await?;
    let page = parts::read::page_of(app, &tx, file, None).await?;
    let at = page.map(|page| format!("&page-id={page}")).unwrap_or_default();
    Ok(format!("/view?file-id={}{at}&section=interactions&index=0&share=true", file.id))
}

/// As one value of a query.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}
