//! What somebody thinks, for those who run this.

use super::letter::base;
use crate::error::{Error, Result};
use entities::ids::FeedbackId;
use entities::{profile, user_feedback};
use platform::app::App;
use platform::mail::{self, Attachment, Message, Template};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::json;

/// None when nobody wants to hear it any more, or its sender is gone.
pub(super) async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    feedback: FeedbackId,
) -> Result<Option<Message>> {
    let Some(destination) = &app.config.mail.feedback_destination else { return Ok(None) };
    let Some(said) = user_feedback::Entity::find_by_id(feedback).one(conn).await? else { return Ok(None) };
    let sender = profile::Entity::find_by_id(said.profile_id).one(conn).await?;
    let Some(sender) = sender else { return Ok(None) };
    let params = json!({
        "subject": said.subject,
        "kind": said.kind.as_deref().unwrap_or("none"),
        "content": said.content,
        "error_href": said.error_href.as_deref().map_or("nowhere in particular".to_owned(), flat),
        "name": sender.fullname,
        "email": sender.email,
        "profile_id": sender.id.to_string(),
        "public_uri": base(app),
    });
    let rendered = mail::render(Template::Feedback, &params).map_err(Error::platform)?;
    // A file, so that nothing in it can be taken for a part of the mail.
    let report = said.error_report.filter(|text| !text.trim().is_empty());
    Ok(Some(Message {
        to: destination.clone(),
        reply_to: Some(sender.email),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        attachments: report.map(|text| Attachment { name: "error-report.txt", text }).into_iter().collect(),
        headers: Vec::new(),
    }))
}

/// One line of it.
fn flat(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
