//! Libraries: which of their changes are in the files that use them, and what has to be taken over from those that go.

use sea_orm_migration::prelude::*;

/// Creates the tables of libraries.
pub struct Libraries;

impl MigrationName for Libraries {
    fn name(&self) -> &str {
        "m20261202_000001_libraries"
    }
}

const UP: &str = include_str!("libraries/up.sql");

const DOWN: &str = "DROP TABLE file_library_absorption, file_library_sync;
     ALTER TABLE file_library_link ADD COLUMN synced_at timestamptz NOT NULL DEFAULT now()";

#[async_trait::async_trait]
impl MigrationTrait for Libraries {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await?;
        Ok(())
    }
}
