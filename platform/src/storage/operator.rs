//! Makes the operator of each backend, with the same layers around all of them.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use opendal::layers::{ConcurrentLimitLayer, MetricsLayer, RetryLayer, TimeoutLayer, TracingLayer};
use opendal::services::{Fs, Memory, S3};
use opendal::{Error, ErrorKind, OperationContext, Operator};
use url::Url;

use super::error::BlobError;
use super::settings::{DbSettings, FsSettings, S3Settings};
use super::table::Table;

/// Requests without a body: stat, delete, opening.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// One piece of a body.
const PIECE_TIMEOUT: Duration = Duration::from_secs(60);
/// A quarter of a second, then twice as long each time: four seconds in all.
const RETRIES_MAX: usize = 4;
const RETRY_FIRST: Duration = Duration::from_millis(250);
/// Operations under way at a time, per backend.
const CONCURRENT_MAX: usize = 128;
/// Unfinished files older than this belong to no living writer.
const LEFTOVER_AGE: Duration = Duration::from_secs(24 * 3600);
/// For us and our group.
const DIRECTORY_MODE: u32 = 0o750;
const INCOMING: &str = ".incoming";

/// The directory backend and its absolute root.
pub(super) fn fs(settings: &FsSettings) -> Result<(Operator, PathBuf), BlobError> {
    // On the same file system as the objects, so that the final rename is atomic.
    let incoming = settings.directory.join(INCOMING);
    // Blobs are private until the API says otherwise; a front server that reads them joins our group.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(DIRECTORY_MODE)
        .create(&incoming)
        .map_err(BlobError::io)?;
    let root = settings.directory.canonicalize().map_err(BlobError::io)?;
    remove_leftovers(&root.join(INCOMING)).map_err(BlobError::io)?;
    let text = |path: PathBuf| {
        let refused = || Error::new(ErrorKind::ConfigInvalid, "the storage directory must be valid UTF-8");
        path.into_os_string().into_string().map_err(|_| refused())
    };
    let service = Fs::default().root(&text(root.clone())?).atomic_write_dir(&text(root.join(INCOMING))?);
    Ok((layered(Operator::new(service)?), root))
}

/// The bucket backend seen at `endpoint`.
pub(super) fn s3(settings: &S3Settings, endpoint: Option<&Url>) -> Result<Operator, BlobError> {
    install_transport();
    let mut service = S3::default()
        .bucket(&settings.bucket)
        .region(&settings.region)
        .root(&settings.prefix)
        .checksum_algorithm("crc32c");
    if let Some(endpoint) = endpoint {
        service = service.endpoint(endpoint.as_str().trim_end_matches('/'));
    }
    if let (Some(access), Some(secret)) = (&settings.access_key, &settings.secret_key) {
        service = service.access_key_id(access).secret_access_key(secret);
        // Given keys are the only ones: no surprise from the environment, no waiting for a metadata server.
        service = service.disable_config_load().disable_ec2_metadata();
    }
    Ok(layered(Operator::new(service)?))
}

/// The table backend.
pub(super) fn db(settings: DbSettings) -> Operator {
    let table = Table::new(settings.pool, settings.object_bytes_max);
    layered(Operator::from_parts(OperationContext::default(), Arc::new(table)))
}

/// The memory backend.
pub(super) fn memory() -> Result<Operator, BlobError> {
    Ok(layered(Operator::new(Memory::default())?))
}

fn layered(operator: Operator) -> Operator {
    operator
        .layer(TimeoutLayer::new().with_timeout(REQUEST_TIMEOUT).with_io_timeout(PIECE_TIMEOUT))
        .layer(RetryLayer::new().with_max_times(RETRIES_MAX).with_min_delay(RETRY_FIRST).with_jitter())
        .layer(TracingLayer::new())
        .layer(MetricsLayer::default())
        .layer(ConcurrentLimitLayer::new(CONCURRENT_MAX))
}

/// The HTTP client of S3 and its TLS; later calls change nothing.
fn install_transport() {
    // Refused when another provider is installed already, which then serves just as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    opendal_http_transport_reqwest::install_default();
}

fn remove_leftovers(incoming: &std::path::Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(incoming)? {
        let entry = entry?;
        let Ok(meta) = entry.metadata() else { continue };
        let age = meta.modified().ok().and_then(|at| SystemTime::now().duration_since(at).ok());
        if meta.is_file() && age.is_some_and(|age| age > LEFTOVER_AGE) {
            // Another process may clear the same folder at the same time.
            let _ = std::fs::remove_file(entry.path());
        }
    }
    Ok(())
}
