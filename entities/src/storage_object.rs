//! Stored blobs: one row per blob, whatever the backend.

use crate::ids::StorageObjectId;
use crate::word::OrUnknown;
use sea_orm::entity::prelude::*;
use serde::Serialize;

crate::words! {
    /// How far a blob is: its row comes first and goes last.
    pub enum State {
        /// The bytes are on their way.
        Pending = "pending",
        /// They are there, and checked.
        Valid = "valid",
        /// They are going away.
        Deleting = "deleting",
    }

    /// Where the bytes of a blob are. Rows of before say `assets-fs` and the like, which are the same places.
    pub enum Backend {
        /// Files in a directory.
        Fs = "fs",
        /// Objects in an S3 bucket.
        S3 = "s3",
        /// Rows of a table.
        Db = "db",
        /// The memory of a process: tests only.
        Memory = "memory",
    }

    /// What a blob is for: the name of its bucket.
    pub enum BucketName {
        /// Pictures in files and their small versions.
        FileMediaObject = "file-media-object",
        /// Small pictures of frames and components.
        FileObjectThumbnail = "file-object-thumbnail",
        /// Small pictures of whole files.
        FileThumbnail = "file-thumbnail",
        /// Fonts of teams.
        TeamFontVariant = "team-font-variant",
        /// Photos of people and teams.
        Profile = "profile",
        /// Documents kept outside the database.
        FileData = "file-data",
        /// Exports and parts of uploads.
        Tempfile = "tempfile",
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
    /// Where the bytes are.
    pub backend: OrUnknown<Backend>,
    /// Media type given out with the bytes.
    pub content_type: String,
    /// What it is for; decides who may read it and who can refer to it.
    pub bucket: OrUnknown<BucketName>,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// How far it is.
    pub state: State,
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
        Self::find().filter(Column::DeletedAt.is_null()).filter(Column::State.eq(State::Valid))
    }
}
