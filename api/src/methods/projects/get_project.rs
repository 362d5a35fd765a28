//! Read a project.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::project::Project,
};
use domain::permission;
use entities::ids::ProjectId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-project`.
pub struct GetProject;

/// Which project.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
}

impl Method for GetProject {
    const NAME: &'static str = "get-project";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.18";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Project;

    async fn call(ctx: &Ctx, params: Params) -> Result<Project> {
        let project = permission::project_viewer(ctx.tx()?, ctx.caller()?, ProjectId(params.id)).await?;
        Ok(project.into_inner().into())
    }
}
