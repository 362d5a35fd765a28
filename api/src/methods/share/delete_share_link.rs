//! End a link that opens pages of a file.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::{permission, share_link};
use entities::ids::ShareLinkId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `delete-share-link`.
pub struct DeleteShareLink;

/// Which link.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
}

impl Method for DeleteShareLink {
    const NAME: &'static str = "delete-share-link";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.18";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (tx, id) = (ctx.tx()?, ShareLinkId(params.id));
        let file = permission::share_link_editor(tx, ctx.caller()?, id).await?;
        ctx.audit().prop("file-id", Value::Uuid(file.id.0));
        share_link::delete(tx, &file, id).await?;
        Ok(Nothing)
    }
}
