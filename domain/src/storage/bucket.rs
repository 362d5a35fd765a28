//! The list of buckets: what a blob is for, who may read it, how long it is kept, and who can refer to it.

use crate::error::Result;
use chrono::TimeDelta;
use entities::ids::StorageObjectId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::collections::HashSet;
use std::time::Duration;
use uuid::Uuid;

/// How long temporary blobs are kept once nobody wants them.
const TEMPFILE_KEPT: TimeDelta = TimeDelta::hours(2);

/// One use of blobs.
#[derive(Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Name in rows.
    pub name: &'static str,
    /// Readable by everyone who knows the id; else by any person who is signed in.
    pub is_public: bool,
    /// Equal content is stored once.
    pub is_shared: bool,
    /// Kept only for a short while after the last use.
    pub is_temporary: bool,
    /// Which of the ids in `$1` (a uuid array) some row refers to; none when nothing ever does.
    references: Option<&'static str>,
}

/// Pictures in files and their thumbnails.
pub static FILE_MEDIA_OBJECT: Bucket = Bucket {
    name: "file-media-object",
    is_public: true,
    is_shared: true,
    is_temporary: false,
    references: Some(
        "SELECT media_id AS id FROM file_media_object WHERE media_id = ANY($1)
         UNION SELECT thumbnail_id FROM file_media_object WHERE thumbnail_id = ANY($1)",
    ),
};

/// Photos of people and teams.
pub static PROFILE: Bucket = Bucket {
    name: "profile",
    is_public: false,
    is_shared: true,
    is_temporary: false,
    references: Some(
        "SELECT photo_id AS id FROM profile WHERE photo_id = ANY($1)
         UNION SELECT photo_id FROM team WHERE photo_id = ANY($1)",
    ),
};

/// Documents kept outside the database.
pub static FILE_DATA: Bucket = Bucket {
    name: "file-data",
    is_public: false,
    is_shared: false,
    is_temporary: false,
    references: Some(
        "SELECT (metadata->>'storage-ref-id')::uuid AS id FROM file_data
          WHERE backend = 'storage' AND metadata->>'storage-ref-id' = ANY($1::uuid[]::text[])",
    ),
};

/// Exports and parts of uploads.
pub static TEMPFILE: Bucket =
    Bucket { name: "tempfile", is_public: false, is_shared: false, is_temporary: true, references: None };

/// All of them.
pub static BUCKETS: [&Bucket; 4] = [&FILE_MEDIA_OBJECT, &PROFILE, &FILE_DATA, &TEMPFILE];

impl Bucket {
    /// The bucket of a row; none for a name this server does not know.
    pub fn find(name: &str) -> Option<&'static Bucket> {
        BUCKETS.into_iter().find(|bucket| bucket.name == name)
    }

    /// How long a blob is kept after nobody wanted it any more.
    pub fn kept(&self, deletion_delay: Duration) -> TimeDelta {
        match self.is_temporary {
            true => TEMPFILE_KEPT,
            false => TimeDelta::from_std(deletion_delay).unwrap_or(TimeDelta::days(36_500)),
        }
    }

    /// Which of these blobs (at most a few hundred) some row refers to.
    pub async fn referenced(
        &self,
        conn: &impl ConnectionTrait,
        ids: &[StorageObjectId],
    ) -> Result<HashSet<StorageObjectId>> {
        let Some(sql) = self.references else { return Ok(HashSet::new()) };
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, [ids.into()]);
        let rows = conn.query_all_raw(query).await?;
        let read = |row: &sea_orm::QueryResult| row.try_get::<StorageObjectId>("", "id");
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }
}
