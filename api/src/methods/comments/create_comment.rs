//! Answer in a thread of comments.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::comment::{self, Comment},
    wire::Set,
};
use domain::comment::{
    find,
    say::{self, Answered, Said},
};
use entities::ids::CommentThreadId;
use platform::config::Rate;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `create-comment`.
pub struct CreateComment;

/// Where, and what.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The thread.
    thread_id: Uuid,
    /// What is said; people who are mentioned stand in it as `@[name](id)`.
    #[oai(validator(max_length = 750))]
    content: String,
    /// Who is mentioned; when left out, those who stand in the text.
    #[oai(validator(max_items = 100))]
    mentions: Option<Set<Uuid>>,
    /// A link that shares the file: with it, and where it lets everybody comment, no role is needed.
    share_id: Option<Uuid>,
}

impl Method for CreateComment {
    const NAME: &'static str = "create-comment";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.15";
    const WEBHOOK: bool = true;
    const RATES: &'static [Rate] = &[Rate::per_minute(120), Rate::per_hour(2_000)];
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Restriction, "max-quote-reached")];
    type Params = Params;
    type Output = Comment;

    async fn call(ctx: &Ctx, params: Params) -> Result<Comment> {
        let (tx, id) = (ctx.tx()?, CommentThreadId(params.thread_id));
        let held = find::held(tx, ctx.caller()?, id, params.share_id).await?;
        ctx.audit().in_log("content", comment::in_log(&params.content));
        let said = Said { content: params.content, mentions: params.mentions.map(|mentions| mentions.0) };
        let Answered { comment, follow_ups } = say::answer(ctx.app(), tx, &held, said, ctx.now()).await?;
        ctx.follow_up(follow_ups).await?;
        for (name, id) in [
            ("id", comment.id.0),
            ("file-id", held.row().file_id.0),
            ("project-id", held.by().file().project_id.0),
            ("team-id", held.by().team().0),
        ] {
            ctx.audit().prop(name, Value::Uuid(id));
        }
        Ok(Comment::written(comment, held.by().file(), ctx.person()?))
    }
}
