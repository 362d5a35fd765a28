//! What members want of the bin of their team.

use sea_orm_migration::prelude::*;

/// Creates the table of batches.
pub struct BinBatch;

impl MigrationName for BinBatch {
    fn name(&self) -> &str {
        "m20261203_000001_bin_batch"
    }
}

const UP: &str = include_str!("bin_batch/up.sql");

const DOWN: &str = "DROP TABLE bin_batch";

#[async_trait::async_trait]
impl MigrationTrait for BinBatch {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await?;
        Ok(())
    }
}
