//! Writing: one pass that stores, counts and hashes; what fails midway is taken back.

use std::path::{Path, PathBuf};
use std::pin::Pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use opendal::options::WriteOptions;
use opendal::{Operator, Writer};
use sha2::{Digest as _, Sha256};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::error::BlobError;
use super::settings::Backend;

const MIB: usize = 1024 * 1024;
/// How much of a source file is read at a time.
const FILE_PIECE_BYTES: usize = 256 * 1024;

/// The bytes to store.
pub enum BlobSource {
    /// Bytes in memory.
    Bytes(Bytes),
    /// A local file, streamed.
    File(PathBuf),
    /// Anything that comes in pieces.
    Stream(Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>),
}

impl std::fmt::Debug for BlobSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BlobSource::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            BlobSource::File(path) => write!(f, "File({})", path.display()),
            BlobSource::Stream(_) => f.write_str("Stream"),
        }
    }
}

impl From<Vec<u8>> for BlobSource {
    fn from(bytes: Vec<u8>) -> BlobSource {
        BlobSource::Bytes(bytes.into())
    }
}

impl From<Bytes> for BlobSource {
    fn from(bytes: Bytes) -> BlobSource {
        BlobSource::Bytes(bytes)
    }
}

/// What was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    pub sha256: String,
}

/// Takes an unfinished write back when the caller gives up, even by dropping the future.
struct Unfinished(Option<Writer>);

impl Unfinished {
    async fn write(&mut self, piece: Bytes) -> Result<(), BlobError> {
        match &mut self.0 {
            Some(writer) => Ok(writer.write(piece).await?),
            None => Ok(()),
        }
    }

    async fn finish(mut self) -> Result<(), BlobError> {
        if let Some(writer) = &mut self.0 {
            writer.close().await?;
        }
        self.0 = None;
        Ok(())
    }

    async fn abort(mut self) {
        if let Some(mut writer) = self.0.take() {
            report(writer.abort().await);
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let (Some(mut writer), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { report(writer.abort().await) });
        }
    }
}

/// Whatever could not be taken back was never visible; the sweeps of each backend remove it later.
fn report(aborted: opendal::Result<()>) {
    if let Err(error) = aborted {
        tracing::debug!(%error, "an unfinished object could not be taken back");
    }
}

pub(super) async fn write(
    operator: &Operator,
    path: &str,
    source: BlobSource,
    bytes_max: u64,
    backend: Backend,
) -> Result<Stored, BlobError> {
    let mut pieces = open(source).await?;
    let options = WriteOptions { chunk: chunk_bytes(backend), ..WriteOptions::default() };
    let mut writer = Unfinished(Some(operator.writer_options(path, options).await?));
    let (mut size, mut hash) = (0_u64, Sha256::new());
    let outcome = loop {
        let piece = match pieces.next().await {
            None => break Ok(()),
            Some(Err(error)) => break Err(BlobError::Source(error)),
            Some(Ok(piece)) if piece.is_empty() => continue,
            Some(Ok(piece)) => piece,
        };
        size = size.saturating_add(piece.len() as u64);
        if size > bytes_max {
            break Err(BlobError::TooLarge { bytes_max });
        }
        hash.update(&piece);
        if let Err(error) = writer.write(piece).await {
            break Err(error);
        }
    };
    match outcome {
        Ok(()) => writer.finish().await?,
        Err(error) => {
            writer.abort().await;
            return Err(error);
        }
    }
    Ok(Stored { size, sha256: hex::encode(hash.finalize()) })
}

/// Parts of a multipart upload; the others take pieces as they come, gathered a little.
fn chunk_bytes(backend: Backend) -> Option<usize> {
    match backend {
        Backend::S3 => Some(8 * MIB),
        Backend::Fs => Some(MIB / 2),
        Backend::Db | Backend::Memory => None,
    }
}

type Pieces = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

async fn open(source: BlobSource) -> Result<Pieces, BlobError> {
    Ok(match source {
        BlobSource::Bytes(bytes) => Box::pin(futures_util::stream::iter([Ok(bytes)])),
        BlobSource::File(path) => {
            let file = tokio::fs::File::open(path).await.map_err(BlobError::Source)?;
            Box::pin(ReaderStream::with_capacity(file, FILE_PIECE_BYTES))
        }
        BlobSource::Stream(pieces) => pieces,
    })
}

/// The folder of an object when it is not there yet.
pub(super) async fn missing_folder(root: &Path, id: Uuid) -> Option<PathBuf> {
    let folder = folder(root, id);
    let there = tokio::fs::try_exists(&folder).await.unwrap_or(false);
    if there { None } else { Some(folder) }
}

/// Makes the new name durable: the folder always, its parents when they were made for it.
pub(super) async fn sync_folders(root: &Path, id: Uuid, new: Option<PathBuf>) -> Result<(), BlobError> {
    let folder = folder(root, id);
    let mut folders = vec![folder.clone()];
    if new.is_some() {
        folders.extend(folder.parent().map(Path::to_path_buf));
        folders.push(root.to_path_buf());
    }
    let sync = move || folders.iter().try_for_each(|folder| std::fs::File::open(folder)?.sync_all());
    let synced = tokio::task::spawn_blocking(sync).await;
    synced.map_err(|error| BlobError::Io(Box::new(error)))?.map_err(BlobError::io)
}

fn folder(root: &Path, id: Uuid) -> PathBuf {
    let path = root.join(super::key::of(id));
    path.parent().map_or_else(|| root.to_path_buf(), Path::to_path_buf)
}
