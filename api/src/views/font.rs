//! A font of a team.

use crate::views::asset;
use crate::wire::{Instant, Uri};
use domain::font::download::Download;
use entities::team_font_variant::Model;
use platform::app::App;
use poem_openapi::Object;
use uuid::Uuid;

/// One weight and style of a font.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct FontVariant {
    /// Key.
    pub id: Uuid,
    /// The team.
    pub team_id: Uuid,
    /// Who uploaded it; null when they are gone.
    pub profile_id: Option<Uuid>,
    /// When it was uploaded.
    pub created_at: Instant,
    /// When it was changed last.
    pub modified_at: Instant,
    /// What all weights and styles of a font share; documents name it `custom-` and this.
    pub font_id: Uuid,
    /// Name.
    pub font_family: String,
    /// 100 to 950.
    pub font_weight: i64,
    /// `normal` or `italic`.
    pub font_style: String,
    /// What its uploader calls the weight and style.
    pub variant_name: Option<String>,
    /// As OpenType, a storage object.
    pub otf_file_id: Option<Uuid>,
    /// As TrueType, a storage object.
    pub ttf_file_id: Option<Uuid>,
    /// As WOFF, a storage object.
    pub woff1_file_id: Option<Uuid>,
    /// As WOFF 2, a storage object.
    pub woff2_file_id: Option<Uuid>,
}

impl From<Model> for FontVariant {
    fn from(row: Model) -> Self {
        FontVariant {
            id: row.id.into(),
            team_id: row.team_id.into(),
            profile_id: row.profile_id.map(Uuid::from),
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            font_id: row.font_id,
            font_family: row.font_family,
            font_weight: row.font_weight.into(),
            font_style: row.font_style,
            variant_name: row.variant_name,
            otf_file_id: row.otf_file_id.map(Uuid::from),
            ttf_file_id: row.ttf_file_id.map(Uuid::from),
            woff1_file_id: row.woff1_file_id.map(Uuid::from),
            woff2_file_id: row.woff2_file_id.map(Uuid::from),
        }
    }
}

/// A font that can be fetched.
#[derive(Debug, Object)]
pub struct FontDownload {
    /// As a storage object.
    pub id: Uuid,
    /// Its address.
    pub uri: Uri,
    /// What to save it as.
    pub name: String,
}

impl FontDownload {
    /// The answer about one.
    pub fn of(app: &App, found: Download) -> Self {
        FontDownload { id: found.id.into(), uri: asset::uri(app, found.id), name: found.name }
    }
}
