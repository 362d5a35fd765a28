//! Blobs: bytes kept under a uuid in a directory, an S3 bucket or a database table.
//!
//! Which backend holds an object is said by its row, so every call names the backend and several serve at
//! the same time. Objects are written once and never changed: a path or a link stays good until deletion.

mod error;
mod key;
mod list;
mod operator;
mod put;
mod read;
mod settings;
mod table;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use opendal::options::ReadOptions;
use opendal::{ErrorKind, Operator};
use sqlx::PgPool;
use tracing::Instrument as _;
use url::Url;
use uuid::Uuid;

pub use error::BlobError;
pub use list::Listed;
pub use put::{BlobSource, Stored};
pub use read::BlobStream;
pub use settings::{Backend, DbSettings, FsSettings, S3Settings, StorageSettings};

/// The file that says whose blobs a directory holds.
const MARK: &str = ".installation";

/// The longest life of a presigned link: what the signature scheme allows.
pub const PRESIGN_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

/// All configured backends. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    inner: Arc<Inner>,
}

struct Inner {
    default: Backend,
    operators: BTreeMap<Backend, Operator>,
    fs_root: Option<PathBuf>,
    /// Signs links with the endpoint browsers see.
    s3_public: Option<Operator>,
    db_bytes_max: u64,
    pool: Option<PgPool>,
}

impl std::fmt::Debug for Blobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let configured: Vec<_> = self.inner.operators.keys().collect();
        f.debug_struct("Blobs")
            .field("default", &self.inner.default)
            .field("configured", &configured)
            .finish()
    }
}

impl Blobs {
    /// Prepares the configured backends; creates the directory of the fs backend and clears what crashed
    /// writers left in its temporary folder. Connects to nothing yet: see [`Blobs::check`].
    ///
    /// # Errors
    /// [`BlobError::Io`] for settings that cannot work, [`BlobError::Unconfigured`] when the default
    /// backend has no settings.
    pub fn open(settings: StorageSettings) -> Result<Blobs, BlobError> {
        let mut operators = BTreeMap::new();
        let mut fs_root = None;
        let mut s3_public = None;
        let mut db_bytes_max = u64::MAX;
        let mut pool = None;
        if let Some(fs) = &settings.fs {
            let (operator, root) = operator::fs(fs)?;
            operators.insert(Backend::Fs, operator);
            fs_root = Some(root);
        }
        if let Some(s3) = &settings.s3 {
            operators.insert(Backend::S3, operator::s3(s3, s3.endpoint.as_ref())?);
            let public = s3.public_endpoint.as_ref().or(s3.endpoint.as_ref());
            s3_public = Some(operator::s3(s3, public)?);
        }
        if let Some(db) = settings.db {
            db_bytes_max = db.object_bytes_max;
            pool = Some(db.pool.clone());
            operators.insert(Backend::Db, operator::db(db));
        }
        if settings.memory {
            operators.insert(Backend::Memory, operator::memory()?);
        }
        if !operators.contains_key(&settings.default) {
            return Err(BlobError::Unconfigured { backend: settings.default.to_string() });
        }
        let default = settings.default;
        Ok(Blobs { inner: Arc::new(Inner { default, operators, fs_root, s3_public, db_bytes_max, pool }) })
    }

    /// The backend new objects go to.
    pub fn default_backend(&self) -> Backend {
        self.inner.default
    }

    /// All configured backends.
    pub fn backends(&self) -> impl Iterator<Item = Backend> {
        self.inner.operators.keys().copied()
    }

    /// The key of an object: its uuid in hexadecimal as `aa/bb/rest`.
    pub fn path(id: Uuid) -> String {
        key::of(id)
    }

    /// Stores at most `bytes_max` bytes under `id`; streams, taking size and SHA-256 on the way.
    ///
    /// The object appears whole or not at all. An object already there is replaced.
    ///
    /// # Errors
    /// [`BlobError::TooLarge`] for more bytes than allowed (or than the db backend takes),
    /// [`BlobError::Source`] when the source breaks, [`BlobError::Unconfigured`], [`BlobError::Io`].
    pub async fn put(
        &self,
        backend: &str,
        id: Uuid,
        source: BlobSource,
        bytes_max: u64,
    ) -> Result<Stored, BlobError> {
        let (kind, operator) = self.operator(backend)?;
        let bytes_max = if kind == Backend::Db { bytes_max.min(self.inner.db_bytes_max) } else { bytes_max };
        let new_folder = match &self.inner.fs_root {
            Some(root) if kind == Backend::Fs => put::missing_folder(root, id).await,
            _ => None,
        };
        let stored = put::write(operator, &Blobs::path(id), source, bytes_max, kind)
            .instrument(crate::step!(
                "storage put",
                otel.kind = "client",
                atelier.storage.backend = kind.as_str()
            ))
            .await?;
        if let (Backend::Fs, Some(root)) = (kind, &self.inner.fs_root) {
            put::sync_folders(root, id, new_folder).await?;
        }
        Ok(stored)
    }

    /// The size of an object in bytes, `None` when there is none.
    ///
    /// # Errors
    /// [`BlobError::Unconfigured`], [`BlobError::Io`].
    pub async fn size(&self, backend: &str, id: Uuid) -> Result<Option<u64>, BlobError> {
        let (kind, operator) = self.operator(backend)?;
        let step =
            crate::step!("storage stat", otel.kind = "client", atelier.storage.backend = kind.as_str());
        match operator.stat(&Blobs::path(id)).instrument(step).await {
            Ok(found) => Ok(Some(found.content_length())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What a backend has under ids that begin with the byte `first`, in no order. All 256 together are everything.
    ///
    /// # Errors
    /// [`BlobError::Unconfigured`], [`BlobError::Io`].
    pub async fn list(&self, backend: &str, first: u8) -> Result<Vec<Listed>, BlobError> {
        let (kind, operator) = self.operator(backend)?;
        match (kind, &self.inner.pool) {
            (Backend::Db, Some(pool)) => list::of_table(pool, first).await,
            _ => list::of_operator(operator, first).await,
        }
    }

    /// Size and age of one object, for those that a listing tells nothing about; `None` when there is none.
    ///
    /// # Errors
    /// [`BlobError::Unconfigured`], [`BlobError::Io`].
    pub async fn stat(&self, backend: &str, id: Uuid) -> Result<Option<Listed>, BlobError> {
        let (kind, operator) = self.operator(backend)?;
        if kind == Backend::Db {
            let found = self.list(backend, id.as_bytes()[0]).await?;
            return Ok(found.into_iter().find(|one| one.id == id));
        }
        match operator.stat(&Blobs::path(id)).await {
            Ok(meta) => Ok(Some(Listed {
                id,
                size: Some(meta.content_length()),
                modified_at: meta.last_modified().map(|at| std::time::SystemTime::from(at).into()),
            })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the bytes are there.
    ///
    /// # Errors
    /// [`BlobError::Unconfigured`], [`BlobError::Io`].
    pub async fn exists(&self, backend: &str, id: Uuid) -> Result<bool, BlobError> {
        Ok(self.size(backend, id).await?.is_some())
    }

    /// Streams a whole object in pieces of at most a few MiB. Slow readers hold no connection between pieces.
    ///
    /// # Errors
    /// [`BlobError::NotFound`], [`BlobError::Unconfigured`], [`BlobError::Io`]; the last also inside.
    pub async fn read(&self, backend: &str, id: Uuid) -> Result<BlobStream, BlobError> {
        let size = self.size(backend, id).await?.ok_or(BlobError::NotFound { id })?;
        self.read_range(backend, id, 0..size).await
    }

    /// Streams the bytes of `range`, which must lie within the object (its size stands in its row).
    ///
    /// # Errors
    /// As [`Blobs::read`]; [`BlobError::Io`] for a range beyond the end.
    pub async fn read_range(
        &self,
        backend: &str,
        id: Uuid,
        range: Range<u64>,
    ) -> Result<BlobStream, BlobError> {
        let (kind, operator) = self.operator(backend)?;
        let step = crate::step!("storage get", otel.kind = "client", atelier.storage.backend = kind.as_str());
        read::stream(operator, id, range, kind).instrument(step).await
    }

    /// A whole object in memory, when it has at most `bytes_max` bytes.
    ///
    /// # Errors
    /// [`BlobError::TooLarge`] before reading; as [`Blobs::read`].
    pub async fn read_all(&self, backend: &str, id: Uuid, bytes_max: u64) -> Result<Bytes, BlobError> {
        let size = self.size(backend, id).await?.ok_or(BlobError::NotFound { id })?;
        if size > bytes_max {
            return Err(BlobError::TooLarge { bytes_max });
        }
        let (kind, operator) = self.operator(backend)?;
        let options = ReadOptions { range: (0..size).into(), ..ReadOptions::default() };
        let step = crate::step!("storage get", otel.kind = "client", atelier.storage.backend = kind.as_str());
        let read = operator.read_options(&Blobs::path(id), options).instrument(step).await;
        Ok(read.map_err(|error| BlobError::of(id, error))?.to_bytes())
    }

    /// Deletes an object. Deleting what is not there succeeds.
    ///
    /// # Errors
    /// [`BlobError::Unconfigured`], [`BlobError::Io`].
    pub async fn delete(&self, backend: &str, id: Uuid) -> Result<(), BlobError> {
        let (kind, operator) = self.operator(backend)?;
        let step =
            crate::step!("storage delete", otel.kind = "client", atelier.storage.backend = kind.as_str());
        Ok(operator.delete(&Blobs::path(id)).instrument(step).await?)
    }

    /// Where the fs backend keeps (or would keep) an object; `None` when fs is not configured.
    pub fn local_path(&self, id: Uuid) -> Option<PathBuf> {
        self.inner.fs_root.as_ref().map(|root| root.join(Blobs::path(id)))
    }

    /// The mark in the directory of the fs backend: which installation's blobs it holds. `None`: there is no such
    /// directory; `Some(None)`: it has no mark yet.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn mark(&self) -> Result<Option<Option<String>>, BlobError> {
        let Some(root) = &self.inner.fs_root else { return Ok(None) };
        match std::fs::read_to_string(root.join(MARK)) {
            Ok(text) => Ok(Some(Some(text.trim().to_owned()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Some(None)),
            Err(error) => Err(BlobError::io(error)),
        }
    }

    /// Marks the directory of the fs backend.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn set_mark(&self, mark: &str) -> Result<(), BlobError> {
        let Some(root) = &self.inner.fs_root else { return Ok(()) };
        std::fs::write(root.join(MARK), mark).map_err(BlobError::io)
    }

    /// A link that lets anyone read an S3 object for `ttl` (at most 7 days), answered with `content_type`.
    ///
    /// Signed for the public endpoint when one is set. Whether the object exists is not looked at.
    ///
    /// # Errors
    /// [`BlobError::Unconfigured`] without S3; [`BlobError::Io`] without credentials.
    pub async fn presign(&self, id: Uuid, ttl: Duration, content_type: &str) -> Result<Url, BlobError> {
        let unconfigured = || BlobError::Unconfigured { backend: Backend::S3.to_string() };
        let operator = self.inner.s3_public.as_ref().ok_or_else(unconfigured)?;
        let options =
            ReadOptions { override_content_type: Some(content_type.to_owned()), ..ReadOptions::default() };
        let ttl = ttl.clamp(Duration::from_secs(1), PRESIGN_MAX);
        let request = operator.presign_read_options(&Blobs::path(id), ttl, options).await?;
        let link = request.uri().to_string();
        Url::parse(&link).map_err(|error| BlobError::Io(Box::new(error)))
    }

    /// Writes, reads and deletes a small object: the full proof that a backend works. For `doctor`.
    ///
    /// # Errors
    /// Whatever failed; [`BlobError::Corrupt`] when other bytes came back.
    pub async fn check(&self, backend: &str) -> Result<(), BlobError> {
        let id = crate::ids::random_id();
        let bytes = Bytes::copy_from_slice(id.as_bytes());
        let stored = self.put(backend, id, BlobSource::Bytes(bytes.clone()), bytes.len() as u64).await;
        let read = match stored {
            Ok(_) => self.read_all(backend, id, bytes.len() as u64).await,
            Err(error) => Err(error),
        };
        // In any case: what failed halfway has no row, and no sweep would find it.
        let deleted = self.delete(backend, id).await;
        if read? == bytes { deleted } else { Err(BlobError::Corrupt { id }) }
    }

    /// Asks every configured backend one cheap question: the proof for readiness that they answer.
    ///
    /// # Errors
    /// The first failure.
    pub async fn ready(&self) -> Result<(), BlobError> {
        for backend in self.inner.operators.keys() {
            self.exists(backend.as_str(), Uuid::nil()).await?;
        }
        match &self.inner.fs_root {
            Some(root) if !tokio::fs::try_exists(root).await.map_err(BlobError::io)? => {
                let gone = std::io::Error::new(std::io::ErrorKind::NotFound, root.display().to_string());
                Err(BlobError::io(gone))
            }
            _ => Ok(()),
        }
    }

    fn operator(&self, backend: &str) -> Result<(Backend, &Operator), BlobError> {
        let unconfigured = || BlobError::Unconfigured { backend: backend.to_owned() };
        let kind = backend.parse().map_err(|_| unconfigured())?;
        Ok((kind, self.inner.operators.get(&kind).ok_or_else(unconfigured)?))
    }
}

#[cfg(test)]
mod tests;
