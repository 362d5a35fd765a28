//! A webhook.

use crate::wire::{Instant, Uri};
use domain::webhook::secret;
use entities::webhook::{MediaType, Model};
use platform::secrets::Secrets;
use poem_openapi::Object;
use uuid::Uuid;

/// A server that hears of what happens in a team.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Webhook {
    /// Key.
    pub id: Uuid,
    /// The team.
    pub team_id: Uuid,
    /// Who made it; null when their account is gone.
    pub profile_id: Option<Uuid>,
    /// When it was made.
    pub created_at: Instant,
    /// When somebody changed it last.
    pub updated_at: Instant,
    /// Where it listens.
    pub uri: Uri,
    /// What it reads: `application/json` or `application/transit+json`.
    pub mtype: String,
    /// Whether it hears anything.
    pub is_active: bool,
    /// What went wrong last, such as `unexpected-status:500`; null once something has arrived.
    pub error_code: Option<String>,
    /// How many deliveries were given up since something has arrived; with three it is switched off.
    pub error_count: i64,
    /// What is told to it is signed with this. Null for whoever may not change it.
    pub secret: Option<String>,
}

impl Webhook {
    /// As somebody sees it who may change it, or may not.
    pub fn seen(row: Model, secrets: &Secrets, may_edit: bool) -> Webhook {
        Webhook {
            secret: may_edit.then(|| secret(secrets, row.id)),
            id: row.id.into(),
            team_id: row.team_id.into(),
            profile_id: row.profile_id.map(Uuid::from),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            uri: Uri(row.uri),
            mtype: row.mtype.to_string(),
            is_active: row.is_active,
            error_code: row.error_code,
            error_count: row.error_count.into(),
        }
    }
}

/// What a webhook reads, as the check of params has let it through.
pub fn media_type(text: &str) -> MediaType {
    text.parse().unwrap_or(MediaType::Json)
}
