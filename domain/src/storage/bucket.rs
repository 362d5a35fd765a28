//! The list of buckets: what a blob is for, who may read it, how long it is kept, and who can refer to it.
//!
//! **Adding a bucket is a matter of this file.** Its bytes lie on every backend under the id of their row.

use crate::error::Result;
use chrono::TimeDelta;
use entities::ids::StorageObjectId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::collections::HashSet;
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

/// One way of referring to blobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// What the blob is to whoever refers to it, such as `picture in a file`.
    pub what: &'static str,
    /// For the ids in `$1` (a uuid array): the columns id, holder (the key of the row that refers, as text), file_id,
    /// team_id, profile_id (of what it belongs to; each may be null) and gone_at (when the row is purged).
    pub(super) sql: &'static str,
}

/// One use of blobs.
#[derive(Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Name in rows.
    pub name: &'static str,
    /// Who may read.
    pub readers: Readers,
    /// Equal content is stored once.
    pub is_shared: bool,
    /// Kept only for a short while after the last use.
    pub is_temporary: bool,
    /// Who can refer to it; empty when nothing ever does.
    pub uses: &'static [Use],
}

/// Pictures in files and their thumbnails.
pub static FILE_MEDIA_OBJECT: Bucket = Bucket {
    name: "file-media-object",
    readers: Readers::OfItsFiles,
    is_shared: true,
    is_temporary: false,
    uses: &[
        Use {
            what: "picture in a file",
            sql: "SELECT media_id AS id, id::text AS holder, file_id, NULL::uuid AS team_id, NULL::uuid AS profile_id,
                         deleted_at AS gone_at FROM file_media_object WHERE media_id = ANY($1)",
        },
        Use {
            what: "small version of a picture in a file",
            sql: "SELECT thumbnail_id AS id, id::text AS holder, file_id, NULL::uuid AS team_id,
                         NULL::uuid AS profile_id, deleted_at AS gone_at
                    FROM file_media_object WHERE thumbnail_id = ANY($1)",
        },
    ],
};

/// Small pictures of frames and components.
pub static FILE_OBJECT_THUMBNAIL: Bucket = Bucket {
    name: "file-object-thumbnail",
    readers: Readers::OfItsFiles,
    is_shared: true,
    is_temporary: false,
    uses: &[Use {
        what: "small picture of a frame",
        sql: "SELECT media_id AS id, tag || ' ' || object_id AS holder, file_id, NULL::uuid AS team_id,
                     NULL::uuid AS profile_id, deleted_at AS gone_at
                FROM file_tagged_object_thumbnail WHERE media_id = ANY($1)",
    }],
};

/// Small pictures of whole files.
pub static FILE_THUMBNAIL: Bucket = Bucket {
    name: "file-thumbnail",
    readers: Readers::OfItsFiles,
    is_shared: true,
    is_temporary: false,
    uses: &[Use {
        what: "small picture of a file",
        sql: "SELECT media_id AS id, 'revision ' || revn AS holder, file_id, NULL::uuid AS team_id,
                     NULL::uuid AS profile_id, deleted_at AS gone_at FROM file_thumbnail WHERE media_id = ANY($1)",
    }],
};

/// Fonts of teams. Browsers load them without credentials.
pub static TEAM_FONT_VARIANT: Bucket = Bucket {
    name: "team-font-variant",
    readers: Readers::Everybody,
    is_shared: true,
    is_temporary: false,
    uses: &[
        Use {
            what: "font of a team (OTF)",
            sql: "SELECT otf_file_id AS id, id::text AS holder, NULL::uuid AS file_id, team_id,
                         NULL::uuid AS profile_id, deleted_at AS gone_at
                    FROM team_font_variant WHERE otf_file_id = ANY($1)",
        },
        Use {
            what: "font of a team (TTF)",
            sql: "SELECT ttf_file_id AS id, id::text AS holder, NULL::uuid AS file_id, team_id,
                         NULL::uuid AS profile_id, deleted_at AS gone_at
                    FROM team_font_variant WHERE ttf_file_id = ANY($1)",
        },
        Use {
            what: "font of a team (WOFF)",
            sql: "SELECT woff1_file_id AS id, id::text AS holder, NULL::uuid AS file_id, team_id,
                         NULL::uuid AS profile_id, deleted_at AS gone_at
                    FROM team_font_variant WHERE woff1_file_id = ANY($1)",
        },
        Use {
            what: "font of a team (WOFF2)",
            sql: "SELECT woff2_file_id AS id, id::text AS holder, NULL::uuid AS file_id, team_id,
                         NULL::uuid AS profile_id, deleted_at AS gone_at
                    FROM team_font_variant WHERE woff2_file_id = ANY($1)",
        },
    ],
};

/// Photos of people and teams.
pub static PROFILE: Bucket = Bucket {
    name: "profile",
    readers: Readers::SignedIn,
    is_shared: true,
    is_temporary: false,
    uses: &[
        Use {
            what: "photo of a person",
            sql: "SELECT photo_id AS id, id::text AS holder, NULL::uuid AS file_id, NULL::uuid AS team_id,
                         id AS profile_id, deleted_at AS gone_at FROM profile WHERE photo_id = ANY($1)",
        },
        Use {
            what: "photo of a team",
            sql: "SELECT photo_id AS id, id::text AS holder, NULL::uuid AS file_id, id AS team_id,
                         NULL::uuid AS profile_id, deleted_at AS gone_at FROM team WHERE photo_id = ANY($1)",
        },
    ],
};

/// Documents kept outside the database.
pub static FILE_DATA: Bucket = Bucket {
    name: "file-data",
    readers: Readers::Nobody,
    is_shared: false,
    is_temporary: false,
    uses: &[Use {
        what: "document or snapshot of a file",
        sql: "SELECT (metadata->>'storage-ref-id')::uuid AS id, kind || ' ' || id AS holder, file_id,
                     NULL::uuid AS team_id, NULL::uuid AS profile_id, deleted_at AS gone_at FROM file_data
               WHERE backend = 'storage' AND metadata->>'storage-ref-id' = ANY($1::uuid[]::text[])",
    }],
};

/// Exports and parts of uploads.
pub static TEMPFILE: Bucket = Bucket {
    name: "tempfile",
    readers: Readers::ItsMaker,
    is_shared: false,
    is_temporary: true,
    uses: &[Use {
        what: "part of an upload under way",
        sql: "SELECT c.object_id AS id, s.id || ' ' || c.index AS holder, NULL::uuid AS file_id, NULL::uuid AS team_id,
                     s.profile_id, NULL::timestamptz AS gone_at
                FROM upload_chunk c JOIN upload_session s ON s.id = c.session_id WHERE c.object_id = ANY($1)",
    }],
};

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

    /// Which of these blobs (at most a few hundred) some row refers to, purged or not.
    pub async fn referenced(
        &self,
        conn: &impl ConnectionTrait,
        ids: &[StorageObjectId],
    ) -> Result<HashSet<StorageObjectId>> {
        if self.uses.is_empty() || ids.is_empty() {
            return Ok(HashSet::new());
        }
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let sql = format!("SELECT DISTINCT id FROM ({}) u", self.all_uses());
        let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, [ids.into()]);
        let rows = conn.query_all_raw(query).await?;
        let read = |row: &sea_orm::QueryResult| row.try_get::<StorageObjectId>("", "id");
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// One query over all uses, with their columns.
    pub(super) fn all_uses(&self) -> String {
        let selects: Vec<&str> = self.uses.iter().map(|one| one.sql).collect();
        selects.join(" UNION ALL ")
    }
}
