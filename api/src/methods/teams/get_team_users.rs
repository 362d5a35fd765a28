//! List everybody with a role in a team or inside it.

use crate::rpc::{
    ctx::Ctx,
    error::{Error, Fault, Result},
    method::Method,
    tx_mode::TxMode,
};
use domain::{permission, team::roster};
use entities::ids::{FileId, TeamId};
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-team-users`.
pub struct GetTeamUsers;

/// Which team: one of the two.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    team_id: Option<Uuid>,
    /// A file of it.
    file_id: Option<Uuid>,
}

/// Somebody with a role.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The person.
    id: Uuid,
    /// Name.
    fullname: String,
    /// Address.
    email: String,
    /// Photo, as a storage object.
    photo_id: Option<Uuid>,
}

impl Method for GetTeamUsers {
    const NAME: &'static str = "get-team-users";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Output>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<Output>> {
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let team = match (params.team_id, params.file_id) {
            (Some(id), _) => permission::team_viewer(tx, caller, TeamId(id)).await?,
            (None, Some(file)) => permission::team_viewer_by_file(tx, caller, FileId(file)).await?,
            (None, None) => {
                let missing = Error::new(Fault::Validation, "params-validation");
                return Err(missing.hint("team-id or file-id: one of them is required"));
            }
        };
        let found = roster::users(tx, &team).await?.into_iter();
        let shown = found.map(|user| Output {
            id: user.id.into(),
            fullname: user.fullname,
            email: user.email,
            photo_id: user.photo_id.map(Uuid::from),
        });
        Ok(shown.collect())
    }
}
