//! Teams and projects.

use chrono::{DateTime, Utc};
use entities::{
    ids::{ProjectId, TeamId},
    project, team,
};
use platform::ids::new_id;
use sea_orm::Set;

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
