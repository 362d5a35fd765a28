//! The first schema: accounts, teams, projects, files, blobs, sessions.

use sea_orm_migration::prelude::*;

/// Creates every table of the first release.
pub struct Baseline;

impl MigrationName for Baseline {
    fn name(&self) -> &str {
        "m20260101_000001_baseline"
    }
}

/// In the order of their foreign keys.
const UP: [&str; 6] = [
    include_str!("baseline/storage.sql"),
    include_str!("baseline/people.sql"),
    include_str!("baseline/files.sql"),
    include_str!("baseline/access.sql"),
    include_str!("baseline/invitations.sql"),
    include_str!("baseline/audit.sql"),
];

/// Newest table first; one statement because profile and team refer to each other.
const DOWN: &str = "DROP TABLE IF EXISTS audit_log, user_feedback, global_complaint_report,
    profile_complaint_report, usage_quote, team_access_request, team_invitation, server_prop, access_token,
    http_session, upload_chunk, upload_session, share_link,
    file_tagged_object_thumbnail, file_thumbnail, file_media_object, file_data, team_font_variant,
    file_profile_rel, file, team_project_profile_rel, project_profile_rel, project, team_profile_rel, profile, team,
    storage_blob, storage_finding, storage_scrub, storage_copy, storage_object";

#[async_trait::async_trait]
impl MigrationTrait for Baseline {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statements in UP {
            manager.get_connection().execute_unprepared(statements).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await?;
        Ok(())
    }
}
