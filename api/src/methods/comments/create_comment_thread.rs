//! Begin a thread of comments at a place of a page.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::comment::{self, BegunThread},
    wire::{Point, Set},
};
use domain::{
    comment::say::{self, NewThread, Said},
    permission,
};
use entities::ids::FileId;
use platform::config::Rate;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `create-comment-thread`.
pub struct CreateCommentThread;

/// Where, and with what.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// The page; it need not be stored yet.
    page_id: Uuid,
    /// The board that the thread moves with; zeros for the page.
    frame_id: Uuid,
    /// Where on the page.
    position: Point,
    /// What is said; people who are mentioned stand in it as `@[name](id)`.
    #[oai(validator(max_length = 750))]
    content: String,
    /// Who is mentioned; when left out, those who stand in the text.
    #[oai(validator(max_items = 100))]
    mentions: Option<Set<Uuid>>,
    /// A link that shares the file: with it, and where it lets everybody comment, no role is needed.
    share_id: Option<Uuid>,
}

impl Method for CreateCommentThread {
    const NAME: &'static str = "create-comment-thread";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.15";
    const WEBHOOK: bool = true;
    const RATES: &'static [Rate] = &[Rate::per_minute(120), Rate::per_hour(2_000)];
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Restriction, "max-quote-reached")];
    type Params = Params;
    type Output = BegunThread;

    async fn call(ctx: &Ctx, params: Params) -> Result<BegunThread> {
        let (tx, file) = (ctx.tx()?, FileId(params.file_id));
        let by = permission::commenter(tx, ctx.caller()?, file, params.share_id).await?;
        let mentions = params.mentions.map(|mentions| mentions.0);
        ctx.audit().in_log("content", comment::in_log(&params.content));
        let new = NewThread {
            page: params.page_id,
            frame: params.frame_id,
            position: (params.position.x, params.position.y),
            said: Said { content: params.content, mentions },
        };
        let mut begun = say::begin(ctx.app(), tx, &by, new, ctx.now()).await?;
        ctx.follow_up(std::mem::take(&mut begun.follow_ups)).await?;
        for (name, id) in [
            ("id", begun.thread.id.0),
            ("comment-id", begun.comment.id.0),
            ("project-id", by.file().project_id.0),
            ("team-id", by.team().0),
        ] {
            ctx.audit().prop(name, Value::Uuid(id));
        }
        Ok(BegunThread::new(begun, ctx.person()?))
    }
}
