//! Make a link that opens pages of a file to whoever knows it.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::share_link::{Audience, ShareLink},
    wire::Set,
};
use domain::{
    permission,
    share_link::{self, NewLink},
};
use entities::ids::FileId;
use platform::config::Rate;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `create-share-link`.
pub struct CreateShareLink;

/// What it opens, and to whom.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// Its pages that the link opens. One that is not there yet is opened once it is.
    #[oai(validator(max_items = 1000))]
    pages: Set<Uuid>,
    /// Who may say something on them.
    who_comment: Audience,
    /// Who may look at how they are made.
    who_inspect: Audience,
}

impl Method for CreateShareLink {
    const NAME: &'static str = "create-share-link";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.18";
    const RATES: &'static [Rate] = &[Rate::per_minute(60)];
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Restriction, "share-link-limit-reached")];
    type Params = Params;
    type Output = ShareLink;

    async fn call(ctx: &Ctx, params: Params) -> Result<ShareLink> {
        let tx = ctx.tx()?;
        let file = permission::file_editor(tx, ctx.caller()?, FileId(params.file_id)).await?;
        let new = NewLink {
            pages: params.pages.0,
            who_comment: params.who_comment.into(),
            who_inspect: params.who_inspect.into(),
        };
        // Not its key, with which whoever reads the log could look at the file.
        ctx.audit().prop("project-id", Value::Uuid(file.project_id.0));
        Ok(share_link::create(tx, &file, new, ctx.now()).await?.into())
    }
}
