//! Multipart forms: text fields into the params, file parts onto disk.

use super::entries::{malformed, push, too_large};
use crate::{
    State,
    rpc::{
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
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};
use std::task::Poll;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use transit::value::Value;

/// More parts than any method has params.
const PARTS_MAX: usize = 100;
const BUFFER_BYTES: usize = 64 << 10;

/// What may stand before a part's content: the parser keeps it all in memory and looks through it again and again.
const HEAD_BYTES_MAX: u64 = 256 << 10;

/// The fields of a form. Without a table the method takes no file, and file parts are read over.
pub async fn read(
    request: &Request,
    body: Body,
    limits: &Limits,
    mut files: Option<(&State, &mut Table)>,
) -> Result<Vec<(Value, Value)>> {
    let cap = Cap::default();
    let mut body = RequestBody::new(cap.body(body, limits.body_bytes));
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
        match (name, part.file_name().is_some(), &mut files) {
            (Some(name), false, _) => {
                let text = text(part, limits.tree.bytes_max - text_bytes, &cap).await?;
                text_bytes += text.len();
                push(&mut entries, &name, Value::Str(text));
            }
            (Some(name), true, Some((state, table))) => {
                let file = spool(&state.app, part, limits.file_bytes, &cap).await?;
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
    in_head: AtomicBool,
    head: AtomicU64,
}

impl Cap {
    fn body(&self, body: Body, bytes_max: u64) -> Body {
        let (mut bytes, counts) = (0, Arc::clone(&self.0));
        counts.in_head.store(true, Relaxed);
        Body::from_bytes_stream(piecemeal(body).map(move |piece| {
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
        if self.0.over.load(Relaxed) { too_large() } else { malformed("malformed-multipart", why) }
    }
}

/// The body in small pieces with a pause after each. The parser goes on taking as long as something is there, and only
/// then looks at what it has: without the pauses it would hold all that a fast sender sends, and take it for a head.
fn piecemeal(body: Body) -> impl Stream<Item = std::io::Result<Bytes>> {
    let (mut chunks, mut rest, mut paused) = (body.into_bytes_stream(), Bytes::new(), true);
    stream::poll_fn(move |cx| {
        if !std::mem::replace(&mut paused, true) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if rest.is_empty() {
            match ready!(chunks.poll_next_unpin(cx)) {
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

async fn text(part: Field, bytes_max: usize, cap: &Cap) -> Result<String> {
    let mut reader = Box::pin(part.into_async_read()).take(bytes_max as u64 + 1);
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).await.map_err(|e| cap.error(&e))?;
    if bytes.len() > bytes_max {
        return Err(too_large());
    }
    String::from_utf8(bytes).map_err(|e| malformed("malformed-multipart", e))
}

/// Copies a file part into a temporary file, which is gone when nobody holds it any more.
async fn spool(app: &App, part: Field, bytes_max: u64, cap: &Cap) -> Result<UploadFile> {
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
        out.write_all(&buffer[..n]).await.map_err(ours)?;
    }
    out.flush().await.map_err(ours)?;
    Ok(UploadFile { filename, mtype, size, file })
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
            let body = cap.body(Body::from_bytes_stream(stream::iter(pieces)), u64::MAX);
            let request = Request::builder().content_type("multipart/form-data; boundary=cut").finish();
            let mut parts =
                Multipart::from_request(&request, &mut RequestBody::new(body)).await.expect("a form");
            cap.begin_head();
            let part = parts.next_field().await.expect("a head").expect("a part");
            cap.end_head();
            assert_eq!(part.bytes().await.expect("its content"), content);
        }
    }
}
