//! What the backends need to know.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::PgPool;
use url::Url;

/// The kinds of storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Backend {
    /// Files in a directory.
    Fs,
    /// Objects in an S3 bucket.
    S3,
    /// Rows of a database table.
    Db,
    /// The memory of this process, gone with it: for tests. No setting of an installation chooses it.
    Memory,
}

impl Backend {
    /// Every kind.
    pub const ALL: [Backend; 4] = [Backend::Fs, Backend::S3, Backend::Db, Backend::Memory];

    /// The name used in rows and settings.
    pub fn as_str(self) -> &'static str {
        let [name, _] = self.names();
        name
    }

    /// Every name that rows have for it: ours, and the one of older rows.
    pub fn names(self) -> [&'static str; 2] {
        match self {
            Backend::Fs => ["fs", "assets-fs"],
            Backend::S3 => ["s3", "assets-s3"],
            Backend::Db => ["db", "assets-db"],
            Backend::Memory => ["memory", "assets-memory"],
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("should be fs, s3 or db")]
pub struct UnknownBackend;

impl FromStr for Backend {
    type Err = UnknownBackend;

    /// Reads `fs`, `s3`, `db` and the older `assets-fs`, `assets-s3`, `assets-db`.
    fn from_str(name: &str) -> Result<Backend, UnknownBackend> {
        Backend::ALL.into_iter().find(|backend| backend.names().contains(&name)).ok_or(UnknownBackend)
    }
}

/// Which backends there are and which one takes new objects.
#[derive(Clone, Debug)]
pub struct StorageSettings {
    /// Takes new objects; must have settings below.
    pub default: Backend,
    /// The directory, if used.
    pub fs: Option<FsSettings>,
    /// The bucket, if used.
    pub s3: Option<S3Settings>,
    /// The table, if used.
    pub db: Option<DbSettings>,
    /// Whether the memory of this process is used.
    pub memory: bool,
}

/// The directory backend.
#[derive(Clone, Debug)]
pub struct FsSettings {
    /// Made when missing. Temporary files lie in its subfolder `.incoming`.
    pub directory: PathBuf,
}

/// The S3 backend.
#[derive(Clone)]
pub struct S3Settings {
    /// The bucket, which must exist.
    pub bucket: String,
    /// The region, also needed for servers that ignore it.
    pub region: String,
    /// The server; AWS when `None`. The bucket is named in the path, not in the host.
    pub endpoint: Option<Url>,
    /// The server as browsers see it, for presigned links; `endpoint` when `None`.
    pub public_endpoint: Option<Url>,
    /// Comes before every key; empty for none.
    pub prefix: String,
    /// Both keys set: only they are used. Otherwise the usual chain: environment, profile files, instance role.
    pub access_key: Option<String>,
    /// See `access_key`.
    pub secret_key: Option<String>,
}

impl fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Settings")
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint.as_ref().map(Url::as_str))
            .field("public_endpoint", &self.public_endpoint.as_ref().map(Url::as_str))
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

/// The table backend.
#[derive(Clone, Debug)]
pub struct DbSettings {
    /// The shared pool; the table `storage_blob(id uuid primary key, data bytea)` must exist.
    pub pool: PgPool,
    /// The largest object, bytes. Objects are held in memory while they are written.
    pub object_bytes_max: u64,
}
