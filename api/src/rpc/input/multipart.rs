//! Multipart forms: text fields into the params, file parts onto disk.

use super::{
    entries::{malformed, push, too_large},
    sender::Sender,
};
use crate::{
    rpc::{
        budget::Portion,
        error::{Error, Fault, Result},
        limits::Limits,
    },
    wire::{
        UploadFile,
        attach::{self, Table},
    },
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, ready, stream};
use platform::app::App;
use poem::{
    Body, FromRequest, Request, RequestBody,
    web::{Field, Multipart},
};
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::Poll,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Sleep, sleep},
};
use transit::value::{Value, kebab};

/// More parts than any method has params.
const PARTS_MAX: usize = 100;
const BUFFER_BYTES: usize = 64 << 10;

/// What may stand before a part's content: the parser keeps it all in memory and looks through it again and again.
const HEAD_BYTES_MAX: u64 = 256 << 10;

/// The fields of a form. File parts that the method does not ask for are read over, and kept nowhere.
pub async fn read(
    sender: Sender<'_>,
    request: &Request,
    body: Body,
    limits: &Limits,
    (table, room): (&mut Table, &mut Portion),
) -> Result<Vec<(Value, Value)>> {
    let cap = Cap::default();
    let mut body = RequestBody::new(cap.body(body, limits.body_bytes, limits.piece_wait));
    let mut parts = Multipart::from_request(request, &mut body).await.map_err(|e| cap.error(&e))?;
    let (mut entries, mut text_bytes, mut count) = (Vec::new(), 0, 0);
    loop {
        cap.begin_head();
        let Some(part) = parts.next_field().await.map_err(|e| cap.error(&e))? else { return Ok(entries) };
        cap.end_head();
        count += 1;
        if count > PARTS_MAX {
            return Err(malformed("malformed-multipart", "too many parts"));
        }
        let name = part.name().map(str::to_owned);
        match (name, part.file_name().is_some()) {
            (Some(name), false) => {
                let text = text(part, limits.tree.bytes_max - text_bytes, &cap, room).await?;
                text_bytes += text.len();
                push(&mut entries, &name, Value::Str(text));
            }
            (Some(name), true) if sender.file_fields.contains(&kebab(&name)) => {
                let key = Value::keyword(&kebab(&name));
                if entries.iter().any(|(known, _)| *known == key) {
                    return Err(malformed("malformed-multipart", format!("{name} comes twice")));
                }
                let room = sender.state.uploads.portion(sender.profile);
                let file = spool(&sender.state.app, part, limits.file_bytes, &cap, room).await?;
                push(&mut entries, &name, attach::add_file(table, file));
            }
            _ => skip(part, &cap).await?,
        }
    }
}

/// Ends a body that grows over its limit, or a part's head that does. The parser turns our error into one of its own,
/// so this remembers why.
#[derive(Default)]
struct Cap(Arc<Counts>);

#[derive(Default)]
struct Counts {
    over: AtomicBool,
    late: AtomicBool,
    in_head: AtomicBool,
    head: AtomicU64,
}

impl Cap {
    fn body(&self, body: Body, bytes_max: u64, piece_wait: Duration) -> Body {
        let (mut bytes, counts) = (0, Arc::clone(&self.0));
        counts.in_head.store(true, Relaxed);
        let pieces = piecemeal(body, piece_wait, Arc::clone(&self.0));
        Body::from_bytes_stream(pieces.map(move |piece| {
            let piece = piece?;
            bytes += piece.len() as u64;
            if bytes > bytes_max {
                counts.over.store(true, Relaxed);
                return Err(std::io::Error::other("too large"));
            }
            if counts.in_head.load(Relaxed)
                && counts.head.fetch_add(piece.len() as u64, Relaxed) + piece.len() as u64 > HEAD_BYTES_MAX
            {
                return Err(std::io::Error::other("no part begins where one should"));
            }
            Ok(piece)
        }))
    }

    fn begin_head(&self) {
        self.0.head.store(0, Relaxed);
        self.0.in_head.store(true, Relaxed);
    }

    fn end_head(&self) {
        self.0.in_head.store(false, Relaxed);
    }

    fn error(&self, why: &dyn std::fmt::Display) -> Error {
        if self.0.late.load(Relaxed) {
            return Error::new(Fault::TimedOut, "request-timeout").hint("the body did not come in time");
        }
        if self.0.over.load(Relaxed) { too_large() } else { malformed("malformed-multipart", why) }
    }
}

/// The body in small pieces with a pause after each. The parser goes on taking as long as something is there, and only
/// then looks at what it has: without the pauses it would hold all that a fast sender sends, and take it for a head. It
/// ends when nothing comes for too long.
fn piecemeal(
    body: Body,
    piece_wait: Duration,
    counts: Arc<Counts>,
) -> impl Stream<Item = std::io::Result<Bytes>> {
    let (mut chunks, mut rest, mut paused) = (body.into_bytes_stream(), Bytes::new(), true);
    let mut waits: Option<Pin<Box<Sleep>>> = None;
    stream::poll_fn(move |cx| {
        if !std::mem::replace(&mut paused, true) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if rest.is_empty() {
            let Poll::Ready(chunk) = chunks.poll_next_unpin(cx) else {
                ready!(waits.get_or_insert_with(|| Box::pin(sleep(piece_wait))).as_mut().poll(cx));
                counts.late.store(true, Relaxed);
                return Poll::Ready(Some(Err(std::io::ErrorKind::TimedOut.into())));
            };
            waits = None;
            match chunk {
                Some(Ok(chunk)) => rest = chunk,
                ended => return Poll::Ready(ended.map(|failed| failed.map_err(std::io::Error::other))),
            }
        }
        paused = false;
        Poll::Ready(Some(Ok(rest.split_to(rest.len().min(BUFFER_BYTES)))))
    })
}

/// Reads over a part that nobody wants.
async fn skip(part: Field, cap: &Cap) -> Result<()> {
    let mut reader = Box::pin(part.into_async_read());
    tokio::io::copy(&mut reader, &mut tokio::io::sink()).await.map_err(|e| cap.error(&e))?;
    Ok(())
}

async fn text(part: Field, bytes_max: usize, cap: &Cap, room: &mut Portion) -> Result<String> {
    let mut reader = Box::pin(part.into_async_read());
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        if (&mut reader).take(BUFFER_BYTES as u64).read_to_end(&mut bytes).await.map_err(|e| cap.error(&e))?
            == 0
        {
            break;
        }
        if bytes.len() > bytes_max {
            return Err(too_large());
        }
        room.grow(bytes.len() - before).await?;
    }
    String::from_utf8(bytes).map_err(|e| malformed("malformed-multipart", e))
}

/// Copies a file part into a temporary file, which is gone when nobody holds it any more.
async fn spool(app: &App, part: Field, bytes_max: u64, cap: &Cap, mut room: Portion) -> Result<UploadFile> {
    let ours = |e: std::io::Error| Error::internal("io-exception", e);
    let filename = part.file_name().unwrap_or_default().to_owned();
    let mtype = part.content_type().map(str::to_owned);
    let file = app.uploads.file().await.map_err(ours)?;
    let mut out = tokio::fs::File::from_std(file.reopen().map_err(ours)?);
    let mut reader = Box::pin(part.into_async_read());
    let (mut buffer, mut size) = (vec![0; BUFFER_BYTES], 0);
    loop {
        let n = reader.read(&mut buffer).await.map_err(|e| cap.error(&e))?;
        if n == 0 {
            break;
        }
        size += n as u64;
        if size > bytes_max {
            let hint = format!("a file has at most {bytes_max} bytes");
            return Err(Error::new(Fault::Restriction, "media-max-file-size-reached").hint(hint));
        }
        room.grow(n).await?;
        out.write_all(&buffer[..n]).await.map_err(ours)?;
    }
    out.flush().await.map_err(ours)?;
    Ok(UploadFile { filename, mtype, size, file, room: Some(Arc::new(room)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A front server sends what it gathered in one go; megabytes are then there before the parser has a look at them.
    #[tokio::test]
    async fn a_part_that_is_there_at_once_is_not_taken_for_a_head() {
        let head = "--cut\r\ncontent-disposition: form-data; name=\"content\"; filename=\"a\"\r\n\r\n";
        let content = vec![7; 4 << 20];
        let whole = Bytes::from([head.as_bytes(), &content, b"\r\n--cut--\r\n"].concat());
        for chunk in [whole.len(), 16 << 10] {
            let pieces: Vec<std::io::Result<Bytes>> = (0..whole.len())
                .step_by(chunk)
                .map(|at| Ok(whole.slice(at..whole.len().min(at + chunk))))
                .collect();
            let cap = Cap::default();
            let body = cap.body(Body::from_bytes_stream(stream::iter(pieces)), u64::MAX, Duration::MAX);
            let request = Request::builder().content_type("multipart/form-data; boundary=cut").finish();
            let mut parts =
                Multipart::from_request(&request, &mut RequestBody::new(body)).await.expect("a form");
            cap.begin_head();
            let part = parts.next_field().await.expect("a head").expect("a part");
            cap.end_head();
            assert_eq!(part.bytes().await.expect("its content"), content);
        }
    }
    #[tokio::test]
    async fn a_form_of_which_nothing_more_comes_is_not_waited_for() {
        let cap = Cap::default();
        let begun = stream::iter([Ok(Bytes::from_static(b"--cut\r\n"))]).chain(stream::pending());
        let body = cap.body(
            Body::from_bytes_stream::<_, _, std::io::Error>(begun),
            u64::MAX,
            Duration::from_millis(1),
        );
        let refused = body.into_bytes().await.map_err(|error| cap.error(&error).code());
        assert_eq!(refused.err(), Some("request-timeout"));
    }
}
