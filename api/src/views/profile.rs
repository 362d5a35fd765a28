//! An account as its owner sees it.

use crate::wire::{Instant, Opaque};
use domain::profile::props;
use entities::profile::Model;
use poem_openapi::Object;
use uuid::Uuid;

/// An account as its owner sees it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Profile {
    /// Key.
    pub id: Uuid,
    /// The name shown to others.
    pub fullname: String,
    /// Address, lower-case.
    pub email: String,
    /// Chosen language.
    pub lang: Option<String>,
    /// Chosen colour theme.
    pub theme: Option<String>,
    /// Whether the address was confirmed.
    pub is_active: bool,
    /// Whether an administrator shut the account out.
    pub is_blocked: bool,
    /// Whether the account was made by the demo button.
    pub is_demo: bool,
    /// Whether mail to the address bounced.
    pub is_muted: bool,
    /// Who vouches for the person: `penpot` for a password, else a login provider.
    pub auth_backend: Option<String>,
    /// Photo, as a storage object.
    pub photo_id: Option<Uuid>,
    /// The person's own team.
    pub default_team_id: Option<Uuid>,
    /// The drafts project of that team.
    pub default_project_id: Option<Uuid>,
    /// When the account was made.
    pub created_at: Instant,
    /// When it last changed.
    pub modified_at: Instant,
    /// Free settings: a map.
    pub props: Opaque,
}

impl From<Box<Model>> for Profile {
    fn from(row: Box<Model>) -> Self {
        (*row).into()
    }
}

impl From<Model> for Profile {
    fn from(row: Model) -> Self {
        let props = props(&row).into();
        Profile {
            id: row.id.into(),
            fullname: row.fullname,
            email: row.email,
            lang: row.lang,
            theme: row.theme,
            is_active: row.is_active,
            is_blocked: row.is_blocked,
            is_demo: row.is_demo,
            is_muted: row.is_muted,
            auth_backend: row.auth_backend,
            photo_id: row.photo_id.map(Uuid::from),
            default_team_id: row.default_team_id.map(Uuid::from),
            default_project_id: row.default_project_id.map(Uuid::from),
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            props,
        }
    }
}
