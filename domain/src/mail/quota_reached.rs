//! More of something is there than a quota allows, for those who run this.

use super::letter::base;
use crate::error::{Error, Result};
use crate::quota::notice;
use chrono::NaiveDate;
use platform::app::App;
use platform::mail::{self, Message, Template};
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

/// None when its notice is gone, or the address is no administrator's any more.
pub(super) async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    to: &str,
    (target, within, day): (&str, Uuid, NaiveDate),
) -> Result<Option<Message>> {
    if !app.config.admins.iter().any(|admin| admin == to) {
        return Ok(None);
    }
    let Some(notice) = notice::find(conn, target, within, day).await? else { return Ok(None) };
    let params = json!({
        "what": notice.what,
        "count": notice.count.to_string(),
        "target": target,
        "quota": notice.quote.to_string(),
        "within": within.to_string(),
        "public_uri": base(app),
    });
    let rendered = mail::render(Template::QuotaReached, &params).map_err(Error::platform)?;
    Ok(Some(Message {
        to: to.to_owned(),
        reply_to: None,
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        attachments: Vec::new(),
        headers: Vec::new(),
    }))
}
