//! Links to libraries that no method makes, and what files still have to take over from them.

use entities::{file_library_absorption, file_library_link, ids::FileId};
use sea_orm::Set;

use super::{Row, now};

/// A file uses another one as a library.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// The file.
    pub file: FileId,
    /// The library.
    pub library: FileId,
}

impl Row for Link {
    type Model = file_library_link::ActiveModel;

    fn row(self) -> file_library_link::ActiveModel {
        file_library_link::ActiveModel {
            file_id: Set(self.file),
            library_file_id: Set(self.library),
            created_at: Set(now()),
        }
    }
}

/// A file has to take over what it uses of a library, and nobody was asked to do it.
#[derive(Debug, Clone, Copy)]
pub struct Absorption {
    /// The file.
    pub file: FileId,
    /// The library.
    pub library: FileId,
}

impl Row for Absorption {
    type Model = file_library_absorption::ActiveModel;

    fn row(self) -> file_library_absorption::ActiveModel {
        file_library_absorption::ActiveModel {
            file_id: Set(self.file),
            library_file_id: Set(self.library),
            created_at: Set(now()),
            is_asked: Set(false),
        }
    }
}
