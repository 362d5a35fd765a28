//! Teams and projects.

use chrono::{DateTime, Utc};
use entities::{
    ids::{ProjectId, StorageObjectId, TeamId},
    project, team,
};
use platform::{db::sql, ids::new_id};
use sea_orm::{ConnectionTrait, Set};
use uuid::Uuid;

use super::{Row, now};

/// A team without members and without drafts.
#[derive(Debug, Clone)]
pub struct Team {
    /// Key.
    pub id: TeamId,
    /// Name shown to members.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it is purged, of a deleted one.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Default for Team {
    fn default() -> Team {
        Team { id: TeamId(new_id()), name: "Team".to_owned(), created_at: now(), deleted_at: None }
    }
}

impl Row for Team {
    type Model = team::ActiveModel;

    fn row(self) -> team::ActiveModel {
        team::ActiveModel {
            id: Set(self.id),
            created_at: Set(self.created_at),
            modified_at: Set(self.created_at),
            deleted_at: Set(self.deleted_at),
            name: Set(self.name),
            ..Default::default()
        }
    }
}

/// An empty project.
#[derive(Debug, Clone)]
pub struct Project {
    /// Key.
    pub id: ProjectId,
    /// The team it is in.
    pub team: TeamId,
    /// Name shown to members.
    pub name: String,
}

impl Project {
    /// One in a team.
    pub fn of(team: TeamId) -> Project {
        Project { id: ProjectId(new_id()), team, name: "Project".to_owned() }
    }
}

impl Row for Project {
    type Model = project::ActiveModel;

    fn row(self) -> project::ActiveModel {
        project::ActiveModel {
            id: Set(self.id),
            team_id: Set(self.team),
            created_at: Set(now()),
            modified_at: Set(now()),
            name: Set(self.name),
            ..Default::default()
        }
    }
}

/// A font of a team, of one weight and style. No method makes any yet.
#[derive(Debug, Clone, Copy)]
pub struct Font {
    /// The team.
    pub team: TeamId,
    /// What documents name it by, after `custom-`.
    pub font: Uuid,
    /// Its bytes.
    pub blob: StorageObjectId,
}

/// Gives a team a font.
///
/// # Panics
/// When the database refuses it.
pub async fn insert_font(db: &impl ConnectionTrait, font: Font) {
    let text = "INSERT INTO team_font_variant (id, team_id, created_at, modified_at, font_id, font_family, font_weight,
                                               font_style, woff1_file_id)
                VALUES ($1, $2, $3, $3, $4, 'Inky', 400, 'normal', $5)";
    let values = [new_id().into(), font.team.0.into(), now().into(), font.font.into(), font.blob.0.into()];
    db.execute_raw(sql(text, values)).await.expect("inserts");
}
