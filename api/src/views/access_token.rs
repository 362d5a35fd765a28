//! A personal access token.

use crate::wire::Instant;
use domain::access_token::Shown;
use poem_openapi::Object;
use uuid::Uuid;

/// A personal access token.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct AccessToken {
    /// Key.
    pub id: Uuid,
    /// Name, for its owner.
    pub name: String,
    /// Kind, such as `mcp`; null for plain ones.
    #[oai(rename = "type")]
    pub kind: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// When it ends; null when it does not.
    pub expires_at: Option<Instant>,
    /// What a program sends as `Authorization: Token …`. Shown when the token is made, and later only for `mcp`.
    #[oai(skip_serializing_if_is_none)]
    pub token: Option<String>,
}

impl From<Shown> for AccessToken {
    fn from(shown: Shown) -> Self {
        AccessToken {
            id: shown.row.id.into(),
            name: shown.row.name,
            kind: shown.row.kind,
            created_at: shown.row.created_at.into(),
            updated_at: shown.row.updated_at.into(),
            expires_at: shown.row.expires_at.map(Instant::from),
            token: shown.token,
        }
    }
}
