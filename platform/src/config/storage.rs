//! Where the bytes of uploads lie.

use std::path::{Path, PathBuf};

use url::Url;

use super::secret::Secret;
use super::variables::Variables;
use crate::storage::Backend;

/// Blob storage.
#[derive(Clone, Debug)]
pub struct StorageConfig {
    /// `PENPOT_OBJECTS_STORAGE_BACKEND`: takes new objects. Default fs.
    pub backend: Backend,
    /// `PENPOT_OBJECTS_STORAGE_FS_DIRECTORY`: the directory of the fs backend. Default `<data>/assets`.
    pub fs_directory: PathBuf,
    /// The bucket, used also for reading when another backend takes new objects.
    pub s3: S3Config,
    /// `ATELIER_STORAGE_DB_OBJECT_SIZE_MAX`: the largest object of the db backend, bytes. Default 64 MiB.
    pub db_object_bytes_max: u64,
}

/// An S3 bucket.
#[derive(Clone, Debug)]
pub struct S3Config {
    /// `PENPOT_OBJECTS_STORAGE_S3_BUCKET`; `None`: no S3.
    pub bucket: Option<String>,
    /// `PENPOT_OBJECTS_STORAGE_S3_REGION`. Default eu-central-1.
    pub region: String,
    /// `PENPOT_OBJECTS_STORAGE_S3_ENDPOINT`: the server; `None`: AWS.
    pub endpoint: Option<Url>,
    /// `ATELIER_S3_PUBLIC_ENDPOINT`: the server as browsers see it; `None`: as we do.
    pub public_endpoint: Option<Url>,
    /// `ATELIER_S3_PREFIX`: comes before every key. Default none.
    pub prefix: String,
    /// `AWS_ACCESS_KEY_ID`, unless a session token asks for the whole chain of credentials.
    pub access_key: Option<Secret>,
    /// `AWS_SECRET_ACCESS_KEY`, likewise.
    pub secret_key: Option<Secret>,
}

const DB_OBJECT_BYTES_MAX: u64 = 64 * 1024 * 1024;
const BUCKET: &str = "PENPOT_OBJECTS_STORAGE_S3_BUCKET";

impl StorageConfig {
    pub(super) fn read(vars: &mut Variables, data_dir: &Path) -> StorageConfig {
        let backend = vars
            .var("PENPOT_OBJECTS_STORAGE_BACKEND", "Where new blobs go: fs (a directory), s3 or db.")
            .or(&["PENPOT_ASSETS_STORAGE_BACKEND"])
            .parsed(Backend::Fs, "fs, s3 or db", Backend::to_string, |text| {
                text.parse().ok().filter(|backend| *backend != Backend::Memory)
            });
        let fs_directory = vars
            .var("PENPOT_OBJECTS_STORAGE_FS_DIRECTORY", "The directory of the fs backend.")
            .or(&["PENPOT_STORAGE_ASSETS_FS_DIRECTORY"])
            .path(data_dir.join("assets"));
        let s3 = S3Config::read(vars);
        if backend == Backend::S3 && s3.bucket.is_none() {
            vars.refuse(BUCKET, "the name of a bucket, because PENPOT_OBJECTS_STORAGE_BACKEND is s3", None);
        }
        StorageConfig {
            backend,
            fs_directory,
            s3,
            db_object_bytes_max: vars
                .var("ATELIER_STORAGE_DB_OBJECT_SIZE_MAX", "The largest blob of the db backend, bytes.")
                .number(DB_OBJECT_BYTES_MAX, 1024..=1 << 29),
        }
    }
}

impl S3Config {
    fn read(vars: &mut Variables) -> S3Config {
        let access_key = vars
            .var("AWS_ACCESS_KEY_ID", "The key for S3; unset: the usual files and roles.")
            .optional_secret();
        let secret_key =
            vars.var("AWS_SECRET_ACCESS_KEY", "The secret that goes with the key for S3.").optional_secret();
        let session = vars.var("AWS_SESSION_TOKEN", "Marks the two as temporary.").optional_secret();
        let both = session.is_none() && access_key.is_some() && secret_key.is_some();
        S3Config {
            bucket: vars
                .var(BUCKET, "The bucket of the s3 backend.")
                .or(&["PENPOT_STORAGE_ASSETS_S3_BUCKET"])
                .optional_text(),
            region: vars
                .var("PENPOT_OBJECTS_STORAGE_S3_REGION", "The region of the bucket.")
                .or(&["PENPOT_STORAGE_ASSETS_S3_REGION"])
                .text("eu-central-1"),
            endpoint: vars
                .var("PENPOT_OBJECTS_STORAGE_S3_ENDPOINT", "The S3 server; unset: AWS.")
                .or(&["PENPOT_STORAGE_ASSETS_S3_ENDPOINT"])
                .optional_url(None),
            public_endpoint: vars
                .var("ATELIER_S3_PUBLIC_ENDPOINT", "The S3 server as browsers see it; unset: as we do.")
                .optional_url(None),
            prefix: vars
                .var("ATELIER_S3_PREFIX", "Comes before the key of every blob in the bucket.")
                .text(""),
            access_key: access_key.filter(|_| both),
            secret_key: secret_key.filter(|_| both),
        }
    }
}
