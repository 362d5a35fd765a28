//! Give a team another photo.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{self, ConcurrencyLimit},
        tx_mode::TxMode,
    },
    views::team::Team,
    wire::Upload,
};
use domain::{media::photo, permission, profile};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `update-team-photo`.
pub struct UpdateTeamPhoto;

/// The photo, as a multipart form.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team, which the caller must manage.
    team_id: Uuid,
    /// JPEG, PNG or WebP; its middle is kept, 256 × 256.
    file: Upload,
}

impl Method for UpdateTeamPhoto {
    const NAME: &'static str = "update-team-photo";
    /// Reading and storing the picture takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.17";
    const PERMITS: &'static [ConcurrencyLimit] = permits::PICTURES;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "media-type-not-allowed"),
        (Fault::Restriction, "media-max-file-size-reached"),
        (Fault::Validation, "invalid-image"),
        (Fault::Validation, "media-type-mismatch"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = Team;

    async fn call(ctx: &Ctx, params: Params) -> Result<Team> {
        let (app, caller) = (ctx.app(), ctx.caller()?);
        let team = permission::team_admin(&app.db, caller, TeamId(params.team_id)).await?;
        let row = photo::update_team_photo(app, &team, params.file.picture(), ctx.now()).await?;
        let own = profile::get(&app.db, caller, ctx.now()).await?.default_team_id;
        let is_default = own == Some(row.id);
        Ok(Team::new(row, is_default, team.permissions()))
    }
}
