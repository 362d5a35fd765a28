//! Comments: threads on pages, what was said in them, who has read it, and who shall hear of it by mail.

use sea_orm_migration::prelude::*;

/// Creates the tables of comments.
pub struct Comments;

impl MigrationName for Comments {
    fn name(&self) -> &str {
        "m20261204_000001_comments"
    }
}

const UP: &str = include_str!("comments/up.sql");

const DOWN: &str = "DROP TABLE comment_notice, comment_thread_status, comment, comment_thread";

#[async_trait::async_trait]
impl MigrationTrait for Comments {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await?;
        Ok(())
    }
}
