//! Read a team, by its own key or by a file of it.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Error, Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::team::Team,
};
use domain::{permission, team};
use entities::ids::{FileId, TeamId};
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-team`.
pub struct GetTeam;

/// Which team: one of the two.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    id: Option<Uuid>,
    /// A file of it.
    file_id: Option<Uuid>,
}

impl Method for GetTeam {
    const NAME: &'static str = "get-team";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "team-does-not-exist")];
    type Params = Params;
    type Output = Team;

    async fn call(ctx: &Ctx, params: Params) -> Result<Team> {
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let found = match (params.id, params.file_id) {
            (Some(id), _) => permission::team_viewer(tx, caller, TeamId(id)).await,
            (None, Some(file)) => permission::team_viewer_by_file(tx, caller, FileId(file)).await,
            (None, None) => {
                let missing = Error::new(Fault::Validation, "params-validation");
                return Err(missing.hint("id or file-id: one of them is required"));
            }
        };
        let held = found.map_err(|error| match error {
            domain::Error::NotFound => Error::new(Fault::NotFound, "team-does-not-exist"),
            other => other.into(),
        })?;
        Ok(team::membership(tx, held).await?.into())
    }
}
