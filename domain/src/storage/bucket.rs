//! The list of buckets: what a blob is for, who may read it, how long it is kept. Who can refer to it says the list of
//! parts ([`crate::deletion::parts`]).
//!
//! **Adding a bucket is a matter of its name and this file.** Its bytes lie on every backend under the id of their row.

use crate::deletion::uses::ByBucket;
use crate::error::Result;
use chrono::TimeDelta;
use entities::ids::StorageObjectId;
use entities::storage_object::BucketName;
use entities::word::OrUnknown;
use platform::db::sql;
use sea_orm::ConnectionTrait;
use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;
use uuid::Uuid;

/// How long temporary blobs are kept once nobody wants them.
const TEMPFILE_KEPT: TimeDelta = TimeDelta::hours(2);

/// Who may read the blobs of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Everyone who knows the id.
    Everybody,
    /// Any person who is signed in.
    SignedIn,
    /// Whoever may look at one of the files that use it, or holds a share link to one.
    OfItsFiles,
    /// The person who stored it; any person who is signed in when its row names none.
    ItsMaker,
    /// Nobody by address: it is read by the server only.
    Nobody,
}

/// One use of blobs.
#[derive(Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Name in rows.
    pub name: BucketName,
    /// Who may read.
    pub readers: Readers,
    /// Equal content is stored once.
    pub is_shared: bool,
    /// Kept only for a short while after the last use.
    pub is_temporary: bool,
}

/// Pictures in files and their thumbnails.
pub static FILE_MEDIA_OBJECT: Bucket = Bucket {
    name: BucketName::FileMediaObject,
    readers: Readers::OfItsFiles,
    is_shared: true,
    is_temporary: false,
};

/// Small pictures of frames and components.
pub static FILE_OBJECT_THUMBNAIL: Bucket = Bucket {
    name: BucketName::FileObjectThumbnail,
    readers: Readers::OfItsFiles,
    is_shared: true,
    is_temporary: false,
};

/// Small pictures of whole files.
pub static FILE_THUMBNAIL: Bucket = Bucket {
    name: BucketName::FileThumbnail,
    readers: Readers::OfItsFiles,
    is_shared: true,
    is_temporary: false,
};

/// Fonts of teams. Browsers load them without credentials.
pub static TEAM_FONT_VARIANT: Bucket = Bucket {
    name: BucketName::TeamFontVariant,
    readers: Readers::Everybody,
    is_shared: true,
    is_temporary: false,
};

/// Photos of people and teams.
pub static PROFILE: Bucket =
    Bucket { name: BucketName::Profile, readers: Readers::SignedIn, is_shared: true, is_temporary: false };

/// Documents kept outside the database.
pub static FILE_DATA: Bucket =
    Bucket { name: BucketName::FileData, readers: Readers::Nobody, is_shared: false, is_temporary: false };

/// Exports and parts of uploads.
pub static TEMPFILE: Bucket =
    Bucket { name: BucketName::Tempfile, readers: Readers::ItsMaker, is_shared: false, is_temporary: true };

/// All of them.
pub static BUCKETS: [&Bucket; 7] = [
    &FILE_MEDIA_OBJECT,
    &FILE_OBJECT_THUMBNAIL,
    &FILE_THUMBNAIL,
    &TEAM_FONT_VARIANT,
    &PROFILE,
    &FILE_DATA,
    &TEMPFILE,
];

impl Bucket {
    /// The bucket of a row; none for a name this server does not know.
    pub fn find(name: &OrUnknown<BucketName>) -> Option<&'static Bucket> {
        BUCKETS.into_iter().find(|bucket| *name == bucket.name)
    }

    /// How long a blob is kept after nobody wanted it any more.
    pub fn kept(&self, deletion_delay: Duration) -> TimeDelta {
        match self.is_temporary {
            true => TEMPFILE_KEPT,
            false => TimeDelta::from_std(deletion_delay).unwrap_or(TimeDelta::days(36_500)),
        }
    }

    /// Which of these blobs (at most a few hundred) some row refers to, purged or not.
    pub async fn referenced(
        &self,
        conn: &impl ConnectionTrait,
        ids: &[StorageObjectId],
    ) -> Result<HashSet<StorageObjectId>> {
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let rows = conn.query_all_raw(sql(REFERENCED.of(self.name), [ids.into()])).await?;
        let read = |row: &sea_orm::QueryResult| row.try_get::<StorageObjectId>("", "id");
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }
}

/// Which of the blobs `$1` something refers to.
pub(super) static REFERENCED: LazyLock<ByBucket> =
    LazyLock::new(|| ByBucket::new(|_, uses| format!("SELECT DISTINCT id FROM (\n{uses}) u")));
