//! Get a part of a document that lies elsewhere. No document here has any.

use crate::rpc::{
    ctx::Ctx,
    error::{Error, Fault, Result},
    method::{Access, Method},
    reply::Nothing,
    tx_mode::TxMode,
};
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-file-fragment`.
pub struct GetFileFragment;

/// Which part of which file.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// The part.
    fragment_id: Uuid,
    /// A link that shares the file.
    share_id: Option<Uuid>,
}

impl Method for GetFileFragment {
    const NAME: &'static str = "get-file-fragment";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(_: &Ctx, params: Params) -> Result<Nothing> {
        let Params { file_id: _, fragment_id: _, share_id: _ } = params;
        Err(Error::hidden())
    }
}
