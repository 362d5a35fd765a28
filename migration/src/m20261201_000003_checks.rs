//! What looking at the documents of all files found.

use sea_orm_migration::prelude::*;

/// Creates the tables of checks.
pub struct Checks;

impl MigrationName for Checks {
    fn name(&self) -> &str {
        "m20261201_000003_checks"
    }
}

const UP: &str = include_str!("checks/up.sql");

const DOWN: &str = "DROP TABLE file_check_problem, file_check";

#[async_trait::async_trait]
impl MigrationTrait for Checks {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await?;
        Ok(())
    }
}
