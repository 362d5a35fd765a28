//! Tell anybody whether there is a file of a key.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Error, Fault, Result},
        method::{Access, Method},
        tx_mode::TxMode,
    },
    wire::Instant,
};
use domain::file;
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-file-info`.
pub struct GetFileInfo;

/// Which file.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
}

/// What everybody may know.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// Key.
    id: Uuid,
    /// Always null: what is deleted is not there.
    deleted_at: Option<Instant>,
}

impl Method for GetFileInfo {
    const NAME: &'static str = "get-file-info";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "2.2.0";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        match file::exists(ctx.tx()?, FileId(params.id)).await? {
            true => Ok(Output { id: params.id, deleted_at: None }),
            false => Err(Error::hidden()),
        }
    }
}
