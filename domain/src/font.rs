//! Fonts of teams: each weight and style a row, with its files in the packings that browsers and exporters ask for.

mod archive;
pub mod change;
pub mod download;
pub mod file;
pub mod upload;

use crate::error::Result;
use crate::permission::Viewable;
use entities::ids::TeamId;
use entities::team_font_variant::{Column, Entity, Model};
use entities::{file as files, project, team};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Most weights and styles of a team, also without the flag `quotes`, and most that are listed.
pub const VARIANTS_MAX: u64 = 10_000;

/// Whose fonts: what one may see shows those of its team.
#[derive(Clone, Copy, Debug)]
pub enum Of<'a> {
    /// A team's.
    Team(&'a Viewable<team::Model>),
    /// Those of a project's team.
    Project(&'a Viewable<project::Model>),
    /// Those of a file's team.
    File(&'a Viewable<files::Model>),
}

/// The weights and styles of all fonts of a team, in the order in which they came; at most 10,000.
///
/// # Errors
/// Those of the database.
pub async fn list(conn: &impl ConnectionTrait, of: Of<'_>) -> Result<Vec<Model>> {
    let team = match of {
        Of::Team(team) => Some(team.id),
        Of::Project(project) => Some(project.team_id),
        Of::File(file) => team_of(conn, file).await?,
    };
    let Some(team) = team else { return Ok(vec![]) };
    let fonts = Entity::alive().filter(Column::TeamId.eq(team));
    let fonts = fonts.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(VARIANTS_MAX);
    Ok(fonts.all(conn).await?)
}

async fn team_of(conn: &impl ConnectionTrait, file: &Viewable<files::Model>) -> Result<Option<TeamId>> {
    let project = project::Entity::find_by_id(file.project_id).select_only().column(project::Column::TeamId);
    Ok(project.into_tuple().one(conn).await?)
}
