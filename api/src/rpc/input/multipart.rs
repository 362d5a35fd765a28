//! Multipart forms: text fields into the params, file parts onto disk.

use super::{malformed, push, too_large};
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
use document::value::Value;
use futures_util::StreamExt;
use platform::app::App;
use poem::{
    Body, FromRequest, Request, RequestBody,
    web::{Field, Multipart},
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

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

/// Ends a body that grows over its limit, or a part's head that does. The parser turns our error into one of its own, so
/// this remembers why.
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
        Body::from_bytes_stream(body.into_bytes_stream().map(move |chunk| {
            let chunk = chunk?;
            bytes += chunk.len() as u64;
            if bytes > bytes_max {
                counts.over.store(true, Relaxed);
                return Err(std::io::Error::other("too large"));
            }
            if counts.in_head.load(Relaxed)
                && counts.head.fetch_add(chunk.len() as u64, Relaxed) + chunk.len() as u64 > HEAD_BYTES_MAX
            {
                return Err(std::io::Error::other("no part begins where one should"));
            }
            Ok(chunk)
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
