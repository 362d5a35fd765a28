//! The directory backend on a temporary folder; all backends share a suite elsewhere.

use std::io::Write as _;

use futures_util::TryStreamExt as _;

use super::*;

const BIG: u64 = 64 * 1024 * 1024;

fn blobs(directory: &std::path::Path) -> Blobs {
    let fs = FsSettings { directory: directory.to_path_buf() };
    Blobs::open(StorageSettings { default: Backend::Fs, fs: Some(fs), s3: None, db: None, memory: false })
        .unwrap()
}

fn files_in(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[tokio::test]
async fn stores_counts_hashes_and_reads() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = blobs(folder.path());
    let id = crate::ids::random_id();
    let stored = blobs.put("fs", id, b"hello".to_vec().into(), 5).await.unwrap();
    assert_eq!(stored.size, 5);
    assert_eq!(stored.sha256, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    assert_eq!(blobs.read_all("assets-fs", id, 5).await.unwrap(), "hello");
    assert_eq!(std::fs::read(blobs.local_path(id).unwrap()).unwrap(), b"hello");
    assert_eq!(blobs.size("fs", id).await.unwrap(), Some(5));
    let part: Vec<Bytes> = blobs.read_range("fs", id, 1..4).await.unwrap().try_collect().await.unwrap();
    assert_eq!(part.concat(), b"ell");
    assert_eq!(files_in(&folder.path().join(".incoming")), 0);
}

#[tokio::test]
async fn streams_files_and_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = blobs(folder.path());
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    let from_file = crate::ids::random_id();
    let source = BlobSource::File(file.path().to_path_buf());
    let first = blobs.put("fs", from_file, source, BIG).await.unwrap();
    let pieces: Vec<std::io::Result<Bytes>> =
        bytes.chunks(1000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let source = BlobSource::Stream(Box::pin(futures_util::stream::iter(pieces)));
    let second = blobs.put("fs", crate::ids::random_id(), source, BIG).await.unwrap();
    assert_eq!(first, second);
    let read: Vec<Bytes> = blobs.read("fs", from_file).await.unwrap().try_collect().await.unwrap();
    assert!(read.len() > 1);
    assert_eq!(read.concat(), bytes);
}

#[tokio::test]
async fn keeps_nothing_of_what_failed() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = blobs(folder.path());
    let id = crate::ids::random_id();
    let big = blobs.put("fs", id, vec![0; 11].into(), 10).await;
    assert!(matches!(big, Err(BlobError::TooLarge { bytes_max: 10 })));
    let broken = [Ok(Bytes::from(vec![1; 700_000])), Err(std::io::Error::other("cut off"))];
    let source = BlobSource::Stream(Box::pin(futures_util::stream::iter(broken)));
    assert!(matches!(blobs.put("fs", id, source, BIG).await, Err(BlobError::Source(_))));
    assert!(!blobs.exists("fs", id).await.unwrap());
    assert_eq!(files_in(&folder.path().join(".incoming")), 0);
    let missing = BlobSource::File(folder.path().join("none"));
    assert!(matches!(blobs.put("fs", id, missing, BIG).await, Err(BlobError::Source(_))));
}

#[tokio::test]
async fn says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = blobs(folder.path());
    let id = crate::ids::random_id();
    assert!(matches!(blobs.read("fs", id).await, Err(BlobError::NotFound { .. })));
    assert!(matches!(blobs.read_range("fs", id, 0..1).await, Err(BlobError::NotFound { .. })));
    assert!(matches!(blobs.read_all("fs", id, 9).await, Err(BlobError::NotFound { .. })));
    blobs.delete("fs", id).await.unwrap();
    blobs.put("fs", id, Vec::new().into(), 0).await.unwrap();
    assert_eq!(blobs.read_all("fs", id, 0).await.unwrap(), "");
    blobs.delete("fs", id).await.unwrap();
    assert!(!blobs.exists("fs", id).await.unwrap());
    for backend in ["s3", "db", "tape", ""] {
        let error = blobs.exists(backend, id).await.unwrap_err();
        assert_eq!(error.to_string(), format!("storage backend \"{backend}\" is not configured"));
    }
    assert!(matches!(
        blobs.presign(id, Duration::from_secs(1), "image/png").await,
        Err(BlobError::Unconfigured { .. })
    ));
}

#[tokio::test]
async fn notices_a_folder_that_went_away() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = blobs(folder.path());
    blobs.check("fs").await.unwrap();
    blobs.ready().await.unwrap();
    std::fs::remove_dir_all(folder.path()).unwrap();
    assert!(blobs.ready().await.is_err());
}

#[test]
fn refuses_a_default_without_settings() {
    let settings = StorageSettings { default: Backend::S3, fs: None, s3: None, db: None, memory: false };
    assert!(matches!(Blobs::open(settings), Err(BlobError::Unconfigured { .. })));
}

#[test]
fn lays_objects_out_in_two_levels() {
    let id = Uuid::parse_str("0123456789abcdef0123456789abcdef").unwrap();
    assert_eq!(Blobs::path(id), "01/23/456789abcdef0123456789abcdef");
}
