//! `set-comment-thread-position`: where a thread of comments is pinned, or that it is pinned nowhere.

use super::entries;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::schema::page::POSITION;
use crate::stop::{Step, Wanted};
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct SetCommentThreadPosition {
    page: Uuid,
    thread: Uuid,
    position: Option<Value>,
}

impl SetCommentThreadPosition {
    pub(crate) fn decode(mut params: Params) -> Result<SetCommentThreadPosition, Fault> {
        let frame = params.optional_id("frame-id")?;
        let position = params.optional("position", &POSITION)?;
        let position = frame
            .zip(position)
            .map(|(frame, position)| Value::map([("frame-id", Value::Uuid(frame)), ("position", position)]));
        let (page, thread) = (params.id("page-id")?, params.id("comment-thread-id")?);
        Ok(SetCommentThreadPosition { page, thread, position })
    }
}

impl Effect for SetCommentThreadPosition {
    fn wanted(&self) -> Vec<Wanted> {
        entries::wanted(self.page)
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let key = Value::Uuid(self.thread);
        entries::set(work, self.page, "comment-thread-positions", &key, self.position.clone(), true)
    }
}
