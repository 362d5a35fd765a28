//! Documents as rows, what was done to them of late, snapshots, links to libraries.
//!
//! `file_data` stays for one release, with what was not made rows yet; nothing is written to it any more.

use sea_orm_migration::prelude::*;

/// Creates the tables of parts. Documents become parts afterwards, one by one: `domain::file::parts::unpack`.
pub struct Parts;

impl MigrationName for Parts {
    fn name(&self) -> &str {
        "m20261201_000001_parts"
    }
}

const UP: &str = include_str!("parts/up.sql");

const DOWN: &str =
    "DROP TABLE file_library_link, file_snapshot, file_change, file_part_archive, file_part, file_container;
     DROP INDEX file__untrimmed__idx;
     CREATE INDEX file__modified_at__idx ON file (modified_at) WHERE has_media_trimmed IS FALSE;
     ALTER TABLE file DROP COLUMN root_container_id, DROP COLUMN pinned_revn, DROP COLUMN unswept_since";

#[async_trait::async_trait]
impl MigrationTrait for Parts {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await?;
        Ok(())
    }
}
