//! Say something else in place of a comment.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Nothing,
        tx_mode::TxMode,
    },
    views::comment,
    wire::Set,
};
use domain::comment::{change, find, say::Said};
use entities::ids::CommentId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `update-comment`.
pub struct UpdateComment;

/// Which comment, and what it shall say.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    id: Uuid,
    /// What is said; people who are mentioned stand in it as `@[name](id)`.
    #[oai(validator(max_length = 750))]
    content: String,
    /// Who is mentioned; when left out, those who stand in the text.
    #[oai(validator(max_items = 100))]
    mentions: Option<Set<Uuid>>,
    /// A link that shares the file: with it, and where it lets everybody comment, no role is needed.
    share_id: Option<Uuid>,
}

impl Method for UpdateComment {
    const NAME: &'static str = "update-comment";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.15";
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Validation, "not-allowed")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (tx, id) = (ctx.tx()?, CommentId(params.id));
        let own = find::own_comment(tx, ctx.caller()?, id, params.share_id).await?;
        ctx.audit().in_log("content", comment::in_log(&params.content));
        ctx.audit().prop("file-id", Value::Uuid(own.thread().row().file_id.0));
        let said = Said { content: params.content, mentions: params.mentions.map(|mentions| mentions.0) };
        let follow_ups = change::reword(ctx.app(), tx, &own, said, ctx.now()).await?;
        ctx.follow_up(follow_ups).await?;
        Ok(Nothing)
    }
}
