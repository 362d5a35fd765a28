//! Files that nobody made: their rows, documents, pictures and thumbnails, and the links that share them.

use entities::{
    file, file_data, file_media_object,
    ids::{FileId, MediaId, ProjectId, StorageObjectId},
};
use platform::{db::sql, ids::new_id};
use sea_orm::{ConnectionTrait, Set};

use super::{Row, now};

/// The version of the data model that files have.
const VERSION: i32 = 67;

/// A file, without a document.
#[derive(Debug, Clone)]
pub struct File {
    /// Key.
    pub id: FileId,
    /// Where it lies.
    pub project: ProjectId,
    /// Name shown to members.
    pub name: String,
}

impl File {
    /// One in a project.
    pub fn of(project: ProjectId) -> File {
        File { id: FileId(new_id()), project, name: "File".to_owned() }
    }
}

impl Row for File {
    type Model = file::ActiveModel;

    fn row(self) -> file::ActiveModel {
        file::ActiveModel {
            id: Set(self.id),
            project_id: Set(self.project),
            created_at: Set(now()),
            modified_at: Set(now()),
            name: Set(self.name),
            version: Set(VERSION),
            ..Default::default()
        }
    }
}

/// The document of a file, whole, as the release before wrote it.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file it belongs to.
    pub file: FileId,
    /// Compact transit, or what a test puts in its place.
    pub data: Vec<u8>,
}

impl Document {
    /// One of a file.
    pub fn of(file: FileId, data: impl Into<Vec<u8>>) -> Document {
        Document { file, data: data.into() }
    }
}

impl Row for Document {
    type Model = file_data::ActiveModel;

    fn row(self) -> file_data::ActiveModel {
        file_data::ActiveModel {
            file_id: Set(self.file),
            id: Set(self.file.0),
            created_at: Set(now()),
            modified_at: Set(now()),
            kind: Set(file_data::Kind::Main),
            backend: Set(file_data::Backend::Db),
            data: Set(Some(self.data)),
            ..Default::default()
        }
    }
}

/// A picture in a file, which shows a blob.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Key.
    pub id: MediaId,
    /// The file it is in.
    pub file: FileId,
    /// What it shows.
    pub blob: StorageObjectId,
}

impl Row for Picture {
    type Model = file_media_object::ActiveModel;

    fn row(self) -> file_media_object::ActiveModel {
        file_media_object::ActiveModel {
            id: Set(self.id),
            file_id: Set(self.file),
            created_at: Set(now()),
            name: Set("Picture".to_owned()),
            width: Set(1),
            height: Set(1),
            mtype: Set("image/png".to_owned()),
            media_id: Set(self.blob),
            ..Default::default()
        }
    }
}

/// A small picture of a whole file.
#[derive(Debug, Clone, Copy)]
pub struct Thumbnail {
    /// The file that it shows.
    pub file: FileId,
    /// Its bytes.
    pub blob: StorageObjectId,
}

/// Writes the picture of a board: `<file>/<page>/<board>/frame`. No method makes any yet.
///
/// # Panics
/// When the database refuses it.
pub async fn insert_board_thumbnail(
    db: &impl ConnectionTrait,
    file: FileId,
    board: String,
    blob: StorageObjectId,
) {
    let text =
        "INSERT INTO file_tagged_object_thumbnail (file_id, object_id, created_at, updated_at, media_id)
                VALUES ($1, $2, $3, $3, $4)";
    let values = [file.0.into(), board.into(), now().into(), blob.0.into()];
    db.execute_raw(sql(text, values)).await.expect("inserts");
}

/// Writes a thumbnail of the file's first revision. No method makes any yet.
///
/// # Panics
/// When the database refuses it.
pub async fn insert_thumbnail(db: &impl ConnectionTrait, thumbnail: Thumbnail) {
    let text = "INSERT INTO file_thumbnail (file_id, revn, created_at, updated_at, media_id)
                VALUES ($1, 0, $2, $2, $3)";
    let values = [thumbnail.file.0.into(), now().into(), thumbnail.blob.0.into()];
    db.execute_raw(sql(text, values)).await.expect("inserts");
}
