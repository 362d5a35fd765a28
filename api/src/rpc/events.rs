//! Server-sent events: the work of a call, told while it is done.

use super::{
    error::{Error, Fault, Result},
    reply::{Typed, Work},
    report::report,
    stream::{Cut, Outlet},
};
use crate::wire::{
    attach,
    emit::Emit,
    shape::{Id, ShapeKind, Shapes},
};
use bytes::Bytes;
use futures_util::FutureExt;
use std::{panic::AssertUnwindSafe, time::Duration};
use tokio::{sync::mpsc, time::sleep};
use tokio_util::sync::CancellationToken;

/// Steps that were told and not yet sent.
const STEPS_WAITING_MAX: usize = 32;
/// Front servers close a connection on which nothing comes for a while.
const KEEP_ALIVE: Duration = Duration::from_secs(25);
/// Work takes no longer. Less than its body has, which ends with an event that says so.
pub const WORK_TIME_MAX: Duration = Duration::from_secs(29 * 60);
/// When the process leaves, work has so long to end. Less than its connections have.
const LEAVING_MAX: Duration = Duration::from_secs(15);

/// How the data of events is written.
pub(super) struct Schema {
    shapes: &'static Shapes,
    progress: Id,
    end: Id,
}

impl Schema {
    /// From the shape of a method's reply.
    ///
    /// # Panics
    /// When it is not that of events: a mistake in the source, found by the first call.
    pub(super) fn of(shapes: &'static Shapes, reply: Id) -> Schema {
        let property = |name| match &shapes.at(reply).kind {
            ShapeKind::Object(props) => props.iter().find(|prop| prop.json == name).map(|prop| prop.shape),
            _ => None,
        };
        let [progress, end] = ["progress", "end"].map(|name| property(name).expect("the schema of events"));
        Schema { shapes, progress, end }
    }

    /// An event with a value as its data: one line, because transit escapes what would be another.
    /// A document cannot be in it.
    fn event(&self, name: &str, shape: Id, value: &dyn Typed) -> Result<Bytes> {
        let (json, table) = attach::scope(attach::Table::new(), || value.json());
        let data = Emit::new(self.shapes, &table).document(shape, &json, true).whole();
        let data = data.ok_or_else(|| Error::internal("unexpected", "an event with a document in it"))?;
        Ok(frame(name, &data))
    }
}

fn frame(name: &str, data: &[u8]) -> Bytes {
    [b"event: ", name.as_bytes(), b"\ndata: ", data, b"\n\n"].concat().into()
}

/// Does the work, and tells of it: `progress`, then `end` or `error`.
pub(super) async fn send(
    method: &'static str,
    work: Work,
    schema: Schema,
    leaving: CancellationToken,
    outlet: Outlet,
) -> Result<(), Cut> {
    let progress = |step: Box<dyn Typed>| schema.event("progress", schema.progress, &*step);
    let (steps_in, mut steps) = mpsc::channel(STEPS_WAITING_MAX);
    let mut work = AssertUnwindSafe(async { work(steps_in).await }).catch_unwind().boxed();
    let mut late = Box::pin(too_late(leaving));
    let done = loop {
        tokio::select! {
            biased;
            Some(step) = steps.recv() => outlet.send(progress(step)?).await?,
            done = &mut work => break done.unwrap_or_else(|_| Err(Error::internal("unexpected", "panic"))),
            error = &mut late => break Err(error),
            () = sleep(KEEP_ALIVE) => outlet.send(Bytes::from_static(b":\n\n")).await?,
        }
    };
    drop(work);
    while let Ok(step) = steps.try_recv() {
        outlet.send(progress(step)?).await?;
    }
    let last = done.and_then(|value| schema.event("end", schema.end, &*value));
    let last = last.unwrap_or_else(|error| {
        let error = error.or_unavailable();
        report(method, &error);
        frame("error", &transit::write_verbose(&error.to_value()))
    });
    outlet.send(last).await
}

/// The error when the work takes longer than it may, or than the process stays.
async fn too_late(leaving: CancellationToken) -> Error {
    let left = async {
        leaving.cancelled().await;
        sleep(LEAVING_MAX).await;
    };
    tokio::select! {
        () = sleep(WORK_TIME_MAX) => {
            let hint = format!("not done within {} s", WORK_TIME_MAX.as_secs());
            Error::new(Fault::TimedOut, "request-timeout").hint(hint)
        }
        () = left => Error::new(Fault::Unavailable, "outcome-unknown")
            .hint("The server is stopping: it may have been done. Look before you try again."),
    }
}
