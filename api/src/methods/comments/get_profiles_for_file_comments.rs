//! List who has said something about a file, and the caller.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    tx_mode::TxMode,
};
use domain::{comment::list, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-profiles-for-file-comments`.
pub struct GetProfilesForFileComments;

/// Which file.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// A link that shares the file: with it, and where it lets everybody comment, no role is needed.
    share_id: Option<Uuid>,
}

/// Somebody who has said something.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// Key.
    id: Uuid,
    /// Address; to whoever reads by a link only a hint of it.
    email: String,
    /// Name.
    name: String,
    /// The same.
    fullname: String,
    /// Photo, as a storage object.
    photo_id: Option<Uuid>,
    /// The address was confirmed.
    is_active: bool,
}

impl Method for GetProfilesForFileComments {
    const NAME: &'static str = "get-profiles-for-file-comments";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.15";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Output>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<Output>> {
        let tx = ctx.tx()?;
        let file = FileId(params.file_id);
        let by = permission::comment_reader(tx, ctx.caller()?, file, params.share_id).await?;
        let shown = list::people(tx, &by).await?.into_iter().map(|person| Output {
            id: person.id.into(),
            email: person.email,
            name: person.fullname.clone(),
            fullname: person.fullname,
            photo_id: person.photo_id.map(Uuid::from),
            is_active: person.is_active,
        });
        Ok(shown.collect())
    }
}
