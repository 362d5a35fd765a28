//! List a team's projects, those in the bin included.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::project::Project,
    wire::Instant,
};
use domain::{
    permission,
    project::{self, ListedProject},
};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-projects`.
pub struct GetProjects;

/// Which team.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    team_id: Uuid,
}

/// A project on its team's page.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The project.
    #[oai(flatten)]
    project: Project,
    /// Whether the caller keeps it at the top.
    is_pinned: bool,
    /// Files that are not in the bin.
    count: i64,
    /// Files, those in the bin included.
    total_count: i64,
}

impl Method for GetProjects {
    const NAME: &'static str = "get-projects";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.18";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Output>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<Output>> {
        let tx = ctx.tx()?;
        let team = permission::team_viewer(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        Ok(project::list(tx, &team).await?.into_iter().map(Output::from).collect())
    }
}

impl From<ListedProject> for Output {
    fn from(row: ListedProject) -> Self {
        Output {
            project: Project {
                id: row.id.into(),
                team_id: row.team_id.into(),
                name: row.name,
                is_default: row.is_default,
                created_at: row.created_at.into(),
                modified_at: row.modified_at.into(),
                deleted_at: row.deleted_at.map(Instant::from),
            },
            is_pinned: row.is_pinned,
            count: row.count,
            total_count: row.total_count,
        }
    }
}
