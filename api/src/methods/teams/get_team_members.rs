//! List the members of a team.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    wire::Instant,
};
use domain::{
    permission,
    team::roster::{self, Member},
};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-team-members`.
pub struct GetTeamMembers;

/// Which team.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    team_id: Uuid,
}

/// Somebody in the team.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The person; the same as `profileId`.
    id: Uuid,
    /// The person.
    profile_id: Uuid,
    /// The team.
    team_id: Uuid,
    /// Address.
    email: String,
    /// Name; the same as `fullname`.
    name: String,
    /// Name.
    fullname: String,
    /// Photo, as a storage object.
    photo_id: Option<Uuid>,
    /// Whether the address was confirmed.
    is_active: bool,
    /// Whether the team is theirs.
    is_owner: bool,
    /// Whether they manage members.
    is_admin: bool,
    /// Whether they may change things.
    can_edit: bool,
    /// When they joined.
    created_at: Instant,
    /// When their role last changed.
    modified_at: Instant,
}

impl Method for GetTeamMembers {
    const NAME: &'static str = "get-team-members";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Output>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<Output>> {
        let tx = ctx.tx()?;
        let team = permission::team_viewer(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        Ok(roster::members(tx, &team).await?.into_iter().map(Output::from).collect())
    }
}

impl From<Member> for Output {
    fn from(row: Member) -> Self {
        Output {
            id: row.profile_id.into(),
            profile_id: row.profile_id.into(),
            team_id: row.team_id.into(),
            email: row.email,
            name: row.fullname.clone(),
            fullname: row.fullname,
            photo_id: row.photo_id.map(Uuid::from),
            is_active: row.is_active,
            is_owner: row.is_owner,
            is_admin: row.is_admin,
            can_edit: row.can_edit,
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
        }
    }
}
