//! List the fonts of a team.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Error, Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::font::FontVariant,
};
use domain::{
    font::{self, Of},
    permission,
};
use entities::ids::{FileId, ProjectId, TeamId};
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-font-variants`.
pub struct GetFontVariants;

/// Whose fonts: of a team, or of the team of a project or a file. One of the three.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team.
    team_id: Option<Uuid>,
    /// A project of it.
    project_id: Option<Uuid>,
    /// A file of it.
    file_id: Option<Uuid>,
    /// A link that shares the file: with it, its fonts can be seen without a role.
    share_id: Option<Uuid>,
}

impl Method for GetFontVariants {
    const NAME: &'static str = "get-font-variants";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.18";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<FontVariant>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<FontVariant>> {
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let fonts = match (params.team_id, params.project_id, params.file_id) {
            (Some(team), ..) => {
                font::list(tx, Of::Team(&permission::team_viewer(tx, caller, TeamId(team)).await?)).await
            }
            (None, Some(project), _) => {
                let project = permission::project_viewer(tx, caller, ProjectId(project)).await?;
                font::list(tx, Of::Project(&project)).await
            }
            (None, None, Some(file)) => {
                let seen = permission::file_seen(tx, Some(caller), FileId(file), params.share_id).await?;
                font::list(tx, Of::File(&seen.file)).await
            }
            (None, None, None) => {
                let missing = Error::new(Fault::Validation, "params-validation");
                return Err(missing.hint("team-id, project-id or file-id: one of them is required"));
            }
        };
        Ok(fonts?.into_iter().map(FontVariant::from).collect())
    }
}
