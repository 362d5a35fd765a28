//! List every project that the caller can change.

use crate::{
    rpc::{ctx::Ctx, error::Result, method::Method, tx_mode::TxMode},
    views::project::Project,
};
use domain::project::{self, Reachable};
use poem_openapi::Object;

/// The method `get-all-projects`.
pub struct GetAllProjects;

/// Nothing.
#[derive(Debug, Clone, Object)]
pub struct Params {}

/// A project, and the team it lies in.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The project.
    #[oai(flatten)]
    project: Project,
    /// The team's name.
    team_name: String,
    /// Whether it is the caller's own default team.
    is_default_team: bool,
}

impl Method for GetAllProjects {
    const NAME: &'static str = "get-all-projects";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.18";
    type Params = Params;
    type Output = Vec<Output>;

    async fn call(ctx: &Ctx, _: Params) -> Result<Vec<Output>> {
        Ok(project::list_all(ctx.tx()?, ctx.caller()?).await?.into_iter().map(Output::from).collect())
    }
}

impl From<Reachable> for Output {
    fn from(row: Reachable) -> Self {
        Output {
            project: Project {
                id: row.id.into(),
                team_id: row.team_id.into(),
                name: row.name,
                is_default: row.is_default,
                created_at: row.created_at.into(),
                modified_at: row.modified_at.into(),
                deleted_at: None,
            },
            team_name: row.team_name,
            is_default_team: row.is_default_team,
        }
    }
}
