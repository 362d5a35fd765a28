//! Webhooks: who outside hears of what happens in a team, and what there is to tell.

use sea_orm_migration::prelude::*;

/// Creates the tables of webhooks.
pub struct Webhooks;

impl MigrationName for Webhooks {
    fn name(&self) -> &str {
        "m20261206_000001_webhooks"
    }
}

const UP: &str = include_str!("webhooks/up.sql");

const DOWN: &str = "DROP TABLE webhook_event, webhook";

#[async_trait::async_trait]
impl MigrationTrait for Webhooks {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await?;
        Ok(())
    }
}
