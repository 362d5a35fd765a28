//! Stored blobs: one row per blob, whatever the backend.

use crate::ids::StorageObjectId;
use sea_orm::entity::prelude::*;
use serde::Serialize;

/// What a blob is for: the name of its bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "kebab-case")]
pub enum BucketName {
    /// Pictures in files and their small versions.
    FileMediaObject,
    /// Small pictures of frames and components.
    FileObjectThumbnail,
    /// Small pictures of whole files.
    FileThumbnail,
    /// Fonts of teams.
    TeamFontVariant,
    /// Photos of people and teams.
    Profile,
    /// Documents kept outside the database.
    FileData,
    /// Exports and parts of uploads.
    Tempfile,
}

impl BucketName {
    /// As it stands in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            BucketName::FileMediaObject => "file-media-object",
            BucketName::FileObjectThumbnail => "file-object-thumbnail",
            BucketName::FileThumbnail => "file-thumbnail",
            BucketName::TeamFontVariant => "team-font-variant",
            BucketName::Profile => "profile",
            BucketName::FileData => "file-data",
            BucketName::Tempfile => "tempfile",
        }
    }
}

/// One blob.
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "storage_object")]
pub struct Model {
    /// Key, and the name of the blob in its backend.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StorageObjectId,
    /// When the upload began.
    pub created_at: DateTimeUtc,
    /// Hidden once set, swept once passed.
    pub deleted_at: Option<DateTimeUtc>,
    /// When a sweep found nothing that refers to it, and set `deleted_at`.
    pub hidden_at: Option<DateTimeUtc>,
    /// Not given out after this moment.
    pub expired_at: Option<DateTimeUtc>,
    /// Somebody may have stopped using it: the sweep looks who still does.
    pub touched_at: Option<DateTimeUtc>,
    /// What touched it last, as a short code (a sentence in old rows); stays when the sweep has looked.
    pub touched_by: Option<String>,
    /// Bytes.
    pub size: i64,
    /// Where the bytes are: `fs`, `s3` or `db`.
    pub backend: String,
    /// Media type given out with the bytes.
    pub content_type: String,
    /// What it is for; decides who may read it and who can refer to it.
    pub bucket: String,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// `pending`: the bytes are on their way. `valid`: they are there. `deleting`: they are going away.
    pub state: String,
    /// Another row of the same content is the one that new references get.
    pub is_twin: bool,
    /// Details of a bucket: plain JSON.
    pub metadata: Option<Json>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Blobs that can be given out: complete and not deleted. Expiry is the reader's to check.
    pub fn alive() -> Select<Self> {
        Self::find().filter(Column::DeletedAt.is_null()).filter(Column::State.eq("valid"))
    }
}
