//! Rows of blobs, without their bytes. Blobs that are whole come from an upload, or from `domain::storage::put`.

use entities::{
    ids::StorageObjectId,
    storage_object::{self, Backend, BucketName, State},
};
use platform::{db::sql, ids::new_id};
use sea_orm::{ConnectionTrait, Set};
use serde_json::Value as Json;

use super::{Row, now};

/// A valid blob on the disk, which has no bytes.
#[derive(Debug, Clone)]
pub struct Blob {
    /// Key.
    pub id: StorageObjectId,
    /// What it is for.
    pub bucket: BucketName,
    /// Media type given out with the bytes.
    pub content_type: String,
    /// Bytes that it is said to have.
    pub size: i64,
    /// Details of its bucket.
    pub metadata: Option<Json>,
}

impl Blob {
    /// A picture in a bucket.
    pub fn of(bucket: BucketName) -> Blob {
        Blob {
            id: StorageObjectId(new_id()),
            bucket,
            content_type: "image/png".to_owned(),
            size: 1_000,
            metadata: None,
        }
    }
}

impl Row for Blob {
    type Model = storage_object::ActiveModel;

    fn row(self) -> storage_object::ActiveModel {
        storage_object::ActiveModel {
            id: Set(self.id),
            created_at: Set(now()),
            size: Set(self.size),
            backend: Set(Backend::Fs.into()),
            content_type: Set(self.content_type),
            bucket: Set(self.bucket.into()),
            sha256: Set("0".repeat(64)),
            state: Set(State::Valid),
            metadata: Set(self.metadata),
            ..Default::default()
        }
    }
}

/// Makes so many more rows like that of a blob, in the database itself: hundreds of thousands take a second.
///
/// # Panics
/// When its bucket keeps equal content only once.
pub async fn multiply_blob(db: &impl ConnectionTrait, blob: StorageObjectId, more: i64) {
    let text =
        "INSERT INTO storage_object (id, created_at, size, backend, content_type, bucket, sha256, state)
                SELECT gen_random_uuid(), created_at, size, backend, content_type, bucket, sha256, state
                  FROM storage_object, generate_series(1, $2) WHERE id = $1";
    db.execute_raw(sql(text, [blob.0.into(), more.into()])).await.expect("inserts");
}
