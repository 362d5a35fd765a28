//! Fonts of teams: one row for each weight and style, in up to four formats.

use crate::ids::{FontVariantId, ProfileId, StorageObjectId, TeamId};
use sea_orm::entity::prelude::*;

/// One weight and style of a font.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "team_font_variant")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FontVariantId,
    /// Its team.
    pub team_id: TeamId,
    /// Who uploaded it; nobody when they are gone.
    pub profile_id: Option<ProfileId>,
    /// When it was uploaded.
    pub created_at: DateTimeUtc,
    /// When it was changed last.
    pub modified_at: DateTimeUtc,
    /// Hidden once set, purged once passed.
    pub deleted_at: Option<DateTimeUtc>,
    /// What all weights and styles of a font share, and documents name it by.
    pub font_id: Uuid,
    /// Name shown to members.
    pub font_family: String,
    /// 100 to 950.
    pub font_weight: i16,
    /// `normal` or `italic`.
    pub font_style: String,
    /// What its uploader calls the weight and style.
    pub variant_name: Option<String>,
    /// As OpenType.
    pub otf_file_id: Option<StorageObjectId>,
    /// As TrueType.
    pub ttf_file_id: Option<StorageObjectId>,
    /// As WOFF.
    pub woff1_file_id: Option<StorageObjectId>,
    /// As WOFF 2.
    pub woff2_file_id: Option<StorageObjectId>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Fonts that are not deleted.
    pub fn alive() -> Select<Self> {
        Self::find().filter(Column::DeletedAt.is_null())
    }
}
