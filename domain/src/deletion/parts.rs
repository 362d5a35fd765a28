//! What belongs to what: the list of tables whose rows are deleted with a team, a project, a file or an account, and of
//! columns that refer to blobs.
//!
//! **A table that belongs to a file is one line of [`PARTS`].** Deleting with the root, purging, restoring, the check
//! of `delete-object` and "who uses this blob" derive from it: see `statements` and `uses`. Every other foreign key to
//! a listed table stands in [`EXCEPTIONS`] with its reason. A test compares both with an installed schema.

use super::Kind;
use entities::storage_object::BucketName;

/// One table of the list.
#[derive(Debug)]
pub struct Part {
    /// Its name.
    pub table: &'static str,
    /// The columns of its primary key.
    pub key: &'static [&'static str],
    /// What a row belongs to; none of what belongs to nothing.
    pub parent: Option<Parent>,
    /// What becomes of a row with its parent.
    pub end: End,
    /// What else must be true before a row is purged: a condition on its columns, in which `$1` is the moment of the
    /// purge, and `$3` the one before which deleted accounts are due.
    pub is_due: Option<&'static str>,
    /// What keeps a row from being purged as long as it is true: a condition on its columns, in which `$1` is the
    /// moment of the purge.
    pub kept_while: Option<&'static str>,
    /// The blobs that a row refers to.
    pub blobs: &'static [Blob],
    /// What names a row among those of its parent, for people: an expression on its columns; none for the key.
    pub named_by: Option<&'static str>,
    /// What rows are called in counts.
    pub label: Label,
}

/// The column that says what a row belongs to: the `id` of another table of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// That table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
}

/// What becomes of a row when its parent is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It has a `deleted_at` of its own, which takes that of the parent; it is purged before the parent.
    DeletedFirst,
    /// The database removes it with its parent (`ON DELETE CASCADE`).
    RemovedWithParent,
}

/// What rows of a table are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// One of them.
    pub one: &'static str,
    /// Several; tables with the same word are counted together.
    pub many: &'static str,
}

/// One way of referring to a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Where its id stands.
    pub place: BlobPlace,
    /// The bucket of the blobs that it refers to.
    pub bucket: BucketName,
    /// What the blob is there, for people, such as `picture in a file`.
    pub what: &'static str,
}

/// Where the id of a blob stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlobPlace {
    /// In a column with a foreign key.
    Column(&'static str),
    /// In a field of a JSON column, as text, of rows for which a condition holds.
    JsonField {
        /// The column.
        column: &'static str,
        /// The field.
        field: &'static str,
        /// The condition, without which the field means nothing.
        when: &'static str,
    },
}

impl Part {
    const fn new(
        table: &'static str,
        key: &'static [&'static str],
        one: &'static str,
        many: &'static str,
    ) -> Part {
        Part {
            table,
            key,
            parent: None,
            end: End::DeletedFirst,
            is_due: None,
            kept_while: None,
            blobs: &[],
            named_by: None,
            label: Label { one, many },
        }
    }

    const fn of(self, table: &'static str, column: &'static str) -> Part {
        Part { parent: Some(Parent { table, column }), ..self }
    }

    const fn removed_with_parent(self) -> Part {
        Part { end: End::RemovedWithParent, ..self }
    }

    const fn due_if(self, condition: &'static str) -> Part {
        Part { is_due: Some(condition), ..self }
    }

    const fn kept_while(self, condition: &'static str) -> Part {
        Part { kept_while: Some(condition), ..self }
    }

    const fn named_by(self, expression: &'static str) -> Part {
        Part { named_by: Some(expression), ..self }
    }

    const fn blobs(self, blobs: &'static [Blob]) -> Part {
        Part { blobs, ..self }
    }

    /// Its name in the codes of reasons, such as `file-media-object`.
    pub fn code(&self) -> String {
        self.table.replace('_', "-")
    }

    /// Whether rows have a `deleted_at`.
    pub fn is_soft_deleted(&self) -> bool {
        self.end == End::DeletedFirst
    }
}

const fn column(name: &'static str, bucket: BucketName, what: &'static str) -> Blob {
    Blob { place: BlobPlace::Column(name), bucket, what }
}

/// That another file has not taken over yet what it uses of a library. One that is being purged itself needs nothing.
macro_rules! is_needed {
    ($file:literal) => {
        concat!(
            "(
              EXISTS (SELECT 1 FROM file_library_link l JOIN file u ON u.id = l.file_id AND u.id <> l.library_file_id
                       WHERE l.library_file_id = ",
            $file,
            " AND (u.deleted_at IS NULL OR u.deleted_at > $1))
           OR EXISTS (SELECT 1 FROM file_library_absorption a JOIN file u ON u.id = a.file_id
                       WHERE a.library_file_id = ",
            $file,
            " AND (u.deleted_at IS NULL OR u.deleted_at > $1)))"
        )
    };
}

/// The list: parents before their children.
pub const PARTS: &[Part] = &[
    Part::new("profile", &["id"], "account", "accounts").due_if(ACCOUNT_IS_DUE).blobs(&[column(
        "photo_id",
        BucketName::Profile,
        "photo of a person",
    )]),
    Part::new("team", &["id"], "team", "teams").blobs(&[column(
        "photo_id",
        BucketName::Profile,
        "photo of a team",
    )]),
    Part::new("project", &["id"], "project", "projects").of("team", "team_id"),
    Part::new("team_font_variant", &["id"], "font", "fonts").of("team", "team_id").blobs(&[
        column("otf_file_id", BucketName::TeamFontVariant, "font of a team (OTF)"),
        column("ttf_file_id", BucketName::TeamFontVariant, "font of a team (TTF)"),
        column("woff1_file_id", BucketName::TeamFontVariant, "font of a team (WOFF)"),
        column("woff2_file_id", BucketName::TeamFontVariant, "font of a team (WOFF2)"),
    ]),
    Part::new("file", &["id"], "file", "files").of("project", "project_id").kept_while(is_needed!("file.id")),
    Part::new("file_data", &["file_id", "id"], "document", "documents")
        .of("file", "file_id")
        .kept_while(is_needed!("file_data.file_id"))
        .named_by("file_data.kind || ' ' || file_data.id")
        .blobs(&[DOCUMENT]),
    Part::new("file_media_object", &["id"], "picture", "pictures")
        .of("file", "file_id")
        .kept_while(is_needed!("file_media_object.file_id"))
        .blobs(&[
            column("media_id", BucketName::FileMediaObject, "picture in a file"),
            column("thumbnail_id", BucketName::FileMediaObject, "small version of a picture in a file"),
        ]),
    Part::new("file_thumbnail", &["file_id", "revn"], "thumbnail", "thumbnails")
        .of("file", "file_id")
        .named_by("'revision ' || file_thumbnail.revn")
        .blobs(&[column("media_id", BucketName::FileThumbnail, "small picture of a file")]),
    Part::new("file_tagged_object_thumbnail", &["file_id", "tag", "object_id"], "thumbnail", "thumbnails")
        .of("file", "file_id")
        .blobs(&[column("media_id", BucketName::FileObjectThumbnail, "small picture of a frame")]),
    Part::new("file_snapshot", &["id"], "snapshot", "snapshots")
        .of("file", "file_id")
        .due_if(FILE_OF_SNAPSHOT_IS_DUE),
    Part::new("upload_session", &["id"], "upload", "uploads")
        .of("profile", "profile_id")
        .removed_with_parent(),
    Part::new("upload_chunk", &["session_id", "index"], "part of an upload", "parts of uploads")
        .of("upload_session", "session_id")
        .removed_with_parent()
        .named_by("upload_chunk.session_id || ' ' || upload_chunk.index")
        .blobs(&[column("object_id", BucketName::Tempfile, "part of an upload under way")]),
];

/// A document that is kept outside the database names its blob without a foreign key.
const DOCUMENT: Blob = Blob {
    place: BlobPlace::JsonField {
        column: "metadata",
        field: "storage-ref-id",
        when: "file_data.backend = 'storage'",
    },
    bucket: BucketName::FileData,
    what: "document or snapshot of a file",
};

/// An account's `deleted_at` is the moment of its deletion, that of a demo account its end. Whoever owns a team that is
/// not gone stays, unless others are in it.
const ACCOUNT_IS_DUE: &str = "(profile.is_demo OR profile.deleted_at <= $3)
          AND NOT EXISTS (
              SELECT 1 FROM team_profile_rel r JOIN team t ON t.id = r.team_id
               WHERE r.profile_id = profile.id AND r.is_owner AND (t.deleted_at IS NOT NULL OR NOT EXISTS (
                     SELECT 1 FROM team_profile_rel o WHERE o.team_id = t.id AND o.profile_id <> profile.id)))";

/// Of a file that stays, a snapshot goes with what only it showed: `file::snapshot::sweep`.
const FILE_OF_SNAPSHOT_IS_DUE: &str =
    "EXISTS (SELECT 1 FROM file WHERE file.id = file_snapshot.file_id AND file.deleted_at <= $1)";

/// Foreign keys to a listed table that neither delete nor restore anything, and why.
#[derive(Debug)]
pub struct Exception {
    /// The table that refers.
    pub table: &'static str,
    /// Its columns.
    pub columns: &'static [&'static str],
    /// What the database does when what they refer to is purged.
    pub on_purge: OnPurge,
    /// Why they are not in the list.
    pub reason: &'static str,
}

/// What the database does with a row that refers to one that is purged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnPurge {
    /// Removes it (`ON DELETE CASCADE`).
    Remove,
    /// Empties the column (`ON DELETE SET NULL`).
    Forget,
}

const fn removed(table: &'static str, columns: &'static [&'static str], reason: &'static str) -> Exception {
    Exception { table, columns, on_purge: OnPurge::Remove, reason }
}

const fn forgotten(table: &'static str, columns: &'static [&'static str], reason: &'static str) -> Exception {
    Exception { table, columns, on_purge: OnPurge::Forget, reason }
}

const HIDDEN: &str = "hidden with what it is about, comes back with it, and refers to no blob";
const AUTHOR: &str = "who made it: it stays when they are gone";

/// Every foreign key to a listed table that is none of the list.
pub const EXCEPTIONS: &[Exception] = &[
    removed("team_profile_rel", &["team_id", "profile_id"], HIDDEN),
    removed("project_profile_rel", &["project_id", "profile_id"], HIDDEN),
    removed("team_project_profile_rel", &["team_id", "profile_id", "project_id"], HIDDEN),
    removed("file_profile_rel", &["file_id", "profile_id"], HIDDEN),
    removed("share_link", &["file_id"], HIDDEN),
    removed("file_change", &["file_id"], HIDDEN),
    removed("comment_thread", &["file_id"], HIDDEN),
    removed("comment_thread_status", &["profile_id"], "what they have read"),
    removed("comment_notice", &["profile_id"], "nobody is left to be told"),
    removed("file_library_link", &["file_id", "library_file_id"], HIDDEN),
    removed("file_library_sync", &["file_id", "library_file_id"], HIDDEN),
    removed("file_library_absorption", &["file_id", "library_file_id"], "nothing is left to be done"),
    removed("bin_batch", &["team_id", "profile_id"], "nobody watches it any more"),
    removed("team_invitation", &["team_id"], HIDDEN),
    removed("team_access_request", &["team_id", "requester_id"], HIDDEN),
    removed("webhook", &["team_id"], HIDDEN),
    removed("webhook_event", &["team_id"], "nobody is left to be told"),
    removed("usage_quote", &["profile_id", "project_id", "team_id", "file_id"], HIDDEN),
    removed("http_session", &["profile_id"], "ended when its person is deleted"),
    removed("access_token", &["profile_id"], HIDDEN),
    removed("profile_complaint_report", &["profile_id"], HIDDEN),
    removed("user_feedback", &["profile_id"], "mailed already; dropped by age"),
    forgotten(
        "profile",
        &["default_team_id", "default_project_id"],
        "the first team of a person goes with them",
    ),
    forgotten(
        "file_container",
        &["file_id"],
        "hidden with its file, and comes back with it; what is in one of no file is swept in batches",
    ),
    forgotten("file_snapshot", &["profile_id", "locked_by"], AUTHOR),
    forgotten("team_font_variant", &["profile_id"], AUTHOR),
    forgotten("share_link", &["owner_id"], AUTHOR),
    forgotten("webhook", &["profile_id"], AUTHOR),
    forgotten("team_invitation", &["created_by"], AUTHOR),
];

/// The line of a table.
pub fn find(table: &str) -> Option<&'static Part> {
    PARTS.iter().find(|part| part.table == table)
}

/// The lines below a table of which it is the parent.
pub fn children(of: &Part) -> impl Iterator<Item = &'static Part> + use<> {
    let table = of.table;
    PARTS.iter().filter(move |part| part.parent.is_some_and(|parent| parent.table == table))
}

/// A line and what it lies in, from the inside out.
pub fn way_up(from: &'static Part) -> impl Iterator<Item = &'static Part> {
    std::iter::successors(Some(from), |part| find(part.parent?.table))
}

impl Kind {
    /// Its table.
    pub const fn table(self) -> &'static str {
        match self {
            Kind::File => "file",
            Kind::Project => "project",
            Kind::Team => "team",
            Kind::Profile => "profile",
        }
    }
}
