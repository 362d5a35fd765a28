//! Multipart forms: text fields into the params, file parts onto disk.

use super::{malformed, push, too_large};
use crate::{
    rpc::{
        error::{Error, Result},
        limits::Limits,
    },
    wire::{
        UploadFile,
        attach::{self, Table},
    },
};
use document::value::Value;
use futures_util::StreamExt;
use poem::{
    Body, FromRequest, Request, RequestBody,
    web::{Field, Multipart},
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// More parts than any method has params.
const PARTS_MAX: usize = 100;
const BUFFER_BYTES: usize = 64 << 10;

/// The fields of a form. Without a table the method takes no file, and file parts are read over.
pub async fn read(
    request: &Request,
    body: Body,
    limits: &Limits,
    mut files: Option<&mut Table>,
) -> Result<Vec<(Value, Value)>> {
    let cap = Cap::default();
    let mut body = RequestBody::new(cap.body(body, limits.body_bytes));
    let mut parts = Multipart::from_request(request, &mut body).await.map_err(|e| cap.error(&e))?;
    let (mut entries, mut text_bytes, mut count) = (Vec::new(), 0, 0);
    while let Some(part) = parts.next_field().await.map_err(|e| cap.error(&e))? {
        count += 1;
        if count > PARTS_MAX {
            return Err(malformed("malformed-multipart", "too many parts"));
        }
        let Some(name) = part.name().map(str::to_owned) else { continue };
        if part.file_name().is_none() {
            let text = text(part, limits.tree.bytes_max - text_bytes, &cap).await?;
            text_bytes += text.len();
            push(&mut entries, &name, Value::Str(text));
        } else if let Some(table) = files.as_deref_mut() {
            let file = spool(part, &cap).await?;
            push(&mut entries, &name, attach::add_file(table, file));
        }
    }
    Ok(entries)
}

/// Ends a body that grows over its limit. The parser turns our error into one of its own, so this remembers why.
#[derive(Default)]
struct Cap {
    over: Arc<AtomicBool>,
}

impl Cap {
    fn body(&self, body: Body, bytes_max: u64) -> Body {
        let (mut bytes, over) = (0, Arc::clone(&self.over));
        Body::from_bytes_stream(body.into_bytes_stream().map(move |chunk| {
            let chunk = chunk?;
            bytes += chunk.len() as u64;
            if bytes > bytes_max {
                over.store(true, Ordering::Relaxed);
                return Err(std::io::Error::other("too large"));
            }
            Ok(chunk)
        }))
    }

    fn error(&self, why: &dyn std::fmt::Display) -> Error {
        if self.over.load(Ordering::Relaxed) { too_large() } else { malformed("malformed-multipart", why) }
    }
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
async fn spool(part: Field, cap: &Cap) -> Result<UploadFile> {
    let ours = |e: std::io::Error| Error::internal("io-exception", e);
    let filename = part.file_name().unwrap_or_default().to_owned();
    let mtype = part.content_type().map(str::to_owned);
    let file = tokio::task::spawn_blocking(tempfile::NamedTempFile::new)
        .await
        .map_err(|e| Error::internal("io-exception", e))?
        .map_err(ours)?;
    let mut out = tokio::fs::File::from_std(file.reopen().map_err(ours)?);
    let mut reader = Box::pin(part.into_async_read());
    let (mut buffer, mut size) = (vec![0; BUFFER_BYTES], 0);
    loop {
        let n = reader.read(&mut buffer).await.map_err(|e| cap.error(&e))?;
        if n == 0 {
            break;
        }
        size += n as u64;
        out.write_all(&buffer[..n]).await.map_err(ours)?;
    }
    out.flush().await.map_err(ours)?;
    Ok(UploadFile { filename, mtype, size, file })
}
